import { createHash } from 'node:crypto'
import {
  type Alias,
  type Call,
  error,
  invocationMs,
  MARKS,
  type Operations,
  type RemoteAnswer,
  type RemoteInvocation,
  SlsError,
  type Tree,
  type Version,
} from '@anyfaas/kit'
import { unlessMissing } from '../../account/failures.ts'
import { facts } from '../facts.ts'
import { type Deployer, examine } from './examine.ts'
import { readMetrics } from './metrics.ts'
import type { OurFunction, OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'
import type { Account } from './tags.ts'
import { tagMap } from './tags.ts'

/** What SCF does with deployed functions. */
export function makeOperations(
  site: Site & { readonly account: Account },
  ours: OurFunctions,
  deployer: Deployer,
): Operations {
  return {
    invoke: async (request, call) => await invoke(site, await ours.one(request.fn, call), request, call),
    metrics: async (query, call) => await readMetrics(site, ours, query, call),
    versions: async (fn, call) => await listVersions(site, await ours.one(fn, call), call),
    publish: async (fn, call) => await publish(site, ours, await ours.one(fn, call), call),
    aliases: async (fn, call) => await listAliases(site, await ours.one(fn, call), call),
    setAlias: async (alias, call) => await setAlias(site, alias, await ours.one(alias.fn, call), call),
    async removeAlias(fn, name, call) {
      const params = { ...nameOf(await ours.one(fn, call)), Name: name }
      await site.client.call({ action: 'DeleteAlias', params, about: `function/${fn}: ${name}` }, call)
    },
    doctor: async (call) => await examine(site, ours, deployer, call),
  }
}

// https://cloud.tencent.com/document/product/583/17243
async function invoke(
  { client, service }: Site,
  target: OurFunction,
  request: RemoteInvocation,
  call: Call,
): Promise<RemoteAnswer> {
  const params = {
    ...nameOf(target),
    InvocationType: request.isAsync ? 'Event' : 'RequestResponse',
    ClientContext: asJson(request.payload),
    LogType: request.tail && !request.isAsync ? 'Tail' : 'None',
    Qualifier: request.qualifier ?? '$LATEST',
  }
  // The platform's list does not tell it.
  const allowed = service.functions.find(({ name }) => name === request.fn) ?? {}
  const answerMs = invocationMs(request, allowed, facts)
  const { Result } = await client.call({ action: 'Invoke', params, about: `function/${request.fn}`, answerMs }, call)
  const { Log, RetMsg, ErrMsg, MemUsage, Duration, BillDuration, FunctionRequestId } = (Result ?? {}) as Tree
  if (request.isAsync)
    return { payload: '', ...(Boolean(FunctionRequestId) && { requestId: String(FunctionRequestId) }) }
  return {
    payload: String(RetMsg ?? ''),
    ...(Boolean(FunctionRequestId) && { requestId: String(FunctionRequestId) }),
    ...(Boolean(Log) && { log: String(Log) }),
    ...(typeof Duration === 'number' && { durationMs: Duration }),
    ...(typeof BillDuration === 'number' && { billedMs: BillDuration }),
    ...(typeof MemUsage === 'number' && MemUsage > 0 && { memoryMb: Math.ceil(MemUsage / 1024 / 1024) }),
    ...(Boolean(ErrMsg) && { error: readFailure(String(RetMsg ?? ''), String(ErrMsg)) }),
  }
}

// The platform takes JSON only; other text goes as a JSON text.
function asJson(payload: string): string {
  try {
    JSON.parse(payload)
    return payload
  } catch {
    return JSON.stringify(payload)
  }
}

// The failure of a runtime is told as JSON in what it returned; a failure to run it, such as a timeout, as text.
function readFailure(returned: string, message: string): NonNullable<RemoteAnswer['error']> {
  try {
    const { errorMessage, stackTrace } = JSON.parse(returned) as Tree
    const stack = String(stackTrace ?? '')
    const [, type = 'Error', text] = /^(\w*(?:Error|Exception)): (.*)/.exec(stack) ?? []
    return { type, message: text ?? String(errorMessage ?? message), ...(stack && { stack }) }
  } catch {
    // Not every failure comes from a runtime.
    return { type: 'Error', message }
  }
}

async function listVersions({ client }: Site, target: OurFunction, call: Call): Promise<readonly Version[]> {
  const request = { action: 'ListVersionByFunction', params: nameOf(target), field: 'Versions' }
  const found = await client.list({ ...request, about: `function/${target.fn}` }, call)
  return found
    .filter(({ Version: id }) => id !== '$LATEST')
    .map(({ Version: id, Description, AddTime }): Version => {
      const time = Date.parse(`${String(AddTime).replace(' ', 'T')}+08:00`)
      const note = typeof Description === 'string' && Description !== ''
      return {
        fn: target.fn,
        id: String(id),
        ...(Number.isFinite(time) && { time }),
        ...(note && { description: Description }),
      }
    })
    .sort((a, b) => Number(b.id) - Number(a.id))
}

// The platform makes a version every time; what a version was made of stands in its description.
async function publish(site: Site, ours: OurFunctions, target: OurFunction, call: Call): Promise<Version> {
  const about = `function/${target.fn}`
  const params = nameOf(target)
  const told = await site.client.call({ action: 'GetFunction', params, about }, call)
  const Description = `anyfaas ${stateOf(target.live, told)}`
  const [newest] = await listVersions(site, target, call)
  if (newest?.description === Description) return newest
  const made = await site.client.call({ action: 'PublishVersion', params: { ...params, Description }, about }, call)
  const after = await ours.settled({ FunctionName: target.name, Namespace: target.namespace }, call, 'there')
  if (after?.['Status'] === 'PublishFailed')
    throw new SlsError(error('SLS5007', `${about}: the platform could not publish a version`))
  return { fn: target.fn, id: String(made['FunctionVersion']), description: Description }
}

function stateOf(listed: Tree, told: Tree): string {
  const code = tagMap(listed['Tags'])[MARKS.code]
  const settings = Object.entries(told).filter(([name]) => !PASSING.has(name))
  return createHash('sha256')
    .update(JSON.stringify([code, settings]))
    .digest('hex')
    .slice(0, 16)
}

// What of a function's description is not in a version.
const PASSING = new Set([
  ...['ModTime', 'AddTime', 'Status', 'StatusDesc', 'StatusReasons', 'AvailableStatus', 'RequestId', 'Triggers'],
  ...['Tags', 'CodeInfo', 'CodeResult', 'CodeError', 'ErrNo'],
])

async function listAliases({ client }: Site, target: OurFunction, call: Call): Promise<readonly Alias[]> {
  const request = { action: 'ListAliases', params: nameOf(target), field: 'Aliases', isText: true }
  const found = await client.list({ ...request, about: `function/${target.fn}` }, call)
  // Every function has the alias $DEFAULT, which is the platform's own.
  const own = found.filter(({ Name }) => !String(Name).startsWith('$'))
  return own.map(({ Name, FunctionVersion, RoutingConfig }) => {
    const { AdditionalVersionWeights } = (RoutingConfig ?? {}) as Tree
    const [second] = (AdditionalVersionWeights ?? []) as Tree[]
    return {
      fn: target.fn,
      name: String(Name),
      version: String(FunctionVersion),
      ...(second && { canary: { version: String(second['Version']), share: Number(second['Weight']) } }),
    }
  })
}

async function setAlias({ client }: Site, alias: Alias, target: OurFunction, call: Call): Promise<void> {
  const { fn, name, version, canary } = alias
  const about = `function/${fn}: ${name}`
  const weights = canary ? [{ Version: canary.version, Weight: canary.share }] : []
  const params = {
    ...nameOf(target),
    Name: name,
    FunctionVersion: version,
    // The second name is misspelt in the API itself.
    RoutingConfig: { AdditionalVersionWeights: weights, AddtionVersionMatchs: [] },
  }
  if (await unlessMissing(client.call({ action: 'UpdateAlias', params, about }, call))) return
  await client.call({ action: 'CreateAlias', params, about }, call)
}

function nameOf({ name, namespace }: OurFunction): Tree {
  return { FunctionName: name, Namespace: namespace }
}
