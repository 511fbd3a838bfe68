import type { Finding } from './operations.ts'

/** What `sls doctor` says of a machine's clock that is so far ahead of the platform's, which bears `mostMs` either way. */
export function clockFinding(aheadMs: number, mostMs: number): Finding {
  const apart = Math.abs(aheadMs)
  const found = `${Math.round(apart / 1000)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} the platform's`
  if (apart < MUCH_MS) return { what: 'clock', state: 'good', found }
  const help = `requests are refused when it is ${mostMs / 60_000} minutes off: let the machine set its time by the network`
  return { what: 'clock', state: apart < mostMs ? 'doubtful' : 'bad', found, help }
}

const MUCH_MS = 60_000
