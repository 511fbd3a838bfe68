import { type Reach, Rpc } from './rpc.ts'

export interface Identity {
  readonly account: string
  /** Who it is, such as `acs:ram::ACCOUNT:user/NAME`. */
  readonly arn: string
  /** How far this machine's clock is ahead of the platform's; undefined when the platform did not tell the time. */
  readonly aheadMs?: number
}

/** Whose the credentials are. Nobody needs a right to ask. https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-getcalleridentity */
export async function askIdentity(reach: Reach, signal: AbortSignal): Promise<Identity> {
  const rpc = new Rpc('2015-04-01', `https://sts.${reach.region}.aliyuncs.com`, reach)
  const { body, headers } = await rpc.call({ action: 'GetCallerIdentity', about: 'the account' }, { signal })
  const { AccountId, Arn } = body as Readonly<Record<string, unknown>>
  const told = Date.parse(headers?.['date'] ?? '')
  return {
    account: String(AccountId),
    arn: String(Arn),
    ...(Number.isFinite(told) && { aheadMs: Date.now() - told }),
  }
}
