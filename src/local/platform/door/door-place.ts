import { isIP } from 'node:net'
import { error, SlsError } from '@anyfaas/kit'
import { machineAddresses } from '../../machine-addresses.ts'

/** Where a service is open to others than this machine. */
export interface DoorPlace {
  /** An address of this machine or a name of one, or all of them: `0.0.0.0`, `::`. */
  readonly host: string
  readonly port?: number
}

/**
 * `HOST`, `HOST:PORT` or `[HOST]:PORT`; undefined for an address that only this machine reaches, which needs no door. Throws
 * SLS7007 for what is none.
 */
export function readDoorPlace(text: string): DoorPlace | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]\s/]+))(?::(\d+))?$/.exec(text) ?? []
  const host = bracketed ?? plain ?? (isIP(text) === 6 ? text : undefined)
  const port = digits === undefined ? undefined : Number(digits)
  if (host === undefined || (port !== undefined && (port < 1 || port > 65535))) {
    throw new SlsError(error('SLS7007', `"${text}" is no address to listen on`, { help: ['HOST or HOST:PORT'] }))
  }
  if (!isLoopback(host)) return { host, ...(port !== undefined && { port }) }
  if (port === undefined) return undefined
  const help = ['--port chooses the port on this machine', `--host ${host}, without a port, closes what was open`]
  throw new SlsError(error('SLS7007', `${host} is reached from this machine only`, { help }))
}

/** The addresses by which others reach it. */
export function doorUrls({ host, port }: Required<DoorPlace>): readonly string[] {
  const own = EVERYWHERE.has(host) ? machineAddresses() : []
  return (own.length > 0 ? own : [host]).map((name) => `http://${isIP(name) === 6 ? `[${name}]` : name}:${port}`)
}

const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
