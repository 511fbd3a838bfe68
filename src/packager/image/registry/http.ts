import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { error, SlsError } from '@anyfaas/kit'

export interface HttpCall {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer | HttpBody
  readonly signal?: AbortSignal
}

/** A body of known size that is read while it is sent. */
export interface HttpBody {
  readonly size: number
  chunks(): AsyncIterable<Uint8Array>
}

const IDLE_MS = 60_000

/**
 * One request, without following redirects: uploads need the exact length, and a redirect must not carry the password on.
 * Rejects with the connection's own error. SLS4031 for an address that is neither TLS nor on this machine.
 */
export async function callHttp(call: HttpCall): Promise<IncomingMessage> {
  checkUrl(call.url)
  const { method, url, body, signal } = call
  const size = body === undefined ? undefined : Buffer.isBuffer(body) ? body.length : body.size
  const headers = { ...call.headers, ...(size !== undefined && { 'content-length': String(size) }) }
  const request = url.protocol === 'https:' ? requestTls : requestPlain
  const sent = request(url, { method, headers, timeout: IDLE_MS, ...(signal && { signal }) })
  sent.on('timeout', () => sent.destroy(new Error(`no answer from ${url.host} in ${IDLE_MS / 1000} s`)))
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve)
    sent.on('error', reject)
  })
  // A registry that refuses early answers before it has read all, and then closes: the answer says more than the break.
  const sending = send(sent, body).catch((failure: unknown) => failure)
  const failed = sending.then(async (failure) =>
    failure === undefined ? await answered : await orAnswer(answered, failure),
  )
  return await Promise.race([answered, failed])
}

/** True for an address of this machine, where plain http is no risk. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/.test(hostname) || hostname.endsWith('.localhost')
}

/** The whole body as text; a registry's answers that are not blobs are small. */
export async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message) {
    bytes += (chunk as Buffer).length
    if (bytes <= MAX_TEXT_BYTES) chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}

const MAX_TEXT_BYTES = 8 << 20

async function send(sent: ReturnType<typeof requestPlain>, body: HttpCall['body']): Promise<void> {
  if (body === undefined || Buffer.isBuffer(body)) sent.end(body)
  else await pipeline(Readable.from(body.chunks(), { objectMode: false }), sent)
}

async function orAnswer(answered: Promise<IncomingMessage>, failure: unknown): Promise<IncomingMessage> {
  try {
    return await answered
  } catch (cause) {
    throw failure instanceof SlsError ? failure : cause
  }
}

function checkUrl({ protocol, hostname, host }: URL): void {
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return
  throw new SlsError(
    error(
      'SLS4031',
      `"${host}" asks for ${protocol.slice(0, -1)}; only registries on this machine are reached without TLS`,
    ),
  )
}
