import {
  type Call,
  type ConnectOptions,
  type Destination,
  type Examination,
  type Finding,
  isSlsError,
  keyFinding,
  lookFinding,
  ownBucket,
  placeFindings,
} from '@anyfaas/kit'
import { refuse } from '../../account/failures.ts'
import { apiConfig, placeBefore } from '../../account/identity.ts'
import { gatewayNow } from './api-rights.ts'
import { type CodeBucket, usualBucket } from './code-bucket.ts'
import type { Gateway } from './gateway.ts'
import type { OurFunctions } from './our-functions.ts'
import type { PermissionKind } from './permission-kind.ts'
import { policyFor } from './policy.ts'
import type { Site } from './site.ts'
import { sourcesNow } from './source-rights.ts'

/** A connection, as far as it is looked at. */
export interface Examined {
  readonly site: Site
  readonly ours: OurFunctions
  readonly permissions: PermissionKind
  readonly gateway: Gateway
  readonly codeBucket: CodeBucket
}

/** What a deploy to Lambda will find. */
export async function examine(examined: Examined, call: Call): Promise<Examination> {
  const { site, ours, permissions, codeBucket } = examined
  const { api, place, refused, service } = site
  const { endpoint } = api.config
  const [findings, hangsOn, gateway] = await Promise.all([
    Promise.all([
      keysFinding(site),
      placeFindings(destination(place, endpoint), call.signal),
      lookFinding('account', endpoint ?? addressOf('lambda', place), async () => {
        if (refused) throw refused
        return place.account
      }),
      lookFinding('the API', endpoint ?? addressOf('lambda', place), async () => {
        const own = await ours.list(call, 'now')
        return `${own.length} functions of this service and stage`
      }),
    ]),
    // Who may not read what there is gets the rights that the file needs.
    unlessRefused(sourcesNow(permissions, call)),
    unlessRefused(gatewayNow(examined.gateway, call)),
  ])
  const policy = policyFor({ service, place, codeBucket, ...(hangsOn && { hangsOn }), ...(gateway && { gateway }) })
  return { findings: findings.flat(), policy }
}

// The vendor's chain asks the platform for some.
async function keysFinding({ api, place }: Site): Promise<Finding> {
  return await lookFinding('credentials', api.config.endpoint ?? addressOf('sts', place), async () => {
    try {
      const { accessKeyId, sessionToken } = await (await api.client('sts')).config.credentials()
      return keyFinding(accessKeyId, { isSession: Boolean(sessionToken) }).found
    } catch (cause) {
      throw refuse('credentials', cause)
    }
  })
}

async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (cause) {
    if (isSlsError(cause)) return undefined
    throw cause
  }
}

/** What there is to say before there are credentials. */
export async function beforehand({ service, env }: ConnectOptions, call: Call): Promise<Examination> {
  const { region, endpoint } = await apiConfig(service, env)
  const place = placeBefore(region, service.provider.accountId)
  const findings = await placeFindings(destination(place, endpoint), call.signal)
  const own = ownBucket(env)
  const codeBucket = { name: own ?? usualBucket(place), isUsual: own === undefined }
  return { findings, policy: policyFor({ service, place, codeBucket }) }
}

function destination(place: Site['place'], endpoint: string | undefined): Destination {
  return { region: place.region, address: endpoint ?? addressOf('sts', place), clockBearsMs: CLOCK_BEARS_MS }
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
const CLOCK_BEARS_MS = 5 * 60_000

function addressOf(service: 'lambda' | 'sts', { region, partition }: Site['place']): string {
  return `https://${service}.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`
}
