import { error, SlsError } from '@anyfaas/kit'
import type { Base } from './base.ts'
import type { BlobStore } from './blob-store.ts'
import { type Image, layersOf } from './layout.ts'
import type { Descriptor } from './oci.ts'
import type { Reference } from './reference.ts'
import { Repository } from './registry/repository.ts'

export interface PushRequest {
  readonly image: Image
  readonly store: BlobStore
  /** Where layers come from that are not in the store. */
  readonly base?: Base
  readonly target: Reference & { readonly tag: string }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
}

/** How many layers and configurations were there, taken over from another repository, or sent. */
export type PushCounts = Readonly<Record<'there' | 'mounted' | 'sent', number>>

const AT_ONCE = 4

/**
 * Puts an image into a registry: layers first, then what names them, so that nobody ever sees half an image. A second push
 * of the same asks once. SLS4031, SLS4032, SLS5002.
 */
export async function pushImage(request: PushRequest): Promise<PushCounts> {
  const { image, store, base, target, env, signal } = request
  const { origin } = base ?? {}
  const isMountable = origin?.registry === target.registry && origin.repository !== target.repository
  const mountFrom = isMountable ? origin.repository : undefined
  const access = {
    access: 'pull,push',
    env,
    ...(mountFrom !== undefined && { mountFrom }),
    ...(signal && { signal }),
  } as const
  const repository = new Repository(target, access)
  const counts = { there: 0, mounted: 0, sent: 0 }
  if ((await repository.findManifest(target.tag)) === image.top.digest) return counts
  const blobs = new Map(
    image.manifests
      .flatMap(({ manifest }) => [manifest.config, ...layersOf(manifest)])
      .map((blob) => [blob.digest, blob]),
  )
  const queue = [...blobs.values()]
  const work = async () => {
    for (let blob = queue.shift(); blob; blob = queue.shift()) {
      counts[await repository.writeBlob(blob, sourceOf(blob, request))] += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  for (const { descriptor } of image.manifests) await writeOne(repository, descriptor.digest, descriptor, store)
  await writeOne(repository, target.tag, image.top, store)
  return counts
}

function sourceOf(blob: Descriptor, { store, base }: PushRequest): (start: number) => AsyncIterable<Uint8Array> {
  if (store.has(blob) || !base) return (start) => store.stream(blob.digest, start)
  return base.source(blob)
}

async function writeOne(
  repository: Repository,
  which: string,
  descriptor: Descriptor,
  store: BlobStore,
): Promise<void> {
  const bytes = store.read(descriptor.digest)
  if (!bytes) throw new SlsError(error('SLS4030', `the manifest ${descriptor.digest} is gone from "${store.folder}"`))
  await repository.writeManifest(which, bytes, descriptor.mediaType)
}
