import { ACCOUNT, type ConnectOptions, error, isSlsError, type Resource, SlsError } from '@anyfaas/kit'
import type { Credentials } from '../account/credentials.ts'
import { askIdentity } from '../account/identity.ts'

export interface AccountQuestion extends Pick<ConnectOptions, 'service' | 'env'> {
  readonly credentials: Credentials
  readonly region: string
  readonly endpoint?: string
}

/**
 * The id of the account: what the deployer says, else what the credentials or the platform do. Undefined when nobody does; throws
 * SLS5006 for keys that the platform does not take.
 */
export async function accountOf({ service, env, ...reach }: AccountQuestion): Promise<string | undefined> {
  const said = service.provider.accountId ?? env['ALIBABA_CLOUD_ACCOUNT_ID'] ?? reach.credentials.account
  if (said !== undefined) return said
  try {
    return (await askIdentity(reach, AbortSignal.timeout(ASKED_MS))).account
  } catch (cause) {
    if (isSlsError(cause) && cause.diagnostics.some(({ code }) => code === 'SLS5006')) throw cause
    // A cloud that has no such service does without the id as long as it can.
    return undefined
  }
}

const ASKED_MS = 5000

/** Throws SLS5006 for things whose names need an account id that nobody said. */
export function checkAccount(resources: readonly Resource[], account: string | undefined): void {
  if (account === undefined && JSON.stringify(resources).includes(ACCOUNT))
    throw lacksAccount('a trigger of the service')
}

export function lacksAccount(what: string): SlsError {
  return new SlsError(
    error('SLS5006', `${what} needs the id of the account, and the platform did not tell it`, {
      help: ['provider.accountId, or ALIBABA_CLOUD_ACCOUNT_ID in the environment'],
    }),
  )
}
