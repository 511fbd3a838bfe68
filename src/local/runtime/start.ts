import { createApp, type HttpReply, type Start } from '@anyfaas/runtime'
import { tellsFailures } from '../develops.ts'
import { LocalCall, LocalHttp, readLocalEvent } from './input.ts'
import type { LocalEntry, LocalEvent, LocalHandler, LocalHttpReply, LocalReply } from './protocol.ts'
import { sendBySidecar } from './sidecar.ts'

/** The local platform: `handler(event, context)` with a promise of a reply, and `initializer(context)`, as `protocol.ts` has them. */
export const start: Start = (manifest, loaders) => {
  const development = tellsFailures(process.env)
  const app = createApp(manifest, loaders, { env: process.env, development, send: sendBySidecar })
  const handler: LocalHandler = async (event, context) => {
    if (app.raw) return wrap(event, await app.raw(new LocalCall(event, context)))
    if (event.kind !== 'http') return { kind: 'value', value: await app.event(() => [readLocalEvent(event, context)]) }
    return wrap(event, await app.http(new LocalHttp(event, context), toReply))
  }
  const entry: Required<LocalEntry> = {
    handler,
    initializer: (context) => app.initialize(new LocalCall(undefined, context)),
    preStop: () => app.close(),
    health: () => app.health(),
  }
  return { ...entry }
}

function toReply({ status, headers, body }: HttpReply): LocalHttpReply {
  const list: [string, string][] = []
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (Array.isArray(value)) for (const item of value) list.push([name, item])
    else list.push([name, value as string])
  }
  return { kind: 'http', status, headers: list, body }
}

// A raw handler of an event returns a value; one of a request returns the platform's own reply.
function wrap(event: LocalEvent, value: unknown): LocalReply {
  if (event.kind !== 'http') return { kind: 'value', value }
  const reply = value as LocalHttpReply | undefined
  if (reply?.kind === 'http' && Number.isInteger(reply.status) && Array.isArray(reply.headers)) return reply
  throw new Error(
    'a raw handler has to answer an HTTP request with { kind: "http", status, headers: [[name, value]], body } on the local platform',
  )
}
