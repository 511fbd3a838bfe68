import { randomUUID } from 'node:crypto'
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'
import { FileSink, writeWhole } from '../files/file-sink.ts'
import { type Descriptor, type Digest, digestOf } from './oci.ts'

/** The blobs of an OCI layout: files that are named by what is in them. */
export class BlobStore {
  /** The layout's folder. */
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  pathOf(digest: Digest): string {
    return join(this.folder, 'blobs', ...digest.split(':'))
  }

  has({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): boolean {
    return statSync(this.pathOf(digest), { throwIfNoEntry: false })?.size === size
  }

  /** A small blob by its digest, if it is here and whole. */
  read(digest: Digest): Buffer | undefined {
    const path = this.pathOf(digest)
    if (!existsSync(path)) return undefined
    const bytes = readFileSync(path)
    return digestOf(bytes) === digest ? bytes : undefined
  }

  stream(digest: Digest, start = 0): AsyncIterable<Uint8Array> {
    return createReadStream(this.pathOf(digest), { start, highWaterMark: 256 << 10 })
  }

  async add(bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
    const digest = digestOf(bytes)
    if (this.read(digest) === undefined) await writeWhole(this.pathOf(digest), bytes)
    return { mediaType, digest, size: bytes.length }
  }

  async addJson(value: unknown, mediaType: string): Promise<Descriptor> {
    return this.add(Buffer.from(JSON.stringify(value)), mediaType)
  }

  /** Writes what `chunks` gives; SLS4030 when it is not what `expected` says. */
  async write(chunks: AsyncIterable<Uint8Array>, expected?: Descriptor): Promise<{ digest: Digest; size: number }> {
    const draft = join(this.folder, 'blobs', 'sha256', `draft-${randomUUID()}`)
    const sink = await FileSink.open(draft)
    try {
      for await (const chunk of chunks) await sink.write(chunk)
    } catch (failure) {
      await sink.discard()
      throw failure
    }
    const { digest, bytes: size } = await sink.commit()
    if (expected && (expected.digest !== digest || expected.size !== size)) {
      await rm(draft)
      throw new SlsError(
        error('SLS4030', `a part of the base was fetched as ${digest} and should be ${expected.digest}`),
      )
    }
    await rename(draft, this.pathOf(digest))
    return { digest, size }
  }
}
