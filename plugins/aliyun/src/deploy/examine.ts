import { clockFinding, type Examination, type Finding, isSlsError } from '@anyfaas/kit'
import type { Credentials } from '../account/credentials.ts'
import { askIdentity, type Identity } from '../account/identity.ts'

export interface Examined {
  readonly credentials: Credentials
  readonly region: string
  readonly endpoint?: string
  readonly account: string | undefined
  /** Asks the API, and says what it found. */
  readonly look: () => Promise<string>
  readonly policy: object
}

/** What a deploy will find. */
export async function examine(examined: Examined, signal: AbortSignal): Promise<Examination> {
  const { credentials, region, look, policy } = examined
  const { accessKeyId, source, securityToken } = credentials
  const identity = await askIdentity(examined, signal).catch((cause: unknown) => {
    signal.throwIfAborted()
    return reasonOf(cause)
  })
  const findings: Finding[] = [
    {
      what: 'credentials',
      state: 'good',
      // The id names the key; it opens nothing.
      found: `${accessKeyId.slice(0, 4)}… from ${source}${securityToken ? ', with a session token' : ''}`,
    },
    { what: 'region', state: 'good', found: region },
    ...whose(examined, identity),
    ...(typeof identity === 'string' || identity.aheadMs === undefined
      ? []
      : [clockFinding(identity.aheadMs, CLOCK_BEARS_MS)]),
    await ask(look),
  ]
  return { findings, policy }
}

function whose({ account }: Examined, identity: Identity | string): Finding[] {
  if (typeof identity === 'string')
    return [
      {
        what: 'account',
        state: 'doubtful',
        found: `${account ?? 'not known'}: ${identity}`,
        help: 'triggers of other products need it: provider.accountId, or ALIBABA_CLOUD_ACCOUNT_ID',
      },
    ]
  const found = `${identity.account}, as ${identity.arn}`
  if (account === undefined || account === identity.account) return [{ what: 'account', state: 'good', found }]
  const help = `provider.accountId says ${account}, and these credentials are of another account`
  return [{ what: 'account', state: 'bad', found, help }]
}

// https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
const CLOCK_BEARS_MS = 15 * 60_000

async function ask(look: () => Promise<string>): Promise<Finding> {
  try {
    return { what: 'the API', state: 'good', found: await look() }
  } catch (cause) {
    if (!isSlsError(cause)) throw cause
    return { what: 'the API', state: 'bad', found: reasonOf(cause) }
  }
}

function reasonOf(cause: unknown): string {
  if (isSlsError(cause)) return cause.diagnostics[0]?.message ?? cause.message
  return cause instanceof Error ? cause.message : String(cause)
}
