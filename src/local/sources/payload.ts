/** Bytes of a message as a function sees them: JSON parsed, else the text, else base64 and a word that says so. */
export function readPayload(bytes: Uint8Array | string): { readonly payload: unknown; readonly encoding?: 'base64' } {
  const text = textOf(bytes)
  if (text === undefined) return { payload: Buffer.from(bytes as Uint8Array).toString('base64'), encoding: 'base64' }
  try {
    return { payload: JSON.parse(text) }
  } catch {
    return { payload: text }
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Undefined when the bytes are no text. */
export function textOf(bytes: Uint8Array | string): string | undefined {
  if (typeof bytes === 'string') return bytes
  try {
    return UTF8.decode(bytes)
  } catch {
    return undefined
  }
}
