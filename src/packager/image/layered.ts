import { createHash } from 'node:crypto'
import { type Diagnostic, type Fn, hasErrors, type PhaseProgress } from '@anyfaas/kit'
import { type ContentsQuery, contentsOf } from '../contents.ts'
import { packageOptionsOf } from '../groups.ts'
import type { Base } from './base.ts'
import type { BlobStore } from './blob-store.ts'
import { type ContainerFn, isContainer, machineOf } from './build-wish.ts'
import { composeConfig, composeManifest, type Start } from './compose.ts'
import { type Layer, writeLayer } from './layer.ts'
import { type LayerName, layersOf } from './layers.ts'
import type { Image } from './layout.ts'
import { type Descriptor, MEDIA, type Platform } from './oci.ts'
import type { TarEntry } from './tar-stream.ts'

export interface LayeredRequest {
  readonly fn: Fn
  readonly start: Start
  readonly platforms: readonly Platform[]
  readonly base: Base
  readonly store: BlobStore
  readonly query: ContentsQuery
  /** Hears, again and again, how much of the image is written. */
  onProgress?(progress: PhaseProgress): void
}

/**
 * An image of a base and the service's files, one for each platform, with an index when there are several. Layers that are the
 * same on all platforms are written once. What is wrong with the files is in `diagnostics`; there is no image then.
 */
export async function buildLayers(
  request: LayeredRequest,
): Promise<{ image: Image; diagnostics: readonly Diagnostic[] }> {
  const { platforms, store } = request
  const manifests: Image['manifests'][number][] = []
  const diagnostics = new Map<string, Diagnostic>()
  const written = new Map<string, Promise<Layer>>()
  for (const platform of platforms) {
    const contents = await contentsFor(platform, request)
    for (const found of contents.diagnostics) diagnostics.set(JSON.stringify(found), found)
    if (!hasErrors(contents.diagnostics))
      manifests.push(await compose(platform, contents.entries, { ...request, written }))
  }
  const [first] = manifests
  const index = { schemaVersion: 2, mediaType: MEDIA.index, manifests: manifests.map(({ descriptor }) => descriptor) }
  const top = manifests.length === 1 && first ? first.descriptor : await store.addJson(index, MEDIA.index)
  return { image: { top, manifests }, diagnostics: [...diagnostics.values()] }
}

async function contentsFor(platform: Platform, { fn, query, store }: LayeredRequest) {
  const { service } = query
  const machine = machineOf(platform)
  const group = {
    path: store.folder,
    functions: [isContainer(fn) ? asServer(fn) : fn],
    patterns: [...service.package.patterns, ...(fn.package?.patterns ?? [])],
    productionOnly: packageOptionsOf(service, fn).excludeDevDependencies,
  }
  const facts = { machineOf: () => machine, programOf: () => undefined }
  const { entries, diagnostics } = await contentsOf(group, { ...query, platform: facts })
  const own = (at: string) => at.replace(`${fn.at}/custom`, `${fn.at}/container`)
  return {
    entries,
    diagnostics: diagnostics.map((found) =>
      found.pointer === undefined ? found : { ...found, pointer: own(found.pointer) },
    ),
  }
}

// In an image a function is what it is in a zip with a runtime of its own: files, and a program among them that serves.
function asServer(fn: ContainerFn): Fn {
  const { command = [], args = [], port, source } = fn.code
  return {
    ...fn,
    runtime: 'custom',
    code: { kind: 'custom', command, args, port, ...(source !== undefined && { source }) },
  }
}

interface Composing extends LayeredRequest {
  readonly written: Map<string, Promise<Layer>>
}

async function compose(
  platform: Platform,
  entries: readonly TarEntry[],
  { start, base, store, written, platforms, onProgress }: Composing,
): Promise<Image['manifests'][number]> {
  const ground = await base.ground(platform)
  const pairs: (readonly [LayerName, Layer])[] = []
  const total = bytesOf(entries)
  let done = 0
  const onBytes = (bytes: number) => {
    // Headers of the tar are read along.
    done = Math.min(total, done + bytes)
    onProgress?.({ done: megabytes(done), total: megabytes(total), unit: 'MB' })
  }
  for (const [name, files] of layersOf(entries)) {
    const key = keyOf(files)
    if (written.has(key)) onBytes(bytesOf(files))
    const layer = written.get(key) ?? writeLayer(store, files, onBytes)
    written.set(key, layer)
    pairs.push([name, await layer])
  }
  const config = composeConfig(ground, pairs, start)
  const manifest = composeManifest(
    ground,
    await store.addJson(config, MEDIA.config),
    pairs.map(([, layer]) => layer),
  )
  const descriptor = await store.addJson(manifest, MEDIA.manifest)
  return { manifest, descriptor: platforms.length === 1 ? descriptor : withPlatform(descriptor, platform) }
}

function bytesOf(entries: readonly TarEntry[]): number {
  return entries.reduce((sum, { source }) => sum + ('size' in source ? source.size : source.bytes.length), 0)
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}

function withPlatform(descriptor: Descriptor, platform: Platform): Descriptor {
  return { ...descriptor, platform }
}

function keyOf(files: readonly TarEntry[]): string {
  const hash = createHash('sha256')
  for (const { name, executable, source } of files) {
    hash.update(JSON.stringify([name, executable, 'path' in source ? source.path : '']))
    if ('bytes' in source) hash.update(source.bytes)
  }
  return hash.digest('hex')
}
