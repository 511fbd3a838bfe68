import { type Call, error, SlsError, type Tree } from '@anyfaas/kit'
import { isMarked } from '../../deploy/mark.ts'
import { serviceName } from '../../fc2/names.ts'
import type { OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'

/**
 * Before the first deploy to edition 3.0: throws SLS5011 when this service and stage is deployed in edition 2.0, for then both
 * would run, and every timer and event would be handled twice. What others deployed there is named, and nothing else.
 */
export async function checkOlderEdition({ client, service }: Site, ours: OurFunctions, call: Call): Promise<void> {
  if ((await ours.list(call)).length > 0) return
  const old = serviceName(service)
  // https://www.alibabacloud.com/help/en/functioncompute/fc/product-overview/compatibility: older functions are listed as service$function.
  const query = { fcVersion: 'v2', prefix: `${old}$` }
  const request = { action: 'ListFunctions', path: '/functions', query, about: 'functions of edition 2.0' }
  const functions = (await client.list(request, 'functions', call)).filter((fn) => nameOf(fn).startsWith(query.prefix))
  if (functions.length === 0) return
  const names = functions.map((fn) => nameOf(fn).slice(query.prefix.length))
  if (functions.some(({ description }) => isMarked(description, service))) throw stillThere(old, names)
  call.note(
    `edition 2.0 has a service ${old} too, with ${names.join(', ')}: sls did not make it, and it stays as it is`,
  )
}

function nameOf({ functionName }: Tree): string {
  return String(functionName)
}

function stillThere(old: string, names: readonly string[]): SlsError {
  return new SlsError(
    error('SLS5011', `the service ${old} is deployed in edition 2.0, with ${names.join(', ')}`, {
      pointer: '/provider/edition',
      on: 'value',
      notes: [
        { message: 'side by side both would run: timers fire in both, and every event is handled twice' },
        { message: 'addresses change, and a custom domain leads to one edition; versions and aliases begin anew' },
        { message: `policies name acs:fc:…:functions/${old}-NAME instead of acs:fc:…:services/${old}/functions/NAME` },
      ],
      help: [
        "with a gap: edition: '2.0' and sls remove, then edition: '3.0' and sls deploy",
        'without one: deploy 3.0 as another stage (--stage next), lead the domain there, then remove the old stage',
      ],
    }),
  )
}
