import { fromText, joinBytes } from './bytes.ts'
import { describe } from './words.ts'

/** Any of the stream forms of a body as one: web streams, Node's, generators. Undefined for what is no stream. */
export function asStream(value: object): AsyncIterable<unknown> | undefined {
  if (Symbol.asyncIterator in value) return value as AsyncIterable<unknown>
  if (typeof (value as Partial<ReadableStream>).getReader === 'function') return readWeb(value as ReadableStream)
  return undefined
}

/** The chunks as bytes, text in UTF-8. Throws a TypeError for a chunk that is neither. */
export async function* chunksOf(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    if (typeof chunk === 'string') yield fromText(chunk)
    else if (chunk instanceof Uint8Array) yield chunk
    else throw new TypeError(`a body's stream gave ${describe(chunk)}; its chunks have to be texts or bytes`)
  }
}

export async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return joinBytes(chunks)
}

/**
 * The same stream; what breaks it after the answer has begun is told, since no status can tell it any more. A reader that
 * goes, with an error or without, just ends it: that is no failure of the function.
 */
export function logErrors(
  stream: AsyncIterable<Uint8Array>,
  tell: (error: unknown) => void,
): AsyncIterable<Uint8Array> {
  const open = (): AsyncIterator<Uint8Array> => {
    const source = stream[Symbol.asyncIterator]()
    const next = () =>
      source.next().catch((error) => {
        tell(error)
        throw error
      })
    return { next, return: async () => (await source.return?.()) ?? { done: true, value: undefined } }
  }
  return { [Symbol.asyncIterator]: open }
}

/** Frees what nobody will read: the body that a HEAD request does not get. Nobody waits for the end of it. */
export function discard(stream: AsyncIterable<unknown>): void {
  const iterator = stream[Symbol.asyncIterator]()
  iterator.return?.().then(undefined, () => undefined)
}

// Node 16 has web streams that cannot be iterated.
async function* readWeb(stream: ReadableStream): AsyncGenerator<unknown> {
  const reader = stream.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    await reader.cancel()
  }
}
