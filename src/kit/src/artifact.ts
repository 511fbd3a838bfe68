import { type ContainerCode, type Fn, membersOf, type Service } from './service.ts'

/** What the packager made: a file whose bytes depend on its inputs alone. */
export interface Artifact {
  readonly id: string
  readonly kind: 'zip' | 'oci'
  /** Absolute path of the file; of the folder of an image. */
  readonly path: string
  readonly digest: `sha256:${string}`
  readonly bytes: number
  /** Deployed function -> the handler that the platform calls, such as `sls_login.handler`. */
  readonly handlers: Readonly<Record<string, string>>
  /** Deployed function -> a digest of what it runs of the artifact: another artifact with the same one runs as well. */
  readonly marks: Readonly<Record<string, string>>
  readonly image?: ImageRef
}

/** What the image of a function is called in its registry. */
export interface ImageRef {
  readonly function: string
  /** With its tag and its digest: `registry/name:tag@sha256:…`. */
  readonly name: string
}

/** What a spec says of a function's code. `digest` and `mark` are absent when nothing was packaged (a pure translation). */
export interface ArtifactRef {
  /** Path relative to the folder of the rendered spec. */
  readonly path: string
  readonly handler: string
  readonly digest?: `sha256:${string}`
  /** As in `Artifact.marks`. */
  readonly mark?: string
}

/** The entry file of a function inside the artifact; it stands at the root and is generated. */
export function entryFile(fn: Fn): string {
  return `${entryName(fn)}.js`
}

/** The handler that the platform calls. Generated for Node.js, the user's own words for other languages. */
export function entryHandler(fn: Fn): string {
  if (fn.code.kind === 'handler' && !isNode(fn.runtime)) return fn.code.handler
  return `${entryName(fn)}.handler`
}

/** The initializer that the platform calls, when the function or one of its members has one. */
export function entryInitializer(fn: Fn): string | undefined {
  const initializers = membersOf(fn).flatMap(({ code }) =>
    code.kind === 'handler' && code.initializer ? [code.initializer] : [],
  )
  if (initializers.length === 0) return undefined
  return isNode(fn.runtime) ? `${entryName(fn)}.initializer` : initializers[0]
}

/** What the platform calls before it ends an instance, when the function or one of its members has layers that could close something. */
export function entryPreStop(fn: Fn): string | undefined {
  const hasLayers = isNode(fn.runtime) && [fn, ...membersOf(fn)].some(({ layers }) => layers.length > 0)
  return hasLayers ? `${entryName(fn)}.preStop` : undefined
}

/** Whether the function's own address passes answers on in pieces: it has one, and one of its routes asks for that. */
export function streamsUrl(fn: Fn): boolean {
  const triggers = [fn, ...membersOf(fn)].flatMap((each) => each.triggers)
  return fn.url === true && triggers.some((trigger) => trigger.kind === 'http' && trigger.streaming === true)
}

export function isNode(runtime: string): boolean {
  return /^nodejs/i.test(runtime)
}

/**
 * The name of the zip that a function travels in; it stands in the folder of the spec. `package.artifact` names it,
 * else the service, with `individually` also the function.
 */
export function artifactName(service: Service, fn: Fn): string {
  const { artifact, individually } = { ...service.package, ...fn.package }
  if (artifact !== undefined) return artifact.split('/').at(-1) ?? artifact
  return individually ? `${service.name}-${fn.name}.zip` : `${service.name}.zip`
}

/** A function's code in a spec: what was packaged, else where the package would stand. */
export function artifactOf(fn: Fn, service: Service, artifacts: Readonly<Record<string, ArtifactRef>>): ArtifactRef {
  // A function may be called `constructor`.
  const own = Object.hasOwn(artifacts, fn.name) ? artifacts[fn.name] : undefined
  return own ?? { path: `./${artifactName(service, fn)}`, handler: entryHandler(fn) }
}

/** The image to run. One that was built here goes by its digest alone: not every platform takes a tag beside it. */
export function imageByDigest({ image = '', build }: ContainerCode): string {
  return build === undefined ? image : image.replace(/:[\w.-]+(?=@)/, '')
}

// The prefix keeps generated files apart from the user's own at the root of the artifact.
function entryName(fn: Fn): string {
  return `sls_${fn.name}`
}
