import { CONNECT_MS, type ConnectOptions, error, RefusedError, type Service, SlsError, type Tree } from '@anyfaas/kit'
import type { OurFunctions } from '../lambda/deploy/our-functions.ts'
import type { Reach, Site } from '../lambda/deploy/site.ts'
import { facts } from '../lambda/facts.ts'
import type { ApiConfig } from './api.ts'
import { inAnotherFormat, isPassing, isThrottled, readFailure, refuse } from './failures.ts'
import { clientOf } from './sdk.ts'

type Env = ConnectOptions['env']

/**
 * What every client of the vendor's gets. Credentials and the region are looked for by the vendor's own chain: variables,
 * files and profiles, single sign-on, a web identity in CI, the machine's role.
 */
export async function apiConfig({ provider }: Service, env: Env): Promise<ApiConfig> {
  const { profile } = provider
  const endpoint = provider.endpoint ?? env['AWS_ENDPOINT_URL']
  const keys = profile === undefined ? keysOf(env) : undefined
  const base = {
    // Whether a call may be sent again is for others to say.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECT_MS, throwOnRequestTimeout: true, httpAgent: AGENT, httpsAgent: AGENT },
    ...(profile !== undefined && { profile }),
    ...(keys && { credentials: keys }),
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  }
  const region = provider.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? (await regionOf(base))
  return { ...base, region }
}

// What the deployer's files say; a region is no secret to fail for.
async function regionOf(base: object): Promise<string> {
  const client = new (await clientOf('sts'))(base)
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

/**
 * Where and whose the service is, as far as it is the platform that answers, and does not refuse the credentials; where it is only
 * examined, also as far as nobody answers. Throws SLS5006 when there are no credentials.
 */
export async function findPlace(
  { api, service }: Reach,
  ours: OurFunctions,
  { signal, isExamined }: { readonly signal?: AbortSignal | undefined; readonly isExamined?: boolean | undefined },
): Promise<Pick<Site, 'place' | 'refused'>> {
  const { region } = api.config
  const { accountId } = service.provider
  try {
    const [, partition = 'aws', , , account] = (await someArn({ api, service }, ours, signal)).split(':')
    return { place: { region, account: accountId ?? String(account), partition } }
  } catch (cause) {
    if (readFailure(cause).code === 'CredentialsProviderError') throw none(service.provider.profile, cause)
    if (!isRefusal(cause) && !(isExamined && cause instanceof RefusedError)) throw cause
    return { place: placeBefore(region, accountId), refused: cause }
  }
}

// The functions are read anyway, and any of them says whose the account is; where there is none that is asked.
async function someArn({ api }: Reach, ours: OurFunctions, signal?: AbortSignal): Promise<string> {
  const limit = AbortSignal.timeout(LASTS_MS)
  const call = { signal: signal ? AbortSignal.any([signal, limit]) : limit }
  const found = await ours.someArn(call).catch((cause: unknown) => {
    if (isRefusal(cause)) return undefined
    throw cause
  })
  if (found !== undefined) return found
  const request = { service: 'sts', action: 'GetCallerIdentity', input: {}, about: 'the account' } as const
  const { Arn } = await api.call(request, call)
  // What is no answer of the service's has no ARN in it.
  if (typeof Arn !== 'string') throw refuse(request.about, inAnotherFormat())
  return Arn
}

// What may pass is no word on whose the account is.
function isRefusal(cause: unknown): cause is RefusedError {
  if (!(cause instanceof RefusedError)) return false
  const { status, stranger } = readFailure(cause)
  return stranger !== undefined || (status !== 0 && !isPassing(cause) && !isThrottled(cause))
}

/** Where the service goes, as far as that can be told before the platform is asked. */
export function placeBefore(region: string, account = '*'): Site['place'] {
  return { region, account, partition: region.startsWith('cn-') ? 'aws-cn' : 'aws' }
}

function none(profile: string | undefined, cause: unknown): SlsError {
  const [where, looked] =
    profile === undefined
      ? ['', 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ~/.aws, single sign-on, a web identity, the machine’s role']
      : [` in the profile "${profile}"`, '~/.aws/config and ~/.aws/credentials']
  const diagnostic = error('SLS5006', `no credentials for AWS${where}`, {
    notes: [{ message: `looked at ${looked}` }, { message: readFailure(cause).message }],
    help: [
      profile === undefined ? 'set the two variables, or `aws configure`' : `\`aws configure --profile ${profile}\``,
      'sls doctor --provider aws shows what a deploy needs',
    ],
  })
  return new SlsError(diagnostic, { cause })
}

const LASTS_MS = 120_000

// For the vendor's library a request that waits for its turn to have a connection is one that gets none: as many as a deploy ever sends.
const AGENT = { maxSockets: 200 }
