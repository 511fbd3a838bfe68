import { type Call, deployedPrefixes, error, isOurs, SlsError } from '@anyfaas/kit'
import { type ClientOptions, Fc3Client } from '../../fc3/deploy/client.ts'
import { tagMap } from '../../fc3/deploy/expand.ts'
import { facts } from '../../fc3/facts.ts'
import type { Site } from './site.ts'

/**
 * Before the first deploy to edition 2.0: throws SLS5011 when this service and stage is deployed in edition 3.0, for then both
 * would run, and every timer and event would be handled twice. An account or a cloud that has no edition 3.0 is no obstacle.
 */
export async function checkNewerEdition({ service }: Site, reach: ClientOptions, call: Call): Promise<void> {
  const client = new Fc3Client(reach)
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(LASTS_MS)])
  const lists = deployedPrefixes([service.name, service.stage], facts.functionName).map((prefix) => {
    const query = { fcVersion: 'v3', prefix }
    const request = { action: 'ListFunctions', path: '/functions', query, about: 'functions of edition 3.0' }
    return client.list(request, 'functions', { signal })
  })
  const found = await Promise.all(lists).catch((cause: unknown) => {
    call.signal.throwIfAborted()
    call.note(`whether edition 3.0 has this service too could not be asked: ${String(cause)}`)
    return []
  })
  const names = found
    .flat()
    .filter(({ tags }) => isOurs(tagMap(tags), service))
    .map(({ functionName }) => functionName)
  if (names.length > 0) throw stillThere(names.join(', '))
}

const LASTS_MS = 10_000

function stillThere(names: string): SlsError {
  return new SlsError(
    error('SLS5011', `the service is deployed in edition 3.0, with ${names}`, {
      pointer: '/provider/edition',
      on: 'value',
      notes: [{ message: 'side by side both would run: timers fire in both, and every event is handled twice' }],
      help: [
        "edition: '3.0' goes on with what is there",
        "to go back with a gap: edition: '3.0' and sls remove, then edition: '2.0' and sls deploy",
      ],
    }),
  )
}
