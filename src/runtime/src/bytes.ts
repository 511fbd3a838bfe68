/** Bytes as Node's own Buffer, so that handlers may call `toString('hex')` and the like on them. */
export interface Bytes extends Uint8Array {
  toString(encoding?: 'utf8' | 'base64' | 'hex' | 'latin1'): string
}

export function fromText(text: string, encoding = 'utf8'): Bytes {
  return node.Buffer.from(text, encoding)
}

export function fromBase64(text: string): Bytes {
  return node.Buffer.from(text, 'base64')
}

export function toBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64')
}

/** The same memory, seen as a Buffer. */
export function asBuffer(bytes: Uint8Array | ArrayBuffer | ArrayBufferView): Bytes {
  if (bytes instanceof ArrayBuffer) return node.Buffer.from(bytes, 0, bytes.byteLength)
  return node.Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function joinBytes(chunks: readonly Uint8Array[]): Bytes {
  return node.Buffer.concat(chunks)
}

/** Throws a RangeError for an encoding that does not exist. */
export function toText(bytes: Uint8Array, charset = 'utf-8'): string {
  return new TextDecoder(charset).decode(bytes)
}

/** The text that the bytes are in UTF-8, or undefined when they are not. */
export function textOrNothing(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

// Every platform runs this on Node.js. Its types stay out of this package, which is what keeps `fs` out of it.
const node = globalThis as unknown as {
  readonly Buffer: {
    from(text: string, encoding: string): Bytes
    from(memory: ArrayBufferLike, offset: number, length: number): Bytes
    concat(chunks: readonly Uint8Array[]): Bytes
  }
}
