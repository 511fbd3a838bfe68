import { Readable } from 'node:stream'

interface Source {
  on?(event: string, listener: (value: unknown) => void): unknown
}

/** The form of a stream that the platform sends. */
export function readableOf(body: AsyncIterable<Uint8Array>): Readable {
  return Readable.from(body, { objectMode: false })
}

/** All bytes of a request; undefined when it is no stream. */
export function readStream(request: Source): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    if (typeof request.on !== 'function') {
      resolve(undefined)
      return
    }
    const chunks: Uint8Array[] = []
    request.on('data', (chunk) => chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array)))
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
  })
}
