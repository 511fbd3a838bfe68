import { join, resolve } from 'node:path'
import { type Artifact, canonicalRuntime, error, isNode, LINUX_X64, SlsError } from '@anyfaas/kit'
import { createTrees, type Trees } from '../packager/files/trees.ts'
import type { PlatformCode } from '../packager/machine/platform-code.ts'
import { type PackRequest, pack } from '../packager/pack.ts'
import type { Reason } from '../packager/packages/why.ts'
import type { ActionIo } from './io.ts'
import { makeFolder } from './make-folder.ts'
import { type ArtifactSize, checkSizes, sizesOf } from './package-sizes.ts'
import { timed } from './phase.ts'
import {
  choosePlatforms,
  located,
  openProject,
  type Platform,
  type Project,
  type ProjectOptions,
  settle,
} from './project.ts'
import { runtimeOf } from './runtime-door.ts'
import { translateFor, type WrittenSpec, writeFiles } from './translate.ts'

export interface PackageActionOptions extends ProjectOptions {
  /** The folder to write to; `.sls` in the service folder when missing. Every provider gets a folder in it. */
  readonly out?: string
  /** Only the artifacts that these functions travel in. */
  readonly only?: readonly string[]
  /** Push the images that are built: under the names in the file, or as `PREFIX/<service>-<function>`. */
  readonly push?: true | string
  /** Takes each push instead of its being done now. */
  readonly later?: (push: () => Promise<void>) => void
  /** Write each image as one file too. */
  readonly imageTar?: boolean
  /** Only digests are wanted of images: layers of a base stay where they are. */
  readonly digestsOnly?: boolean
  /** Say what needs the package of this name. */
  readonly why?: string
}

export interface PackageResult {
  readonly packages: readonly PlatformPackage[]
  /** What needs the package that was asked for: each installed version of it. */
  readonly why?: readonly Reason[]
}

export interface PlatformPackage {
  readonly platform: string
  readonly artifacts: readonly Artifact[]
  readonly sizes: readonly ArtifactSize[]
  /** The spec files beside the artifacts, which name them. */
  readonly specs: readonly WrittenSpec[]
}

/** Makes the artifacts of a service for each platform, and the spec files that go with them. */
export async function packageService(options: PackageActionOptions, io: ActionIo): Promise<PackageResult> {
  const project = await openProject(options, io)
  const platforms = await choosePlatforms(project, options, io)
  const out = resolve(io.cwd, options.out ?? join(project.dir, '.sls'))
  const trees = createTrees()
  const packages: PlatformPackage[] = []
  for (const platform of platforms) {
    if (options.out !== undefined) makeFolder(join(out, platform.label))
    const { artifacts, sizes } = await packFor(project, platform, { ...options, out, trees }, io)
    const { files, diagnostics } = await translateFor(platform, { artifacts })
    settle(project, diagnostics, options, io)
    packages.push({ platform: platform.label, artifacts, sizes, specs: writeFiles(files, platform, { out }) })
  }
  return { packages, ...(options.why !== undefined && { why: await explain(project, platforms, options.why) }) }
}

async function explain(project: Project, platforms: readonly Platform[], name: string): Promise<readonly Reason[]> {
  const { explainPackage } = await import('../packager/packages/why.ts')
  const productionOnly = platforms.every(({ service }) => service.package.excludeDevDependencies)
  const reasons = explainPackage(project.dir, name, productionOnly)
  if (reasons.length > 0) return reasons
  const help = ['packages that only development needs do not go into artifacts', `npm explain ${name}`]
  throw new SlsError(error('SLS0002', `nothing that the service needs in production asks for "${name}"`, { help }))
}

export interface PackedFor {
  readonly artifacts: readonly Artifact[]
  readonly sizes: readonly ArtifactSize[]
}

/** The artifacts of a service for one platform. Throws when the service has no functions. */
export async function packFor(
  project: Project,
  platform: Platform,
  options: PackageActionOptions & { readonly out: string; readonly trees?: Trees },
  io: ActionIo,
): Promise<PackedFor> {
  const { service } = platform
  if (service.functions.length === 0) {
    throw new SlsError(
      project.locate(
        error('SLS1046', 'the service has no functions to deploy', {
          pointer: '',
          help: ['add one under "functions"'],
        }),
      ),
      { sources: project.sources },
    )
  }
  const request = {
    service,
    serviceDir: project.dir,
    providerName: platform.provider.name,
    runtimeEntry: runtimeOf(platform).entry,
    nodeTarget: nodeTargetOf(platform),
    platform: codeFactsOf(platform),
    outDir: join(options.out, platform.label),
    cacheDir: join(project.dir, '.sls', 'cache'),
    signal: io.signal,
    ...(options.only && { only: options.only }),
    ...(options.trees && { trees: options.trees }),
    ...(options.out !== project.dir && { written: options.out }),
  }
  const { artifacts, packages, diagnostics } = await timed(io, `package for ${platform.label}`, (onProgress) =>
    located(() => pack({ ...request, onProgress }), project.locate),
  )
  const sizes = sizesOf(packages, platform.target.facts)
  settle(project, [...diagnostics, ...checkSizes(sizes, platform.label)], options, io)
  return { artifacts: [...artifacts, ...(await imagesFor(project, platform, { ...options, request }, io))], sizes }
}

// The images of functions that say how theirs is built.
async function imagesFor(
  project: Project,
  { service, target, label }: Platform,
  {
    push,
    later,
    imageTar: tar = false,
    digestsOnly = false,
    request,
    ...options
  }: PackageActionOptions & { readonly request: PackRequest },
  io: ActionIo,
): Promise<readonly Artifact[]> {
  const isBuilt = service.functions.some(({ code }) => code.kind === 'container' && code.build !== undefined)
  // A platform that runs no images says so when it translates.
  if (!isBuilt || !target.facts.runtimes['container']) return []
  const { packImages } = await import('../packager/image/pack-images.ts')
  const wish = {
    ...{ ...request, env: io.env, tar, digestsOnly },
    ...(push !== undefined && { push }),
    ...(later && { later }),
  }
  const { artifacts, diagnostics } = await timed(
    io,
    `${push === undefined || later ? 'images' : 'images to their registry'} for ${label}`,
    (onProgress) => located(() => packImages({ ...wish, onProgress }), project.locate),
  )
  settle(project, diagnostics, options, io)
  return artifacts
}

function codeFactsOf({ target }: Platform): PlatformCode {
  const { facts, machineOf = () => LINUX_X64 } = target
  return {
    machineOf,
    programOf: ({ runtime }) => facts.runtimes[runtime]?.program,
    pathOf: ({ runtime }) => facts.runtimes[runtime]?.path ?? [],
    withSources: target.runtime.withSources === true,
  }
}

// The oldest Node.js that one of the functions runs on, as bundlers name it.
function nodeTargetOf({ service, target }: Platform): string {
  const { facts } = target
  const versions = service.functions
    .map((fn) => canonicalRuntime(facts, fn.runtime))
    .filter(isNode)
    .flatMap((runtime) => /^nodejs(\d+)/i.exec(runtime)?.[1] ?? [])
    .map(Number)
  return `node${versions.length > 0 ? Math.min(...versions) : 20}`
}
