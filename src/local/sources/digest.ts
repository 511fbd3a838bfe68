import { createHash } from 'node:crypto'

/** A short name for a text, in hexadecimal digits: the same everywhere, and no other text's. */
export function digestOf(text: string, length = 32): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}
