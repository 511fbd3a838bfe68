import {
  ACCOUNT,
  type ConnectOptions,
  error,
  isSlsError,
  type Patience,
  RefusedError,
  type Resource,
  SlsError,
} from '@anyfaas/kit'
import type { Credentials } from '../account/credentials.ts'
import { askIdentity } from '../account/identity.ts'

export interface AccountQuestion extends Pick<ConnectOptions, 'service' | 'env'> {
  readonly credentials: Credentials
  readonly region: string
  readonly endpoint?: string
  readonly patience?: Patience
}

/** The id of an account, or why nobody told it; neither where nobody was asked. */
export interface AccountId {
  readonly account?: string
  readonly whyNot?: unknown
}

/** The id that the deployer says, or that stands beside the credentials. */
export function saidAccount({ service, env, credentials }: AccountQuestion): AccountId | undefined {
  const account = service.provider.accountId ?? env['ALIBABA_CLOUD_ACCOUNT_ID'] ?? credentials.account
  return account === undefined ? undefined : { account }
}

/** The id that the platform tells. Throws SLS5006 for keys that it does not take; a cloud that has no such service tells none. */
export async function askAccount(reach: Omit<AccountQuestion, 'service' | 'env'>): Promise<AccountId> {
  const limit = AbortSignal.timeout(ASKED_MS)
  try {
    return { account: (await askIdentity(reach, limit)).account }
  } catch (cause) {
    const whyNot = limit.aborted ? silent(cause) : cause
    if (isSlsError(whyNot) && whyNot.diagnostics.some(({ code }) => code === 'SLS5006')) throw whyNot
    return { whyNot }
  }
}

const ASKED_MS = 5000

function silent(cause: unknown): RefusedError {
  const refusal = { code: 'no answer', message: `none within ${ASKED_MS / 1000} s` }
  return new RefusedError('the account', refusal, { cause, isUnreached: true })
}

/** Throws SLS5006 for things whose names need an account id that nobody said. */
export function checkAccount(resources: readonly Resource[], { account, whyNot }: AccountId): void {
  if (account === undefined && JSON.stringify(resources).includes(ACCOUNT))
    throw lacksAccount('a trigger of the service', whyNot)
}

/** The account's id, for what cannot be without it. Throws SLS5006 where nobody told it, and why. */
export function mustKnow(what: string, { account, whyNot }: AccountId): string {
  if (account === undefined) throw lacksAccount(what, whyNot)
  return account
}

function lacksAccount(what: string, cause: unknown): SlsError {
  const reason = cause instanceof Error ? cause.message : cause === undefined ? 'nobody was asked' : String(cause)
  return new SlsError(
    error('SLS5006', `${what} needs the id of the account, and the platform did not tell it`, {
      notes: [{ message: reason }],
      help: ['provider.accountId, or ALIBABA_CLOUD_ACCOUNT_ID in the environment'],
    }),
    { cause },
  )
}
