import { misuse, type Platform } from './project.ts'

/** Where the service shall answer. */
export interface AddressOptions {
  /** The port that the service shall answer on, where the platform lets one choose. */
  readonly port?: number
  /** Where the service shall be open to others than this machine, as `HOST` or `HOST:PORT`, where the platform lets one choose. */
  readonly host?: string
}

/** Throws SLS0002 when an address is asked for and none of the platforms lets one choose. */
export function refuseAddress(platforms: readonly Platform[], { port, host }: AddressOptions): void {
  const option = port !== undefined ? 'port' : 'host'
  if ((port ?? host) === undefined || platforms.some(({ target }) => target.choosesAddress)) return
  const labels = platforms.map(({ label }) => label).join(', ')
  throw misuse(`--${option} is of the local platform, and this goes to ${labels}`)
}

/** What of it is for this platform: with several, the others have addresses of their own. */
export function addressFor({ target }: Platform, { port, host }: AddressOptions): AddressOptions {
  if (!target.choosesAddress) return {}
  return { ...(port !== undefined && { port }), ...(host !== undefined && { host }) }
}
