import { refuse } from './failures.ts'
import { type Reach, Rpc } from './rpc.ts'

export interface Identity {
  readonly account: string
  /** Who it is, such as `acs:ram::ACCOUNT:user/NAME`. */
  readonly arn: string
}

/** Whose the credentials are. Nobody needs a right to ask. https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-getcalleridentity */
export async function askIdentity(reach: Reach, signal: AbortSignal): Promise<Identity> {
  const rpc = new Rpc('2015-04-01', addressOf(reach.region), reach)
  const { body } = await rpc.call({ action: 'GetCallerIdentity', about: 'the account' }, { signal })
  const { AccountId, Arn } = (body ?? {}) as Readonly<Record<string, unknown>>
  // What is no answer of the service's has no account in it.
  if (typeof AccountId !== 'string') throw refuse('the account', new SyntaxError('no AccountId'))
  return { account: AccountId, arn: String(Arn) }
}

/** Where one asks. */
export function addressOf(region: string): string {
  return `https://sts.${region}.aliyuncs.com`
}
