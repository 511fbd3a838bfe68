import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflateRaw } from 'node:zlib'
import type { BlobStore } from './blob-store.ts'
import { type Descriptor, type Digest, MEDIA } from './oci.ts'
import { type TarEntry, tarBytes } from './tar-stream.ts'

export interface Layer {
  readonly descriptor: Descriptor
  /** The digest of the layer when it is not compressed. */
  readonly diffId: Digest
}

const LEVEL = 6
// Without a time and with an unknown system: zlib would write the one that it runs on.
const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])

/** Writes files as a layer. The same names, contents and exec bits give the same bytes; memory stays flat. `onBytes` hears how many more are read. */
export async function writeLayer(
  store: BlobStore,
  entries: readonly TarEntry[],
  onBytes?: (bytes: number) => void,
): Promise<Layer> {
  const hash = createHash('sha256')
  let crc = 0
  let bytes = 0
  const deflate = createDeflateRaw({ level: LEVEL, chunkSize: 256 << 10 })
  const source = async function* () {
    for await (const chunk of joined(tarBytes(entries))) {
      hash.update(chunk)
      crc = crc32(chunk, crc)
      bytes += chunk.length
      onBytes?.(chunk.length)
      yield chunk
    }
  }
  const packing = pipeline(source, deflate)
  const gzip = async function* () {
    yield GZIP_HEAD
    yield* deflate as AsyncIterable<Buffer>
    const tail = Buffer.alloc(8)
    tail.writeUInt32LE(crc, 0)
    tail.writeUInt32LE(bytes % 2 ** 32, 4)
    yield tail
  }
  const [written] = await Promise.all([store.write(gzip()), packing])
  return { descriptor: { mediaType: MEDIA.layer, ...written }, diffId: `sha256:${hash.digest('hex')}` }
}

const JOIN_BYTES = 256 << 10

// A thousand small files are not two thousand trips to another thread.
async function* joined(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    waiting.push(chunk)
    length += chunk.length
    if (length < JOIN_BYTES) continue
    yield Buffer.concat(waiting)
    waiting = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(waiting)
}
