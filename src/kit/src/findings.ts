import { isSlsError } from './diagnostic.ts'
import type { Finding } from './operations.ts'
import { isUnreached, type RefusedError } from './refusal.ts'

/** What `sls doctor` says of a key that was found. The id names the key; it opens nothing. */
export function keyFinding(id: string, { source, isSession }: KeyFound): Finding {
  const from = source === undefined ? '' : ` from ${source}`
  return {
    what: 'credentials',
    state: 'good',
    found: `${id.slice(0, 4)}…${from}${isSession ? ', with a session token' : ''}`,
  }
}

export interface KeyFound {
  /** Where it was found. */
  readonly source?: string
  readonly isSession: boolean
}

/** Where a deploy goes. */
export interface Destination {
  readonly region: string
  /** Of an API there. */
  readonly address: string
  /** How far a clock may be off, either way. */
  readonly clockBearsMs: number
}

/**
 * What `sls doctor` says of the region, and of this machine's clock beside that of an address there. It is asked without a
 * signature: a signed request is what a wrong clock gets refused. Of the clock it says nothing where the address cannot be reached or tells
 * no time: that is for what calls it to say.
 */
export async function placeFindings(
  { region, address, clockBearsMs }: Destination,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const aheadMs = await askAhead(address, AbortSignal.any([signal, AbortSignal.timeout(ASKED_MS)])).catch(() => {
    signal.throwIfAborted()
    return undefined
  })
  const clock = aheadMs === undefined ? [] : [clockFinding(aheadMs, clockBearsMs)]
  return [{ what: 'region', state: 'good', found: region }, ...clock]
}

/** What `sls doctor` says of something that the platform is asked at an address: what it found, why it was refused, or that nobody is there. */
export async function lookFinding(what: string, address: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, state: 'good', found: await look() }
  } catch (cause) {
    if (isUnreached(cause)) return unreachedFinding(what, cause, address)
    if (!isSlsError(cause)) throw cause
    return { what, state: 'bad', found: cause.diagnostics[0]?.message ?? cause.message }
  }
}

/** What `sls doctor` says of an address where nobody answers; the reason names it, too, where it is not said. */
export function unreachedFinding(what: string, { refusal }: RefusedError, address?: string): Finding {
  const { code, message } = refusal
  const where = address === undefined ? '' : `${new URL(address).host}, `
  const why = code === 'no answer' || message.includes(code) ? message : `${code}: ${message}`
  const help = 'look at the network, the proxy, the region and provider.endpoint'
  return { what, state: 'bad', found: `not reachable: ${where}${why}`, help }
}

const ASKED_MS = 5000
const MUCH_MS = 60_000

async function askAhead(address: string, signal: AbortSignal): Promise<number | undefined> {
  const { headers } = await fetch(address, { method: 'HEAD', redirect: 'manual', signal })
  const told = Date.parse(headers.get('date') ?? '')
  return Number.isFinite(told) ? Date.now() - told : undefined
}

function clockFinding(aheadMs: number, mostMs: number): Finding {
  const apart = Math.abs(aheadMs)
  const found = `${Math.round(apart / 1000)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} the platform's`
  if (apart < MUCH_MS) return { what: 'clock', state: 'good', found }
  const help = `requests are refused when it is ${mostMs / 60_000} minutes off: let the machine set its time by the network`
  return { what: 'clock', state: apart < mostMs ? 'doubtful' : 'bad', found, help }
}
