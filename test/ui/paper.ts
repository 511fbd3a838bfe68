import type { Output } from '../../src/ui/output.ts'
import { createStyle } from '../../src/ui/style.ts'

/** An output that keeps what is written. */
export interface Paper extends Output {
  text(): string
  bytes(): Uint8Array
}

export function createPaper(options: { isTerminal?: boolean; columns?: number } = {}): Paper {
  const chunks: Uint8Array[] = []
  return {
    isTerminal: options.isTerminal ?? false,
    columns: options.columns ?? 80,
    write: (text) => void chunks.push(typeof text === 'string' ? Buffer.from(text) : text),
    text: () => Buffer.concat(chunks).toString(),
    bytes: () => Buffer.concat(chunks),
  }
}

export const plain = createStyle({ color: false, unicode: true })

export const ascii = createStyle({ color: false, unicode: false })

export const coloured = createStyle({ color: true, unicode: true })
