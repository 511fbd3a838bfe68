import type { Certificate } from '../../local/dev/certificate.ts'
import { machineAddresses } from '../../local/machine-addresses.ts'
import type { ActionIo } from '../io.ts'
import { makeFolder } from '../make-folder.ts'

/** Where a session shall answer. */
export interface Where {
  /** The address to listen on, so that others can reach it: `0.0.0.0`. Loopback when missing. */
  readonly host?: string
  readonly https?: boolean
}

/** The certificate of this user's machine, with the names by which it is reached. */
export async function certificateFor({ host }: Where, io: ActionIo): Promise<Certificate> {
  const { homeOf } = await import('../../local/home.ts')
  const { ensureCertificate } = await import('../../local/dev/certificate.ts')
  const { root } = homeOf(io.env)
  makeFolder(root, 0o700)
  return await ensureCertificate(root, host === undefined ? [] : machineAddresses())
}

/** The addresses that answer; the first is for this machine. */
export function urlsOf(port: number, { host, https }: Where): string[] {
  const scheme = https ? 'https' : 'http'
  if (host === undefined) return [`${scheme}://localhost:${port}`]
  const open = ['0.0.0.0', '::'].includes(host)
  return (open ? ['localhost', ...machineAddresses()] : [host]).map((name) => `${scheme}://${name}:${port}`)
}
