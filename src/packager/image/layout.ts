import { readdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { FileSink, writeWhole } from '../files/file-sink.ts'
import type { BlobStore } from './blob-store.ts'
import { type Descriptor, type Digest, type ImageManifest, MEDIA } from './oci.ts'
import { type TarEntry, tarBytes } from './tar-stream.ts'

/** An image whose manifests are in a store: one for a platform, with an index above them when there are several. */
export interface Image {
  readonly top: Descriptor
  readonly manifests: readonly { readonly descriptor: Descriptor; readonly manifest: ImageManifest }[]
}

const VERSION = JSON.stringify({ imageLayoutVersion: '1.0.0' })

/**
 * Makes the store's folder the OCI layout of one image; blobs of others go. Layers of the base need not be there.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
 */
export async function writeLayout(store: BlobStore, image: Image, name: string): Promise<void> {
  await writeWhole(join(store.folder, 'oci-layout'), VERSION)
  await writeWhole(join(store.folder, 'index.json'), indexText(image, name))
  const own = new Set<string>(blobsOf(image).map(({ digest }) => digest))
  const folder = join(store.folder, 'blobs', 'sha256')
  const others = readdirSync(folder).filter((file) => !own.has(`sha256:${file}`) && !isInWork(join(folder, file)))
  await Promise.all(others.map((file) => rm(join(folder, file), { force: true })))
}

const DAY_MS = 86_400_000

// Another run may be writing it. After a day nobody is.
function isInWork(path: string): boolean {
  return !DIGEST.test(basename(path)) && Date.now() - statSync(path).mtimeMs < DAY_MS
}

const DIGEST = /^[0-9a-f]{64}$/

/**
 * Writes the layout as one file, for `skopeo` and `podman load` (oci-archive), and for `docker load`, which reads
 * `manifest.json`. An image for several platforms is the first one there.
 */
export async function writeArchive(
  path: string,
  store: BlobStore,
  image: Image,
  name: string,
): Promise<{ digest: Digest; bytes: number }> {
  const [first] = image.manifests
  if (!first) throw new Error('an image without manifests')
  const fileOf = ({ digest }: Pick<Descriptor, 'digest'>) => `blobs/${digest.replace(':', '/')}`
  const { config, layers } = first.manifest
  const loadable = [{ Config: fileOf(config), RepoTags: [name], Layers: layers.map(fileOf) }]
  const text = (file: string, content: string): TarEntry => ({
    name: file,
    executable: false,
    source: { bytes: Buffer.from(content) },
  })
  const blobs = new Map(blobsOf(image).map((blob) => [blob.digest, blob]))
  const entries = [
    text('oci-layout', VERSION),
    text('index.json', indexText(image, name)),
    text('manifest.json', JSON.stringify(loadable)),
    ...[...blobs.values()].map(({ digest, size }) => {
      return { name: fileOf({ digest }), executable: false, source: { path: store.pathOf(digest), size } }
    }),
  ]
  const sink = await FileSink.open(path)
  try {
    for await (const chunk of tarBytes(entries)) await sink.write(chunk)
    return await sink.commit()
  } catch (failure) {
    await sink.discard()
    throw failure
  }
}

/** Everything that an image consists of. */
export function blobsOf({ top, manifests }: Image): Descriptor[] {
  const parts = manifests.flatMap(({ descriptor, manifest }) => [descriptor, manifest.config, ...layersOf(manifest)])
  return [top, ...parts]
}

/** The layers that registries hand on; others are fetched from where their maker put them. */
export function layersOf({ layers }: ImageManifest): readonly Descriptor[] {
  return layers.filter(({ urls }) => urls === undefined || urls.length === 0)
}

function indexText({ top }: Image, name: string): string {
  const annotations = { 'org.opencontainers.image.ref.name': name }
  return JSON.stringify({ schemaVersion: 2, mediaType: MEDIA.index, manifests: [{ ...top, annotations }] })
}
