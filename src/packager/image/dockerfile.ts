import { existsSync } from 'node:fs'
import { cp, mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Diagnostic, error, SlsError } from '@anyfaas/kit'
import { readJson } from '../files/json-file.ts'
import { findTool, lastLines, runTool, type ToolOptions } from '../languages/tool.ts'
import { BlobStore } from './blob-store.ts'
import type { ContainerFn, DockerfileWish } from './build-wish.ts'
import { type Image, layersOf } from './layout.ts'
import {
  canonicalMedia,
  choosePlatform,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  MEDIA,
  type Platform,
  writePlatform,
} from './oci.ts'

export interface DockerfileRequest {
  readonly fn: ContainerFn
  readonly wish: DockerfileWish
  /** Real path. */
  readonly serviceDir: string
  /** The name of the image among the builder's own. */
  readonly name: string
  readonly store: BlobStore
  readonly signal?: AbortSignal
}

/** Has a Dockerfile built by Docker, Podman or Buildah, whichever the user has, and takes the image over. SLS4033. */
export async function buildDockerfile(request: DockerfileRequest): Promise<Image> {
  const { fn, wish, serviceDir, store, signal } = request
  const pointer = `${fn.at}/container/build`
  const context = resolve(serviceDir, wish.context)
  const file = resolve(context, wish.dockerfile)
  if (!existsSync(file)) {
    const help = ['write one', 'or put the service on a base without Docker: build: {base: NAME@sha256:…}']
    throw new SlsError(error('SLS4033', `no "${wish.dockerfile}" in "${wish.context}"`, { pointer, help }))
  }
  const options: ToolOptions = { cwd: serviceDir, env: SETTINGS, ...(signal && { signal }) }
  const builder = await findBuilder(options)
  if (!builder) {
    const help = ['install Docker (and start it), Podman or Buildah', 'or put the service on a base: build: {base: …}']
    throw new SlsError(error('SLS4033', 'no program on this machine builds a Dockerfile', { pointer, help }))
  }
  const out = `${store.folder}.build`
  await rm(out, { recursive: true, force: true })
  await mkdir(out, { recursive: true })
  try {
    for (const args of builder.steps({ ...request, out, file, context })) {
      const { code, stdout, stderr } = await runTool(builder.path, args, options)
      if (code !== 0) throw new SlsError(failed(`${builder.name} ${args[0]}`, stderr || stdout, pointer))
    }
    return await takeOver(new BlobStore(await builder.layout(out)), store, wish.platform)
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}

// What a build leaves out of the image unless it is told: notes on how it was built, which differ each time.
const SETTINGS = { BUILDX_NO_DEFAULT_ATTESTATIONS: '1', SOURCE_DATE_EPOCH: '0' }

interface Step extends DockerfileRequest {
  readonly out: string
  readonly file: string
  readonly context: string
}

interface Builder {
  readonly name: string
  readonly path: string
  steps(step: Step): readonly (readonly string[])[]
  /** Where in `out` the OCI layout is then. */
  layout(out: string): Promise<string>
}

async function findBuilder(options: ToolOptions): Promise<Builder | undefined> {
  for (const candidate of BUILDERS) {
    const path = findTool(candidate.name)
    if (path === undefined) continue
    const { code } = await runTool(path, candidate.probe, options)
    if (code === 0) return { ...candidate, path }
  }
  return undefined
}

const BUILDERS: readonly (Omit<Builder, 'path'> & { readonly probe: readonly string[] })[] = [
  {
    name: 'docker',
    // The client alone builds nothing.
    probe: ['version', '--format', '{{.Server.Version}}'],
    steps: (step) => [
      ['build', ...flagsOf(step), '--tag', step.name, step.context],
      ['save', '--output', join(step.out, 'image.tar'), step.name],
    ],
    layout: unpackSaved,
  },
  {
    name: 'podman',
    probe: ['--version'],
    steps: (step) => [
      ['build', '--format', 'oci', '--timestamp', '0', ...flagsOf(step), '--tag', step.name, step.context],
      ['save', '--format', 'oci-dir', '--output', join(step.out, 'layout'), step.name],
    ],
    layout: async (out) => join(out, 'layout'),
  },
  {
    name: 'buildah',
    probe: ['--version'],
    steps: (step) => [
      ['bud', '--format', 'oci', '--timestamp', '0', ...flagsOf(step), '--tag', step.name, step.context],
      ['push', step.name, `oci:${join(step.out, 'layout')}:latest`],
    ],
    layout: async (out) => join(out, 'layout'),
  },
]

function flagsOf({ wish, file }: Step): string[] {
  const args = Object.entries(wish.args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`])
  const target = wish.target === undefined ? [] : ['--target', wish.target]
  return ['--platform', writePlatform(wish.platform), '--file', file, ...target, ...args]
}

async function unpackSaved(out: string): Promise<string> {
  const { extract } = await import('tar/extract')
  const cwd = join(out, 'layout')
  await mkdir(cwd)
  await extract({ file: join(out, 'image.tar'), cwd })
  if (existsSync(join(cwd, 'index.json'))) return cwd
  throw new SlsError(
    error('SLS4033', 'this Docker saves images in its older format only', { help: ['Docker 25 or later'] }),
  )
}

async function takeOver(from: BlobStore, to: BlobStore, platform: Platform): Promise<Image> {
  const { manifests = [] } = readJson(join(from.folder, 'index.json')) as Partial<ImageIndex>
  const descriptor = findManifest(from, manifests, platform)
  const manifest = descriptor && (parse(from, descriptor) as ImageManifest)
  if (!descriptor || !manifest) {
    throw new SlsError(error('SLS4033', `the builder made no image for ${writePlatform(platform)}`))
  }
  for (const blob of [descriptor, manifest.config, ...layersOf(manifest)]) {
    if (to.has(blob)) continue
    await mkdir(join(to.folder, 'blobs', 'sha256'), { recursive: true })
    await cp(from.pathOf(blob.digest), to.pathOf(blob.digest))
  }
  const { mediaType, digest, size } = descriptor
  const top = { mediaType, digest, size }
  return { top, manifests: [{ descriptor: top, manifest }] }
}

function findManifest(from: BlobStore, manifests: readonly Descriptor[], platform: Platform): Descriptor | undefined {
  const chosen = choosePlatform(manifests, platform) ?? manifests[0]
  if (!chosen || canonicalMedia(chosen.mediaType) !== MEDIA.index) return chosen
  return findManifest(from, (parse(from, chosen) as ImageIndex).manifests, platform)
}

function parse(from: BlobStore, { digest }: Descriptor): unknown {
  return JSON.parse(from.read(digest)?.toString() ?? '{}')
}

function failed(what: string, said: string, pointer: string): Diagnostic {
  return error('SLS4033', `${what} failed`, { pointer, notes: [{ message: lastLines(said) }] })
}
