import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'

export const ACCOUNT = '123456789012'
export const REGION = 'us-east-1'

/** The calls of one service: what each does with its input. */
export type Calls = Readonly<Record<string, (input: Tree) => Tree | undefined>>

export interface Role extends Tree {
  readonly name: string
  readonly document: string
  readonly path: string
  /** When it is known everywhere. */
  readonly knownAt: number
  readonly attached: Set<string>
  readonly policies: Map<string, string>
}

export interface Fn extends Tree {
  config: Tree
  tags: Record<string, string>
  busyUntil: number
  isNew: boolean
  reserved?: number
  versions: Tree[]
  aliases: Map<string, Tree>
  /** Alias or version -> what it has of its own; empty text for what was deployed last. */
  facets: Map<string, Facet>
}

/** What a function, and each of its aliases and versions, has of its own. */
export interface Facet {
  /** Statement -> itself. */
  policy: Map<string, Tree>
  url?: Tree
  async?: Tree
  provisioned?: Provisioned
}

export interface Provisioned {
  count: number
  busyUntil: number
  /** Why none could be made. */
  failure?: string
}

/** The ARN of something, and its tags. */
export type Tagged = readonly [arn: string, tags: Readonly<Record<string, string>>]

/** What the services know of each other. */
export class World {
  readonly roles = new Map<string, Role>()
  readonly functions = new Map<string, Fn>()
  /** How long new and changed things are busy. */
  settleMs = (): number => 0
  /** The ARN of an event source mapping -> its tags. */
  readonly mappingTags = new Map<string, Record<string, string>>()
  /** `bucket/key` -> what is there. */
  readonly objects = new Map<string, Buffer>()
  #ids = 0

  id(prefix: string): string {
    return `${prefix}${(++this.#ids).toString(36).padStart(6, '0')}`
  }

  /** Code as it was sent, or as it lies in a bucket. A request has 50 MB at most. */
  codeIn({ S3Bucket, S3Key, ...code }: Tree): Tree {
    const sent = String(code['ZipFile'] ?? '')
    if (sent.length * 0.75 > 50 * 1024 * 1024) throw new Refusal(413, 'RequestEntityTooLargeException', 'too large')
    if (S3Key === undefined) return code
    const found = this.objects.get(`${S3Bucket}/${S3Key}`)
    if (!found)
      throw new Refusal(
        400,
        'InvalidParameterValueException',
        'Error occurred while GetObject. S3 Error Code: NoSuchKey.',
      )
    return { ...code, ZipFile: found.toString('base64') }
  }

  tagged(): Tagged[] {
    const settled = [...this.functions].filter(([, { busyUntil }]) => busyUntil <= performance.now())
    return settled.map(([name, { tags }]) => [arnOf(name), tags])
  }

  fn(name: unknown): Fn {
    const plain = nameOf(name)
    const fn = this.functions.get(plain)
    if (!fn) throw new Refusal(404, 'ResourceNotFoundException', `Function not found: ${arnOf(plain)}`)
    return fn
  }

  /** A function, or the alias or version that an ARN or a call names beside it. */
  facet(name: unknown, qualifier: unknown = qualifierOf(name)): Facet {
    const fn = this.fn(name)
    const key = qualifier === undefined || qualifier === '$LATEST' ? '' : String(qualifier)
    if (key !== '') this.version(name, key)
    const found = fn.facets.get(key) ?? { policy: new Map() }
    fn.facets.set(key, found)
    return found
  }

  /** The version that a qualifier stands for. */
  version(name: unknown, qualifier: unknown): Tree {
    const fn = this.fn(name)
    const { FunctionVersion = qualifier } = fn.aliases.get(String(qualifier)) ?? {}
    const found = fn.versions.find(({ Version }) => Version === FunctionVersion)
    if (!found) {
      const what = /^\d+$/.test(String(qualifier)) ? 'Function not found' : 'Cannot find alias arn'
      throw new Refusal(404, 'ResourceNotFoundException', `${what}: ${arnOf(nameOf(name))}:${qualifier}`)
    }
    return found
  }

  /** Whether a policy lets a source call what an ARN names. */
  allows(arn: unknown, source: string): boolean {
    const fn = this.functions.get(nameOf(arn))
    const policy = fn?.facets.get(qualifierOf(arn) ?? '')?.policy ?? new Map<string, Tree>()
    return [...policy.values()].some((one) => JSON.stringify(one).includes(`"${source}"`))
  }

  /** Whether a service may take on a role: it is there, it is known everywhere, and it trusts the service. */
  canAssume(arn: unknown, service: string): boolean {
    const role = this.roles.get(String(arn).split('/').at(-1) ?? '')
    return role !== undefined && role.knownAt <= performance.now() && role.document.includes(service)
  }
}

export function nameOf(given: unknown): string {
  return (
    String(given)
      .replace(/^arn:aws:lambda:[^:]+:\d+:function:/, '')
      .split(':')[0] ?? ''
  )
}

export function qualifierOf(given: unknown): string | undefined {
  const parts = String(given).split(':')
  return parts.length > 2 ? parts[7] : parts[1]
}

export function arnOf(name: string): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`
}

/** Items of a list from where a token says on. */
export function pageOf<T>(items: readonly T[], size: number, token: unknown): { page: readonly T[]; next?: string } {
  const start = Number(token ?? 0)
  const next = start + size
  return { page: items.slice(start, next), ...(next < items.length && { next: String(next) }) }
}

/** `[{Key, Value}]` as a map. */
export function tagMap(tags: unknown): Record<string, string> {
  const list = (tags ?? []) as readonly { readonly Key: string; readonly Value: string }[]
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]))
}
