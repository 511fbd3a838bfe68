import type { Credentials } from './credentials.ts'
import { Lanes } from './lanes.ts'
import { type ApiAnswer, apiParams, apiRequest, configOf, makeApi, ONCE, runtimeOptions } from './sdk.ts'

export interface Identity {
  readonly account: string
  /** Who it is, such as `acs:ram::ACCOUNT:user/NAME`. */
  readonly arn: string
  /** How far this machine's clock is ahead of the platform's; undefined when the platform did not tell the time. */
  readonly aheadMs?: number
}

/** Whose the credentials are. Nobody needs a right to ask. https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-getcalleridentity */
export async function askIdentity(
  {
    credentials,
    region,
    endpoint,
  }: {
    readonly credentials: Credentials
    readonly region: string
    readonly endpoint?: string
  },
  signal: AbortSignal,
): Promise<Identity> {
  const action = 'GetCallerIdentity'
  const api = makeApi(configOf(credentials, region, endpoint ?? `https://sts.${region}.aliyuncs.com`))
  const shared = { action, version: '2015-04-01', protocol: 'HTTPS', pathname: '/', method: 'POST' }
  const params = apiParams({ ...shared, authType: 'AK', style: 'RPC', reqBodyType: 'formData', bodyType: 'json' })
  const send = (): Promise<ApiAnswer> => api.callApi(params, apiRequest({ query: {} }), runtimeOptions(ONCE))
  const { body, headers } = await new Lanes().run({ action, about: 'the account', isRead: true }, send, signal)
  const { AccountId, Arn } = body as Readonly<Record<string, unknown>>
  const told = Date.parse(headers?.['date'] ?? '')
  return {
    account: String(AccountId),
    arn: String(Arn),
    ...(Number.isFinite(told) && { aheadMs: Date.now() - told }),
  }
}
