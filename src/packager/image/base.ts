import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Diagnostic, error, type Pointer, SlsError } from '@anyfaas/kit'
import { readJson } from '../files/json-file.ts'
import { BlobStore } from './blob-store.ts'
import type { Ground } from './compose.ts'
import {
  canonicalMedia,
  choosePlatform,
  type Descriptor,
  type Digest,
  type ImageConfig,
  type ImageIndex,
  type ImageManifest,
  MEDIA,
  type Platform,
  writePlatform,
} from './oci.ts'
import { parseReference, type Reference, writeReference } from './reference.ts'
import { Repository } from './registry/repository.ts'
import type { BlobSource } from './registry/upload.ts'

/** An image to build on. */
export interface Base {
  ground(platform: Platform): Promise<Ground>
  /** The bytes of one of its layers. */
  source(descriptor: Descriptor): BlobSource
  /** Where it is, when it is in a registry. */
  readonly origin?: Reference
  readonly diagnostics: readonly Diagnostic[]
}

export interface BaseQuery {
  /** A name, `scratch`, or the folder of an OCI layout: `./base`. */
  readonly name: string
  /** Real path. */
  readonly serviceDir: string
  /** Where small parts are kept, so that a base that is named by its digest is asked for once. */
  readonly store: BlobStore
  readonly env: Readonly<Record<string, string | undefined>>
  /** The place of the name in the service file. */
  readonly pointer: Pointer
  readonly signal?: AbortSignal
}

/** Opens a base; nothing of its layers is fetched. SLS4030, SLS4031, SLS4032. */
export async function openBase(query: BaseQuery): Promise<Base> {
  const { name, pointer } = query
  if (name === 'scratch') return SCRATCH
  if (/^(?:oci:|\.{0,2}\/)/.test(name)) return openLayout(query)
  const reference = parseReference(name)
  if (!reference) throw new SlsError(error('SLS4030', `"${name}" is no name of an image`, { pointer }))
  return await openRemote(reference, query)
}

const SCRATCH: Base = {
  ground: async (platform) => ({ config: { ...platform, rootfs: { type: 'layers', diff_ids: [] } }, layers: [] }),
  source: () => {
    throw new Error('nothing has no layers')
  },
  diagnostics: [],
}

interface Part {
  readonly bytes: Buffer
  readonly mediaType: string
}

function openLayout({ name, serviceDir, pointer }: BaseQuery): Base {
  const folder = resolve(serviceDir, name.replace(/^oci:/, ''))
  const { manifests } = readJson(`${folder}/index.json`) as Partial<ImageIndex>
  if (!existsSync(`${folder}/oci-layout`) || !Array.isArray(manifests) || manifests.length === 0) {
    throw new SlsError(error('SLS4030', `"${name}" is no OCI layout with an image in it`, { pointer }))
  }
  const store = new BlobStore(folder)
  const read = async (digest: Digest) => {
    const bytes = store.read(digest)
    if (bytes) return bytes
    throw new SlsError(error('SLS4030', `${digest} is missing in "${name}", or damaged`, { pointer }))
  }
  const [only] = manifests as readonly Descriptor[]
  const index = { schemaVersion: 2, mediaType: MEDIA.index, manifests }
  const top = async (): Promise<Part> =>
    manifests.length === 1 && only
      ? { bytes: await read(only.digest), mediaType: only.mediaType }
      : { bytes: Buffer.from(JSON.stringify(index)), mediaType: MEDIA.index }
  return {
    ground: async (platform) => groundOf(await top(), platform, { name, pointer, read }),
    source:
      ({ digest }) =>
      (start) =>
        store.stream(digest, start),
    diagnostics: [],
  }
}

