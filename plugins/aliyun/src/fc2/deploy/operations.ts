import { createHash } from 'node:crypto'
import {
  type Call,
  invocationMs,
  type Operations,
  type RemoteAnswer,
  type RemoteInvocation,
  type Tree,
  type Version,
} from '@anyfaas/kit'
import { putAlias } from '../../deploy/aliases.ts'
import { invokeHeaders, newestFirst, readAlias, readAnswer, readVersion } from '../../deploy/answers.ts'
import { triggersOf } from '../../deploy/trigger-driver.ts'
import { facts } from '../facts.ts'
import type { OurService } from './our-service.ts'
import type { Site } from './site.ts'
import { triggerEdition } from './trigger-edition.ts'

/** What Function Compute 2.0 does with deployed functions. Its versions and aliases are those of the whole service. */
export function makeOperations(site: Site, ours: OurService): Omit<Operations, 'doctor'> {
  let publishing: Promise<Tree> | undefined
  return {
    invoke: async (request, call) => await invoke(site, ours, request, call),
    versions: async (fn, call) => await listVersions(site, ours, fn, call),
    async publish(fn, call) {
      await ours.one(fn, call)
      // For all functions at once.
      publishing ??= publish(site, ours, call)
      return shown(fn, await publishing)
    },
    async aliases(fn, call) {
      await ours.one(fn, call)
      const request = { action: 'ListAliases', path: `${ours.path}/aliases`, about: 'service' }
      return (await site.client.list(request, 'aliases', call)).map((alias) => readAlias(fn, alias))
    },
    async setAlias(alias, call) {
      await ours.one(alias.fn, call)
      const place = { client: site.client, path: `${ours.path}/aliases`, about: `alias ${alias.name}` }
      await putAlias(alias, place, call)
    },
    async removeAlias(_, name, call) {
      const path = `${ours.path}/aliases/${name}`
      await site.client.call({ action: 'DeleteAlias', method: 'DELETE', path, about: `alias ${name}` }, call)
    },
  }
}

// https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/developer-reference/api-fc-2016-08-15-invokefunction
async function invoke(site: Site, ours: OurService, request: RemoteInvocation, call: Call): Promise<RemoteAnswer> {
  const { name, live } = await ours.one(request.fn, call)
  const http = (await triggersOf(triggerEdition(site, ours), name, call)).find(
    ({ triggerType }) => triggerType === 'http',
  )
  const target = request.qualifier === undefined ? site.serviceName : `${site.serviceName}.${request.qualifier}`
  const asked = http ? asRequest(request.payload, http) : asEvent(request.payload)
  const path = `${http ? `/proxy/${target}/${name}` : `/services/${target}/functions/${name}`}${asked.path}`
  const allowed = { timeoutSec: live['timeout'], initTimeoutSec: live['initializationTimeout'] }
  const answerMs = invocationMs(request, allowed, facts)
  const sent = { ...asked, path, headers: invokeHeaders(request), about: `function/${request.fn}`, answerMs }
  const { body, headers } = await site.client.exchange(sent, call)
  return readAnswer(body, headers)
}

interface Asked {
  readonly action: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly bytes: Buffer
}

function asEvent(payload: string): Asked {
  return { action: 'InvokeFunction', method: 'POST', path: '/invocations', bytes: Buffer.from(payload) }
}

// A function with an HTTP trigger is called over HTTP only: with the request that the payload describes, else with the payload
// as the body of one.
function asRequest(payload: string, { triggerConfig }: Tree): Asked {
  const shaped = describedIn(payload)
  if (shaped) return shaped
  const { methods = [] } = (triggerConfig ?? {}) as { methods?: readonly Asked['method'][] }
  const method = methods.includes('POST') ? 'POST' : (methods[0] ?? 'POST')
  return { action: 'InvokeHttpTrigger', method, path: '/', bytes: Buffer.from(payload) }
}

function describedIn(payload: string): Asked | undefined {
  try {
    const { method, path, queries, body, clientIP } = JSON.parse(payload) as Partial<Record<string, never>>
    if (clientIP === undefined || method === undefined || path === undefined) return undefined
    return { action: 'InvokeHttpTrigger', method, path, query: queries ?? {}, bytes: Buffer.from(body ?? '') }
  } catch {
    // Any text is a body.
    return undefined
  }
}

async function listVersions({ client }: Site, ours: OurService, fn: string, call: Call): Promise<readonly Version[]> {
  await ours.one(fn, call)
  return newestFirst((await versionsOf(client, ours, call)).map((version) => shown(fn, version)))
}

async function versionsOf(client: Site['client'], ours: OurService, call: Call): Promise<Tree[]> {
  const request = { action: 'ListServiceVersions', path: `${ours.path}/versions`, about: 'service' }
  return await client.list(request, 'versions', call)
}

// A version's description says what it was made of, so that the same is not published twice.
async function publish({ client }: Site, ours: OurService, call: Call): Promise<Tree> {
  const description = `${MADE_OF}${await digestNow(ours, call)}`
  const versions = (await versionsOf(client, ours, call)).sort(
    (a, b) => Number(b['versionId']) - Number(a['versionId']),
  )
  if (versions[0]?.['description'] === description) return versions[0]
  const request = { action: 'PublishServiceVersion', method: 'POST', path: `${ours.path}/versions` } as const
  return await client.call({ ...request, body: { description }, about: 'service' }, call)
}

async function digestNow(ours: OurService, call: Call): Promise<string> {
  const [service, functions] = await Promise.all([ours.findNow(call), ours.functionsNow(call)])
  const states = functions.map(({ functionName, codeChecksum, lastModifiedTime }) =>
    [functionName, codeChecksum, lastModifiedTime].join(' '),
  )
  const text = JSON.stringify([service?.['lastModifiedTime'], states.sort()])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

const MADE_OF = 'anyfaas '

function shown(fn: string, version: Tree): Version {
  const { description, ...rest } = version
  return readVersion(fn, String(description ?? '').startsWith(MADE_OF) ? rest : version)
}
