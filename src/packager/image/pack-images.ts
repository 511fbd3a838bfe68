import { existsSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Artifact, type Diagnostic, error, hasErrors, SlsError } from '@anyfaas/kit'
import { createTrees } from '../files/trees.ts'
import { USUAL_PLATFORM } from '../machine/platform-code.ts'
import type { PackRequest } from '../pack.ts'
import { type Base, openBase } from './base.ts'
import { BlobStore } from './blob-store.ts'
import { type ContainerFn, isBuilt, readBuild } from './build-wish.ts'
import { buildDockerfile } from './dockerfile.ts'
import { buildLayers } from './layered.ts'
import { type Image, layersOf, writeArchive, writeLayout } from './layout.ts'
import { type PushCounts, pushImage } from './push.ts'
import { parseReference, type Reference, repositoryName, writeReference } from './reference.ts'

export interface ImagesRequest extends PackRequest {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Push each image: under the name that its function gives it, or as `PREFIX/<service>-<function>`. */
  readonly push?: true | string
  /** Also write each image as one file. */
  readonly tar?: boolean
  /** Only digests are wanted: layers of a base stay where they are. */
  readonly digestsOnly?: boolean
  /** Takes each push instead of its being done now: what is pushed does not change any more, and its digest is known. */
  later?(push: () => Promise<void>): void
  /** Told after each push. */
  onPush?(name: string, counts: PushCounts): void
}

export interface PackedImages {
  readonly artifacts: readonly Artifact[]
  /** Warnings; errors are thrown. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Makes the images of all functions with `container.build`, each an OCI layout in the folder of artifacts, and pushes them when
 * asked to. Layers of a base are not fetched for a digest, nor for a push: the registry takes them over, or they are streamed.
 */
export async function packImages(request: ImagesRequest): Promise<PackedImages> {
  const { service, only } = request
  const functions = service.functions.filter(isBuilt).filter(({ name }) => !only || only.includes(name))
  const serviceDir = realpathSync(request.serviceDir)
  const made: Made[] = []
  for (const fn of functions) made.push(await packOne(fn, { ...request, serviceDir }))
  return {
    artifacts: made.map(({ artifact }) => artifact),
    diagnostics: made.flatMap(({ diagnostics }) => diagnostics),
  }
}

interface Made {
  readonly artifact: Artifact
  readonly diagnostics: readonly Diagnostic[]
}

async function packOne(fn: ContainerFn, request: ImagesRequest): Promise<Made> {
  const { service, outDir, push, tar = false, digestsOnly = false } = request
  const id = `${service.name}-${fn.name}`
  const target = targetOf(fn, request)
  const name = target ? writeReference(target) : `${repositoryName(id)}:${service.stage}`
  const store = new BlobStore(join(outDir, `${id}.oci`))
  const { image, base, diagnostics } = await build(fn, store, request)
  if (hasErrors(diagnostics)) throw new SlsError(diagnostics)
  // Whoever gets files gets all of them; a registry is given only what it does not have.
  if (base && (tar || (push === undefined && !digestsOnly))) await fetchBase(image, store, base)
  await writeLayout(store, image, name)
  const archive = tar ? await writeArchive(join(outDir, `${id}.tar`), store, image, name) : undefined
  if (target && push !== undefined) {
    const sending = (): Promise<void> => send({ image, store, target, request, ...(base && { base }) })
    if (request.later) request.later(sending)
    else await sending()
  }
  const sizes = image.manifests.flatMap(({ manifest }) => layersOf(manifest).filter((layer) => store.has(layer)))
  const artifact: Artifact = {
    id,
    kind: 'oci',
    path: archive ? join(outDir, `${id}.tar`) : store.folder,
    digest: image.top.digest,
    bytes: archive?.bytes ?? sizes.reduce((sum, { size }) => sum + size, 0),
    handlers: {},
    marks: {},
    ...(target && { image: { function: fn.name, name: writeReference({ ...target, digest: image.top.digest }) } }),
  }
  return { artifact, diagnostics }
}

interface Built {
  readonly image: Image
  readonly base?: Base
  readonly diagnostics: readonly Diagnostic[]
}

async function build(fn: ContainerFn, store: BlobStore, request: ImagesRequest): Promise<Built> {
  const { serviceDir, service, env, platform = USUAL_PLATFORM } = request
  const signal = request.signal && { signal: request.signal }
  const wish = readBuild(fn, platform.machineOf(fn))
  if ('code' in wish) throw new SlsError(wish)
  if (wish.kind === 'dockerfile') {
    const name = `sls/${repositoryName(`${service.name}-${fn.name}`)}:${service.stage}`
    const image = await buildDockerfile({ fn, wish, serviceDir, name, store, ...signal })
    return { image, diagnostics: [] }
  }
  const pointer = `${fn.at}/container/build/base`
  const base = await openBase({ name: wish.base, serviceDir, store, env, pointer, ...signal })
  const outputs = [request.outDir].map((path) => (existsSync(path) ? realpathSync(path) : path))
  const query = { ...request, outputs, trees: request.trees ?? createTrees() }
  const { image, diagnostics } = await buildLayers({
    fn,
    start: fn.code,
    platforms: wish.platforms,
    base,
    store,
    query,
    ...(request.onProgress && { onProgress: request.onProgress }),
  })
  return { image, base, diagnostics: [...base.diagnostics, ...diagnostics] }
}

type Target = Reference & { readonly tag: string }

// Without a tag of its own an image bears the stage's name.
function targetOf(fn: ContainerFn, { service, push }: ImagesRequest): Target | undefined {
  const id = repositoryName(`${service.name}-${fn.name}`)
  const given = typeof push === 'string' ? `${push.replace(/\/+$/, '')}/${id}` : fn.code.image
  const pointer = `${fn.at}/container/${fn.code.image === undefined ? 'build' : 'image'}`
  if (given === undefined) {
    if (push === undefined) return undefined
    const help = ['name it: container: {image: REGISTRY/NAME}', 'or where all go: --push REGISTRY/NAME']
    throw new SlsError(error('SLS4030', `the image of "${fn.name}" has no name to be pushed under`, { pointer, help }))
  }
  const reference = parseReference(given)
  if (!reference || reference.digest) {
    const why = reference ? 'names one by its digest, and it is built here' : 'is no name of an image'
    throw new SlsError(
      error('SLS4030', `"${given}" ${why}`, { pointer, help: ['such as registry.example.com/shop/api'] }),
    )
  }
  return { ...reference, tag: reference.tag ?? service.stage }
}

async function fetchBase(image: Image, store: BlobStore, base: Base): Promise<void> {
  for (const layer of image.manifests.flatMap(({ manifest }) => layersOf(manifest))) {
    if (!store.has(layer)) await store.write(base.source(layer)(0), layer)
  }
}

interface Sending {
  readonly image: Image
  readonly store: BlobStore
  readonly target: Target
  readonly request: ImagesRequest
  readonly base?: Base
}

async function send({ image, store, target, request, base }: Sending): Promise<void> {
  const { env, signal, onPush } = request
  const counts = await pushImage({ image, store, target, env, ...(base && { base }), ...(signal && { signal }) })
  onPush?.(`${basename(target.repository)}:${target.tag}`, counts)
}
