import { lookup } from 'node:dns/promises'
import { request as sendPlain } from 'node:http'
import { request as sendSecure } from 'node:https'
import { BlockList, isIP } from 'node:net'
import { isOfConnection } from '../platform/instances/exchange.ts'

/** What a call came to. */
export interface CallResult {
  readonly status: number
  /** Name, value, name, value. */
  readonly headers: readonly string[]
  readonly body: Buffer
  readonly durationSec: number
}

export interface CallbackTarget {
  readonly url: URL
  readonly callId: string
  readonly functionName: string
  /** Hosts in private networks that may be called. */
  readonly allowed: readonly string[]
}

const TIMEOUT_MS = 10_000
const ATTEMPTS = 3
const PAUSE_MS = 500

/** Posts a result. Rejects when the address is not allowed, or when nobody takes it after some tries. */
export async function sendCallback(target: CallbackTarget, result: CallResult, signal: AbortSignal): Promise<void> {
  const address = await permit(target.url, target.allowed)
  for (let attempt = 1; ; attempt++) {
    try {
      const status = await post(target, { result, address, signal })
      if (status < 500) return
      throw new Error(`the callback answered ${status}`)
    } catch (failure) {
      if (attempt >= ATTEMPTS || signal.aborted) throw failure
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** attempt))
    }
  }
}

/** The address to connect to. Looked up once, so that a name cannot mean another machine a moment later. */
async function permit({ protocol, hostname, host }: URL, allowed: readonly string[]): Promise<string> {
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new Error(`callbacks go to http and https, not to ${protocol}`)
  const bare = hostname.replace(/^\[|\]$/g, '')
  const address = isIP(bare) ? bare : (await lookup(bare)).address
  const isAllowed = allowed.includes(host) || allowed.includes(hostname)
  if (!isAllowed && isPrivate(address))
    throw new Error(`callbacks to ${host} are not allowed: it is in a private network`)
  return address
}

/** Whether an address is of this machine or of a network that is nobody else's business. */
export function isPrivate(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  const plain = mapped ?? address
  return PRIVATE.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}

const PRIVATE = new BlockList()
// https://www.iana.org/assignments/iana-ipv4-special-registry and its sibling for IPv6.
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(net, bits, 'ipv4')
}
for (const [net, bits] of [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(net, bits, 'ipv6')
}

interface Posting {
  readonly result: CallResult
  readonly address: string
  readonly signal: AbortSignal
}

function post({ url, callId, functionName }: CallbackTarget, { result, address, signal }: Posting): Promise<number> {
  const own = { 'x-call-id': callId, 'x-function-name': functionName, 'x-function-status': String(result.status) }
  const headers = [
    ...kept(result.headers, own),
    ...Object.entries(own).flat(),
    'x-duration-seconds',
    result.durationSec.toFixed(6),
    'host',
    url.host,
    'content-length',
    String(result.body.length),
  ]
  const send = url.protocol === 'https:' ? sendSecure : sendPlain
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const path = url.pathname + url.search
    const port = url.port || (url.protocol === 'https:' ? 443 : 80)
    const options = {
      host: address,
      servername: url.hostname,
      port,
      path,
      method: 'POST',
      headers,
      signal: limit,
      agent: false,
    }
    const outgoing = send(options, (response) => {
      response.resume()
      resolve(response.statusCode ?? 500)
    })
    outgoing.once('error', reject)
    outgoing.end(result.body)
  })
}

// The function's own headers go along, as far as they describe its answer.
function kept(raw: readonly string[], own: object): string[] {
  const headers: string[] = []
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase()
    if (isOfConnection(name) || name in own || ['host', 'content-length', 'x-duration-seconds'].includes(name)) continue
    headers.push(name, raw[index + 1] as string)
  }
  return headers
}
