import { isUtf8 } from 'node:buffer'
import type { WireBody } from './wire.ts'

/** Bytes as a message can carry them, without loss: as text when they are valid UTF-8. */
export function packBytes(bytes: Uint8Array): WireBody {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return isUtf8(buffer) ? buffer.toString() : { base64: buffer.toString('base64') }
}

export function unpackBytes(body: WireBody): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.base64, 'base64')
}
