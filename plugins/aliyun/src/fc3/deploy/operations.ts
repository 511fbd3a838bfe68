import {
  type Alias,
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
import { facts } from '../facts.ts'
import type { OurFunction, OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'

/** What Function Compute 3.0 does with deployed functions. */
export function makeOperations(site: Site, ours: OurFunctions): Omit<Operations, 'doctor'> {
  const path = async (fn: string, call: Call): Promise<string> => `/functions/${await ours.nameOf(fn, call)}`
  return {
    invoke: async (request, call) => await invoke(site, await ours.one(request.fn, call), request, call),
    versions: async (fn, call) => await listVersions(site, { fn, path: await path(fn, call) }, call),
    publish: async (fn, call) => await publish(site, { fn, path: await path(fn, call) }, call),
    aliases: async (fn, call) => await listAliases(site, { fn, path: await path(fn, call) }, call),
    async setAlias(alias, call) {
      const about = `function/${alias.fn}: ${alias.name}`
      await putAlias(alias, { client: site.client, path: `${await path(alias.fn, call)}/aliases`, about }, call)
    },
    async removeAlias(fn, name, call) {
      const request = { action: 'DeleteAlias', method: 'DELETE', about: `${fn}: ${name}` } as const
      await site.client.call({ ...request, path: `${await path(fn, call)}/aliases/${name}` }, call)
    },
  }
}

interface Target {
  readonly fn: string
  readonly path: string
}

// https://api.aliyun.com/document/FC/2023-03-30/InvokeFunction
async function invoke(
  site: Site,
  { name, live }: OurFunction,
  request: RemoteInvocation,
  call: Call,
): Promise<RemoteAnswer> {
  const { initializer } = (live['instanceLifecycleConfig'] ?? {}) as { readonly initializer?: Tree }
  const allowed = { timeoutSec: live['timeout'], initTimeoutSec: initializer?.['timeout'] }
  const { body, headers } = await site.client.exchange(
    {
      action: 'InvokeFunction',
      method: 'POST',
      path: `/functions/${name}/invocations`,
      about: `function/${request.fn}`,
      bytes: Buffer.from(request.payload),
      answerMs: invocationMs(request, allowed, facts),
      ...(request.qualifier !== undefined && { query: { qualifier: request.qualifier } }),
      headers: invokeHeaders(request),
    },
    call,
  )
  return readAnswer(body, headers)
}

async function listVersions({ client }: Site, { fn, path }: Target, call: Call): Promise<readonly Version[]> {
  const request = { action: 'ListFunctionVersions', path: `${path}/versions`, about: `function/${fn}` }
  return newestFirst((await client.list(request, 'versions', call)).map((version) => readVersion(fn, version)))
}

async function publish({ client }: Site, { fn, path }: Target, call: Call): Promise<Version> {
  const request = { action: 'PublishFunctionVersion', method: 'POST', path: `${path}/versions`, body: {} } as const
  return readVersion(fn, await client.call({ ...request, about: `function/${fn}` }, call))
}

async function listAliases({ client }: Site, { fn, path }: Target, call: Call): Promise<readonly Alias[]> {
  const request = { action: 'ListAliases', path: `${path}/aliases`, about: `function/${fn}` }
  return (await client.list(request, 'aliases', call)).map((alias) => readAlias(fn, alias))
}
