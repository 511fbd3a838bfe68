import type { Answer, HttpAnswer } from '@anyfaas/kit'

/** A function's answer for stdout: its bytes as they are for files and pipes, readable for a terminal. */
export function showAnswer(answer: Answer, isTerminal: boolean): string | Uint8Array {
  if (answer.kind === 'http') return isTerminal ? showBody(answer) : answer.body
  const { value } = answer
  if (value === undefined) return ''
  return `${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}\n`
}

/** A function's answer as JSON: a body that is no text is in base64. */
export function describeAnswer(answer: Answer): object {
  if (answer.kind === 'value') return answer
  const text = decode(answer.body)
  const body = text === undefined ? { base64: Buffer.from(answer.body).toString('base64') } : { body: text }
  return { kind: answer.kind, status: answer.status, headers: answer.headers, ...body }
}

function showBody({ body, headers }: HttpAnswer): string {
  const text = decode(body)
  if (text !== undefined) return text === '' || text.endsWith('\n') ? text : `${text}\n`
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? 'binary'
  return `(${body.length} bytes of ${type})\n`
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    // Not UTF-8, so not text.
    return undefined
  }
}
