import { join, resolve } from 'node:path'
import {
  type Artifact,
  type ArtifactRefs,
  artifactName,
  type Diagnostic,
  entryHandler,
  hasErrors,
  type Resource,
  type Service,
  type SpecFile,
} from '@anyfaas/kit'
import type { Rendering } from './annotate.ts'
import type { ActionIo } from './io.ts'
import { choosePlatforms, openProject, type Platform, type ProjectOptions, settle } from './project.ts'
import { writeSpec } from './spec-file.ts'
import { writeWhole } from './write-whole.ts'

export interface TranslateOptions extends ProjectOptions {
  /** The folder to write to; `.sls` in the service folder when missing. Every provider gets a folder in it. */
  readonly out?: string
  /** Give the texts back and write nothing. */
  readonly stdout?: boolean
  /** Comments in the YAML that say which line of the service file each part came from. */
  readonly annotate?: boolean
}

export interface TranslateResult {
  readonly specs: readonly WrittenSpec[]
}

export interface WrittenSpec {
  /** `aws`, `aliyun-2.0`, … */
  readonly platform: string
  readonly title: string
  /** Absolute path, or the file's name when nothing was written. */
  readonly path: string
  readonly text: string
  /** The text as UTF-8, as which it was written: of a large service the text itself costs time. */
  bytes(): Uint8Array
}

/** The platforms' own spec files of a service. A platform that refuses keeps none of the others from being written. */
export async function translate(options: TranslateOptions, io: ActionIo): Promise<TranslateResult> {
  const project = await openProject(options, io)
  const platforms = await choosePlatforms(project, options, io)
  const out = resolve(io.cwd, options.out ?? join(project.dir, '.sls'))
  const annotate = options.annotate ? await import('./annotate.ts') : undefined
  const write = annotate?.createAnnotator(project, io) ?? writeSpec
  const specs: WrittenSpec[] = []
  const refused: Diagnostic[] = []
  for (const platform of platforms) {
    const { files, diagnostics } = await translateFor(platform, annotate ? { mark: annotate.markOrigins } : {})
    const failed = refuses(diagnostics, options)
    if (failed) refused.push(...diagnostics)
    else settle(project, diagnostics, options, io)
    if (failed) continue
    specs.push(...writeFiles(files, platform, { write, ...(!options.stdout && { out }) }))
  }
  if (refused.length > 0) settle(project, refused, options, io)
  return { specs }
}

export interface PlatformSpec {
  readonly resources: readonly Resource[]
  readonly files: readonly SpecFile[]
  readonly diagnostics: readonly Diagnostic[]
}

export interface TranslateDetails {
  /** With them their digests and handlers stand in the specs, else the ones that packaging would give. */
  readonly artifacts?: readonly Artifact[]
  /** Marks what is rendered with where it came from. */
  readonly mark?: (rendering: Rendering) => Rendering
}

/** Translates for one platform. */
export async function translateFor(platform: Platform, details: TranslateDetails = {}): Promise<PlatformSpec> {
  const { artifacts = [], mark = (same) => same } = details
  const service = withImages(platform.service, artifacts)
  const translator = await platform.target.translate()
  const { resources, diagnostics } = translator.translate(service, refsOf(service, artifacts))
  if (hasErrors(diagnostics)) return { resources, diagnostics, files: [] }
  const marked = mark({ service, resources })
  return { resources, diagnostics, files: translator.render(marked.service, marked.resources) }
}

/** Writes the spec files of one platform into its folder, each at once. Without a folder nothing is written. */
export function writeFiles(
  files: readonly SpecFile[],
  platform: Platform,
  { out, write = writeSpec }: { readonly out?: string; readonly write?: (file: SpecFile) => Buffer },
): WrittenSpec[] {
  const written: WrittenSpec[] = []
  for (const file of files) {
    const bytes = write(file)
    const path = out === undefined ? file.path : join(out, platform.label, file.path)
    if (out !== undefined) writeWhole(path, bytes)
    written.push({
      platform: platform.label,
      title: platform.target.title,
      path,
      get text() {
        return bytes.toString()
      },
      bytes: () => bytes,
    })
  }
  return written
}

// A function runs the image that was made of it just now, not the one that bears its tag by then.
function withImages(service: Service, artifacts: readonly Artifact[]): Service {
  const names = new Map(artifacts.flatMap(({ image }) => (image ? [[image.function, image.name] as const] : [])))
  if (names.size === 0) return service
  const functions = service.functions.map((fn) => {
    const image = names.get(fn.name)
    return image !== undefined && fn.code.kind === 'container' ? { ...fn, code: { ...fn.code, image } } : fn
  })
  return { ...service, functions }
}

// Nothing is said of functions that were not packaged: translators know what packaging would give.
function refsOf(service: Service, artifacts: readonly Artifact[]): ArtifactRefs {
  if (artifacts.length === 0) return {}
  const made = new Map(
    artifacts.flatMap((artifact) =>
      Object.entries(artifact.handlers).map(([fn, handler]) => [fn, { artifact, handler }] as const),
    ),
  )
  return Object.fromEntries(
    service.functions.map((fn) => {
      const own = made.get(fn.name)
      const path = `./${artifactName(service, fn)}`
      if (!own) return [fn.name, { path, handler: entryHandler(fn) }]
      const { digest, marks } = own.artifact
      const mark = marks[fn.name]
      return [fn.name, { path, handler: own.handler, digest, ...(mark !== undefined && { mark }) }]
    }),
  )
}

function refuses(diagnostics: readonly Diagnostic[], options: ProjectOptions): boolean {
  const isLoss = (diagnostic: Diagnostic): boolean => diagnostic.severity === 'warning'
  return hasErrors(diagnostics) || (options.strict === true && diagnostics.some(isLoss))
}
