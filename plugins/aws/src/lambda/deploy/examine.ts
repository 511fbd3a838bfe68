import { type Call, clockFinding, type Examination, type Finding, isSlsError } from '@anyfaas/kit'
import { askAhead } from '../../account/clock.ts'
import type { OurFunctions } from './our-functions.ts'
import { policyFor } from './policy.ts'
import type { Site } from './site.ts'

/** What a deploy to Lambda will find. */
export async function examine({ api, place, service }: Site, ours: OurFunctions, call: Call): Promise<Examination> {
  const { accessKeyId, sessionToken } = await api.client('sts').config.credentials()
  const aheadMs = await askAhead(api, call)
  const findings: Finding[] = [
    {
      what: 'credentials',
      state: 'good',
      // The id names the key; it opens nothing.
      found: `${accessKeyId.slice(0, 4)}…${sessionToken ? ', with a session token' : ''}`,
    },
    { what: 'region', state: 'good', found: place.region },
    { what: 'account', state: 'good', found: place.account },
    ...(aheadMs === undefined ? [] : [clockFinding(aheadMs, CLOCK_BEARS_MS)]),
    await look(ours, call),
  ]
  return { findings, policy: policyFor(place, service) }
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
const CLOCK_BEARS_MS = 5 * 60_000

async function look(ours: OurFunctions, call: Call): Promise<Finding> {
  try {
    const own = await ours.list(call, 'now')
    return { what: 'the API', state: 'good', found: `${own.length} functions of this service and stage` }
  } catch (cause) {
    if (!isSlsError(cause)) throw cause
    return { what: 'the API', state: 'bad', found: cause.diagnostics[0]?.message ?? cause.message }
  }
}
