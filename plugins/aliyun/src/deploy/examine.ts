import {
  type Destination,
  type Examination,
  type Finding,
  keyFinding,
  lookFinding,
  type Patience,
  placeFindings,
  type Service,
} from '@anyfaas/kit'
import type { Credentials } from '../account/credentials.ts'
import { addressOf, askIdentity, type Identity } from '../account/identity.ts'
import { regionOf } from '../region.ts'

export interface Examined {
  readonly credentials: Credentials
  readonly region: string
  readonly endpoint?: string
  readonly account?: string
  readonly patience?: Patience
  /** Where the API is. */
  readonly address: string
  /** Asks it. */
  readonly look: () => Promise<Seen>
  readonly policy: Policy
}

/** What the API told. */
export interface Seen {
  readonly found: string
  /** The custom domains that lead to the service now. */
  readonly domains: readonly string[]
}

/** The rights that a deploy to an account needs, also to take away what is there and no longer in the file. */
export type Policy = (account: string, domains: readonly string[]) => object

/** What a deploy will find. */
export async function examine(examined: Examined, signal: AbortSignal): Promise<Examination> {
  const { credentials, look, policy } = examined
  const { accessKeyId, source, securityToken } = credentials
  let identity: Identity | undefined
  let domains: readonly string[] = []
  const [place, whose, api] = await Promise.all([
    placeFindings(destination(examined), signal),
    lookFinding('account', destination(examined).address, async () => {
      identity = await askIdentity(examined, signal)
      return `${identity.account}, as ${identity.arn}`
    }),
    lookFinding('the API', examined.address, async () => {
      const seen = await look()
      domains = seen.domains
      return seen.found
    }),
  ])
  const key = keyFinding(accessKeyId, { source, isSession: Boolean(securityToken) })
  const findings = [key, ...place, judged(whose, examined, identity), api]
  return { findings, policy: policy(examined.account ?? identity?.account ?? '*', domains) }
}

/** What there is to say before there are credentials. */
export async function beforehand(service: Service, policy: Policy, signal: AbortSignal): Promise<Examination> {
  const { endpoint, accountId = '*' } = service.provider
  const region = regionOf(service)
  const findings = await placeFindings(destination({ region, ...(endpoint && { endpoint }) }), signal)
  return { findings, policy: policy(accountId, []) }
}

function destination({ region, endpoint }: Pick<Examined, 'region' | 'endpoint'>): Destination {
  return { region, address: endpoint ?? addressOf(region), clockBearsMs: CLOCK_BEARS_MS }
}

// Most deploys need no account, and one that is said may be another than that of the keys.
function judged(whose: Finding, { account }: Examined, identity: Identity | undefined): Finding {
  if (!identity)
    return {
      ...whose,
      state: 'doubtful',
      found: `${account ?? 'not known'}: ${whose.found}`,
      help: 'triggers of other products need it: provider.accountId, or ALIBABA_CLOUD_ACCOUNT_ID',
    }
  if (account === undefined || account === identity.account) return whose
  const help = `provider.accountId says ${account}, and these credentials are of another account`
  return { ...whose, state: 'bad', help }
}

// https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
const CLOCK_BEARS_MS = 15 * 60_000
