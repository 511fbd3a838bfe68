import { type Digest, isDigest } from './oci.ts'

/** The name of an image: `registry/repository:tag@digest`. */
export interface Reference {
  /** With its port, such as `localhost:5000`. */
  readonly registry: string
  readonly repository: string
  readonly tag?: string
  readonly digest?: Digest
}

/** Docker's own registry, which a name without one means. */
export const HUB = 'docker.io'

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const TAG = /^\w[\w.-]{0,127}$/

/** Reads a name as Docker does. Undefined when it is none. */
export function parseReference(text: string): Reference | undefined {
  const [name = '', digest, ...more] = text.split('@')
  if (more.length > 0 || (digest !== undefined && !isDigest(digest))) return undefined
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const hasRegistry = /[.:]/.test(first) || first === 'localhost'
  const registry = hasRegistry ? first : HUB
  const rest = hasRegistry ? name.slice(slash + 1) : name
  const colon = rest.lastIndexOf(':')
  const [path, tag] = colon < 0 ? [rest] : [rest.slice(0, colon), rest.slice(colon + 1)]
  const repository = registry === HUB && !path.includes('/') ? `library/${path}` : path
  if (!REPOSITORY.test(repository) || (tag !== undefined && !TAG.test(tag))) return undefined
  return { registry, repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) }
}

export function writeReference({ registry, repository, tag, digest }: Reference): string {
  const end = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
  return `${registry}/${repository}${end}`
}

/** Words as a part of a repository's name. */
export function repositoryName(words: string): string {
  return words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
