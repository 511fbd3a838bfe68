import {
  type Call,
  type ConnectOptions,
  type Destination,
  type Examination,
  keyFinding,
  lookFinding,
  ownBucket,
  placeFindings,
} from '@anyfaas/kit'
import type { Credentials } from '../../account/credentials.ts'
import { addressOf } from '../../account/sdk.ts'
import { facts } from '../facts.ts'
import { DomainDriver } from './domain-driver.ts'
import type { OurFunctions } from './our-functions.ts'
import { policyFor } from './policy.ts'
import type { Site } from './site.ts'
import type { Account } from './tags.ts'

/** Whose keys they are, without what opens anything. */
export type Deployer = Pick<Credentials, 'source' | 'secretId'> & { readonly isSession: boolean }

/** What a deploy to SCF will find. */
export async function examine(
  site: Site & { readonly account: Account },
  ours: OurFunctions,
  { secretId, ...found }: Deployer,
  call: Call,
): Promise<Examination> {
  const { client, service, bucket } = site
  const { endpoint } = client.config
  let account: string | undefined
  let domains: readonly string[] = []
  const [place, identity, api] = await Promise.all([
    placeFindings(destination(client.region, endpoint), call.signal),
    lookFinding('account', endpoint ?? addressOf('sts'), async () => {
      account = await site.account.uin(call)
      return account
    }),
    lookFinding('the API', endpoint ?? addressOf('scf'), async () => {
      const [all, own] = [await ours.all(call), await ours.list(call)]
      domains = await new DomainDriver(site, ours).names(call)
      return `${all.length} functions, ${own.length} of this service and stage`
    }),
  ])
  const policy = policyFor({ service, region: client.region, bucket: bucket.given, domains }, account ?? '*')
  return { findings: [keyFinding(secretId, found), ...place, identity, api], policy }
}

/** What there is to say before there are credentials. */
export async function beforehand({ service, env }: ConnectOptions, call: Call): Promise<Examination> {
  const { endpoint, region = facts.defaultRegion, accountId = '*' } = service.provider
  const findings = await placeFindings(destination(region, endpoint), call.signal)
  return { findings, policy: policyFor({ service, region, bucket: ownBucket(env), domains: [] }, accountId) }
}

function destination(region: string, address = addressOf('scf')): Destination {
  return { region, address, clockBearsMs: CLOCK_BEARS_MS }
}

// https://cloud.tencent.com/document/api/583/17239
const CLOCK_BEARS_MS = 5 * 60_000
