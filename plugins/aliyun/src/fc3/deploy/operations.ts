import type { Alias, Call, Operations, RemoteAnswer, RemoteInvocation, Tree, Version } from '@anyfaas/kit'
import { isMissing } from '../../account/failures.ts'
import { type Deployer, examine } from './examine.ts'
import type { OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'

/** What Function Compute 3.0 does with deployed functions. */
export function makeOperations(site: Site, ours: OurFunctions, deployer: Deployer): Operations {
  const path = async (fn: string, call: Call): Promise<string> => `/functions/${await ours.nameOf(fn, call)}`
  return {
    invoke: async (request, call) => await invoke(site, await path(request.fn, call), request, call),
    versions: async (fn, call) => await listVersions(site, { fn, path: await path(fn, call) }, call),
    publish: async (fn, call) => await publish(site, { fn, path: await path(fn, call) }, call),
    aliases: async (fn, call) => await listAliases(site, { fn, path: await path(fn, call) }, call),
    setAlias: async (alias, call) => await setAlias(site, alias, await path(alias.fn, call), call),
    async removeAlias(fn, name, call) {
      const request = { action: 'DeleteAlias', method: 'DELETE', about: `${fn}: ${name}` } as const
      await site.client.call({ ...request, path: `${await path(fn, call)}/aliases/${name}` }, call)
    },
    doctor: async (call) => await examine(site, ours, deployer, call),
  }
}

interface Target {
  readonly fn: string
  readonly path: string
}

// https://api.aliyun.com/document/FC/2023-03-30/InvokeFunction
async function invoke(site: Site, path: string, request: RemoteInvocation, call: Call): Promise<RemoteAnswer> {
  const { body, headers } = await site.client.exchange(
    {
      action: 'InvokeFunction',
      method: 'POST',
      path: `${path}/invocations`,
      about: `function/${request.fn}`,
      bytes: Buffer.from(request.payload),
      ...(request.qualifier !== undefined && { query: { qualifier: request.qualifier } }),
      headers: {
        'x-fc-invocation-type': request.isAsync ? 'Async' : 'Sync',
        'x-fc-log-type': request.tail && !request.isAsync ? 'Tail' : 'None',
      },
    },
    call,
  )
  const log = headers['x-fc-log-result']
  const requestId = headers['x-fc-request-id']
  return {
    payload: body,
    ...(requestId && { requestId }),
    ...(log && { log: Buffer.from(log, 'base64').toString() }),
    ...(headers['x-fc-error-type'] && { error: readFailure(body, headers['x-fc-error-type']) }),
  }
}

function readFailure(body: string, type: string): NonNullable<RemoteAnswer['error']> {
  try {
    const { errorMessage, errorType, stackTrace } = JSON.parse(body) as Tree
    const stack = Array.isArray(stackTrace) ? stackTrace.join('\n') : stackTrace
    return {
      type: String(errorType ?? type),
      message: String(errorMessage ?? body),
      ...(typeof stack === 'string' && { stack }),
    }
  } catch {
    // Not every runtime reports its failure as JSON; then the text is the message.
    return { type, message: body }
  }
}

async function listVersions({ client }: Site, { fn, path }: Target, call: Call): Promise<readonly Version[]> {
  const request = { action: 'ListFunctionVersions', path: `${path}/versions`, about: `function/${fn}` }
  const found = await client.list(request, 'versions', call)
  return found.map((version) => readVersion(fn, version)).sort((a, b) => Number(b.id) - Number(a.id))
}

function readVersion(fn: string, { versionId, createdTime, description }: Tree): Version {
  return {
    fn,
    id: String(versionId),
    ...(typeof createdTime === 'string' && { time: Date.parse(createdTime) }),
    ...(typeof description === 'string' && description !== '' && { description }),
  }
}

async function publish({ client }: Site, { fn, path }: Target, call: Call): Promise<Version> {
  const request = { action: 'PublishFunctionVersion', method: 'POST', path: `${path}/versions`, body: {} } as const
  return readVersion(fn, await client.call({ ...request, about: `function/${fn}` }, call))
}

async function listAliases({ client }: Site, { fn, path }: Target, call: Call): Promise<readonly Alias[]> {
  const request = { action: 'ListAliases', path: `${path}/aliases`, about: `function/${fn}` }
  return (await client.list(request, 'aliases', call)).map(({ aliasName, versionId, additionalVersionWeight }) => {
    const [canary] = Object.entries((additionalVersionWeight ?? {}) as Record<string, number>)
    return {
      fn,
      name: String(aliasName),
      version: String(versionId),
      ...(canary && { canary: { version: canary[0], share: canary[1] } }),
    }
  })
}

async function setAlias({ client }: Site, alias: Alias, path: string, call: Call): Promise<void> {
  const { fn, name, version, canary } = alias
  const about = `function/${fn}: ${name}`
  const additionalVersionWeight = canary ? { [canary.version]: canary.share } : {}
  const body = { versionId: version, additionalVersionWeight }
  try {
    await client.call({ action: 'UpdateAlias', method: 'PUT', path: `${path}/aliases/${name}`, body, about }, call)
  } catch (cause) {
    if (!isMissing(cause)) throw cause
    const created = { aliasName: name, ...body }
    await client.call({ action: 'CreateAlias', method: 'POST', path: `${path}/aliases`, body: created, about }, call)
  }
}
