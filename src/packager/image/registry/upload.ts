import type { IncomingMessage } from 'node:http'
import { error, isSlsError, SlsError } from '@anyfaas/kit'
import type { Descriptor } from '../oci.ts'
import { type RegistrySession, refusal } from './session.ts'

/** Where the bytes of a blob come from. It may be asked again, to go on in the middle. */
export type BlobSource = (start: number) => AsyncIterable<Uint8Array>

export interface Upload {
  readonly session: RegistrySession
  readonly descriptor: Descriptor
  readonly source: BlobSource
  /** A repository that may have it. */
  readonly mountFrom: string | undefined
}

// For a proxy that takes only so much in one request.
const CHUNK_BYTES = 8 << 20
const MAX_BREAKS = 5

/**
 * Brings a blob into a repository: mounted from another one when the registry can, else sent in one piece. After a break it
 * goes on where the registry has got to; where one piece is too large, it goes in chunks. SLS4031.
 */
export async function uploadBlob(upload: Upload): Promise<'mounted' | 'sent'> {
  const { session, descriptor } = upload
  const opened = await open(upload)
  if (opened === undefined) return 'mounted'
  let at: Position = { url: opened, offset: 0 }
  let piece = Number.POSITIVE_INFINITY
  for (let breaks = 0; at.offset < descriptor.size; ) {
    const end = Math.min(descriptor.size, at.offset + piece)
    const answer = await send(upload, at, end)
    if (answer?.statusCode === 202 || answer?.statusCode === 201) {
      answer.resume()
      at = { url: next(session, answer, at.url), offset: end }
      continue
    }
    if (answer?.statusCode === 413 && piece > CHUNK_BYTES) piece = CHUNK_BYTES
    else if (++breaks > MAX_BREAKS) throw await broken(upload, answer)
    answer?.resume()
    at = await whereIsIt(upload, at)
  }
  const url = new URL(at.url)
  url.searchParams.set('digest', descriptor.digest)
  const closed = await session.call({ method: 'PUT', to: url, body: Buffer.alloc(0) })
  if (closed.statusCode !== 201 && !(closed.statusCode === 404 && (await isThere(upload)))) {
    throw await refusal(session.options.registry, closed, `the layer ${descriptor.digest}`)
  }
  closed.resume()
  return 'sent'
}

// The answer to the first attempt to close an upload may be what was lost.
async function isThere({ session, descriptor }: Upload): Promise<boolean> {
  const answer = await session.call({ method: 'HEAD', to: `blobs/${descriptor.digest}` })
  answer.resume()
  return answer.statusCode === 200
}

interface Position {
  readonly url: URL
  readonly offset: number
}

// Undefined when the blob is there now.
async function open({ session, descriptor, mountFrom }: Upload): Promise<URL | undefined> {
  const words = new URLSearchParams({ mount: descriptor.digest, from: mountFrom ?? '' })
  const to = mountFrom === undefined ? 'blobs/uploads/' : `blobs/uploads/?${words}`
  const answer = await session.call({ method: 'POST', to, body: Buffer.alloc(0) })
  answer.resume()
  if (answer.statusCode === 201 && mountFrom !== undefined) return undefined
  if (answer.statusCode === 202) return next(session, answer, undefined)
  // Some refuse to mount instead of opening an upload.
  if (mountFrom !== undefined && answer.statusCode !== undefined && answer.statusCode < 500) {
    return open({ session, descriptor, mountFrom: undefined, source: nothing })
  }
  throw await refusal(session.options.registry, answer, `an upload to ${session.options.repository}`)
}

async function send({ session, source, descriptor }: Upload, { url, offset }: Position, end: number) {
  const isWhole = offset === 0 && end === descriptor.size
  const headers = {
    'content-type': 'application/octet-stream',
    ...(!isWhole && { 'content-range': `${offset}-${end - 1}` }),
  }
  const body = { size: end - offset, chunks: () => slice(source(offset), end - offset) }
  try {
    return await session.call({ method: 'PATCH', to: url, headers, body, once: true })
  } catch (cause) {
    // A broken connection; what the registry has of it is asked for next.
    if (isSlsError(cause) && cause.diagnostics.every(({ code }) => code === 'SLS4031')) return undefined
    throw cause
  }
}

// https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#resuming-an-incomplete-upload
async function whereIsIt(upload: Upload, { url }: Position): Promise<Position> {
  const { session } = upload
  const answer = await session.call({ method: 'GET', to: url })
  answer.resume()
  if (answer.statusCode === 204) {
    const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(String(answer.headers.range ?? ''))?.[1] ?? 0)
    // `0-0` is one byte, and with some registries none.
    if (last > 0) return { url: next(session, answer, url), offset: last + 1 }
  }
  const opened = await open({ ...upload, mountFrom: undefined })
  if (opened === undefined) throw new Error('an upload that mounts nothing was mounted')
  return { url: opened, offset: 0 }
}

function next(session: RegistrySession, { headers }: IncomingMessage, before: URL | undefined): URL {
  if (headers.location !== undefined) return session.resolve(headers.location)
  if (before) return before
  throw new SlsError(error('SLS4031', `"${session.options.registry}" opened an upload and did not say where`))
}

async function* slice(chunks: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let left = length
  for await (const chunk of chunks) {
    yield chunk.length <= left ? chunk : chunk.subarray(0, left)
    left -= Math.min(chunk.length, left)
    if (left === 0) return
  }
}

async function broken({ session, descriptor }: Upload, answer: IncomingMessage | undefined): Promise<SlsError> {
  const { registry } = session.options
  if (answer) return await refusal(registry, answer, `the layer ${descriptor.digest}`)
  return new SlsError(error('SLS4031', `the connection to "${registry}" broke ${MAX_BREAKS} times`))
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(0)
}
