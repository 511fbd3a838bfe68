import type { ConnectOptions, Service, Tree } from '@anyfaas/kit'
import type { Place } from '../lambda/deploy/site.ts'
import { facts } from '../lambda/facts.ts'
import type { Api } from './api.ts'
import { makeClient } from './sdk.ts'

type Env = ConnectOptions['env']

/**
 * What every client of the vendor's gets. Credentials and the region are looked for by the vendor's own chain: variables,
 * files and profiles, single sign-on, a web identity in CI, the machine's role.
 */
export async function apiConfig({ provider }: Service, env: Env): Promise<object> {
  const { profile } = provider
  const endpoint = provider.endpoint ?? env['AWS_ENDPOINT_URL']
  const keys = profile === undefined ? keysOf(env) : undefined
  const base = {
    // Whether a call may be sent again is for others to say.
    maxAttempts: 1,
    ...(profile !== undefined && { profile }),
    ...(keys && { credentials: keys }),
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  }
  const region = provider.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? (await regionOf(base))
  return { ...base, region }
}

// What the deployer's files say; a region is no secret to fail for.
async function regionOf(base: object): Promise<string> {
  const client = makeClient('sts', base)
  try {
    return await client.config.region()
  } catch {
    // Neither a variable nor a file names one.
    return facts.defaultRegion
  } finally {
    client.destroy()
  }
}

// A file of variables beside the service counts too; the vendor's library knows only those of the process.
function keysOf(env: Env): Tree | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env
  if (!accessKeyId || !secretAccessKey) return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}

/** Where and whose the service is. Throws SLS5006 when there are no credentials, or when they are refused. */
export async function findPlace(api: Api, { provider }: Service): Promise<Place> {
  const request = { service: 'sts', action: 'GetCallerIdentity', input: {}, about: 'the account' } as const
  const { Account, Arn } = await api.call(request, { signal: AbortSignal.timeout(LASTS_MS) })
  const region = await api.client('sts').config.region()
  const partition = String(Arn).split(':')[1] ?? 'aws'
  return { region, account: provider.accountId ?? String(Account), partition }
}

const LASTS_MS = 120_000