async function openRemote(reference: Reference, query: BaseQuery): Promise<Base> {
  const { name, store, env, signal, pointer } = query
  const repository = new Repository(reference, { access: 'pull', env, ...(signal && { signal }) })
  const manifestOf = async (which: string): Promise<Part & { digest: Digest }> => {
    const kept = store.read(which as Digest)
    if (kept) return { bytes: kept, mediaType: mediaOf(kept), digest: which as Digest }
    const { bytes, mediaType, digest } = await repository.readManifest(which)
    await store.add(bytes, mediaType)
    return { bytes, mediaType: mediaType || mediaOf(bytes), digest }
  }
  const top = await manifestOf(reference.digest ?? reference.tag ?? 'latest')
  const read = async (digest: Digest, kind: 'manifest' | 'config') => {
    if (kind === 'manifest') return (await manifestOf(digest)).bytes
    const chunks: Buffer[] = []
    for await (const chunk of store.read(digest) ? [store.read(digest)] : await repository.readBlob({ digest }))
      chunks.push(chunk as Buffer)
    const bytes = Buffer.concat(chunks)
    await store.add(bytes, MEDIA.config)
    return bytes
  }
  const pinned = writeReference({ ...reference, digest: top.digest })
  return {
    origin: reference,
    ground: async (platform) => {
      const ground = await groundOf(top, platform, { name, pointer, read })
      const origin = { 'org.opencontainers.image.base.name': writeReference(reference) }
      return { ...ground, annotations: { ...origin, 'org.opencontainers.image.base.digest': top.digest } }
    },
    source: (descriptor) => (start) => from(repository.readBlob(descriptor, start)),
    diagnostics: reference.digest ? [] : [unpinned(name, pinned, pointer)],
  }
}

async function* from(answer: Promise<AsyncIterable<Uint8Array>>): AsyncGenerator<Uint8Array> {
  yield* await answer
}

function unpinned(name: string, pinned: string, pointer: Pointer): Diagnostic {
  const message = `"${name}" may be another image tomorrow: the same input gives the same image only with a digest`
  return { code: 'SLS4030', severity: 'note', message, pointer, help: [`base: ${pinned}`] }
}

interface Lookup {
  readonly name: string
  readonly pointer: Pointer
  read(digest: Digest, kind: 'manifest' | 'config'): Promise<Buffer>
}

async function groundOf(top: Part, platform: Platform, lookup: Lookup): Promise<Ground> {
  const { name, pointer, read } = lookup
  const parsed = JSON.parse(top.bytes.toString()) as Partial<ImageIndex> & Partial<ImageManifest>
  if (canonicalMedia(top.mediaType) === MEDIA.index) {
    const found = choosePlatform(parsed.manifests ?? [], platform)
    if (!found) throw new SlsError(notFor(name, platform, parsed.manifests ?? [], pointer))
    return groundOf({ bytes: await read(found.digest, 'manifest'), mediaType: found.mediaType }, platform, lookup)
  }
  const { config, layers } = parsed
  if (canonicalMedia(top.mediaType) !== MEDIA.manifest || !config || !layers) {
    throw new SlsError(
      error('SLS4030', `"${name}" is an image of a kind that is not known: ${top.mediaType}`, { pointer }),
    )
  }
  const facts = JSON.parse((await read(config.digest, 'config')).toString()) as ImageConfig
  if (facts.os !== platform.os || facts.architecture !== platform.architecture) {
    throw new SlsError(notFor(name, platform, [{ ...config, platform: facts }], pointer))
  }
  return { config: facts, layers }
}

function notFor(name: string, platform: Platform, manifests: readonly Descriptor[], pointer: Pointer): Diagnostic {
  const known = manifests.flatMap((manifest) => (manifest.platform ? [writePlatform(manifest.platform)] : []))
  const has = `it is for ${[...new Set(known.filter((text) => !text.includes('unknown')))].join(', ')}`
  return error('SLS4030', `"${name}" is not for ${writePlatform(platform)}`, { pointer, help: [has] })
}

function mediaOf(bytes: Buffer): string {
  const { mediaType, manifests } = JSON.parse(bytes.toString()) as Partial<ImageIndex>
  return mediaType ?? (manifests ? MEDIA.index : MEDIA.manifest)
}
