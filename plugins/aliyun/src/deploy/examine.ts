import { type Examination, type Finding, isSlsError } from '@anyfaas/kit'
import type { Credentials } from '../account/credentials.ts'

export interface Examined {
  readonly credentials: Credentials
  readonly region: string
  readonly account: string | undefined
  /** Asks the API, and says what it found. */
  readonly look: () => Promise<string>
  readonly policy: object
}

/** What a deploy will find. */
export async function examine({ credentials, region, account, look, policy }: Examined): Promise<Examination> {
  const { accessKeyId, source, securityToken } = credentials
  const findings: Finding[] = [
    {
      what: 'credentials',
      state: 'good',
      // The id names the key; it opens nothing.
      found: `${accessKeyId.slice(0, 4)}… from ${source}${securityToken ? ', with a session token' : ''}`,
    },
    { what: 'region', state: 'good', found: region },
    account === undefined
      ? {
          what: 'account',
          state: 'doubtful',
          found: 'not known',
          help: 'triggers of other products need it: provider.accountId, or ALIBABA_CLOUD_ACCOUNT_ID',
        }
      : { what: 'account', state: 'good', found: account },
    await ask(look),
  ]
  return { findings, policy }
}

async function ask(look: () => Promise<string>): Promise<Finding> {
  try {
    return { what: 'the API', state: 'good', found: await look() }
  } catch (cause) {
    if (!isSlsError(cause)) throw cause
    return { what: 'the API', state: 'bad', found: cause.diagnostics[0]?.message ?? cause.message }
  }
}
