import {
  type Call,
  type Change,
  concealSecrets,
  type Driver,
  error,
  type FieldRules,
  type Live,
  MARKS,
  type Resource,
  readSeal,
  SlsError,
  type Tree,
  writeSeal,
} from '@anyfaas/kit'
import { isPassing, isTaken, unlessMissing } from '../../account/failures.ts'
import type { Request } from './client.ts'
import { codeOf } from './code.ts'
import { keyOf, type OurFunctions } from './our-functions.ts'
import { removeFunction } from './removal.ts'
import { fromPlatform, isSame, SETTINGS, toCreate, toUpdate } from './settings.ts'
import { revealed, type Site } from './site.ts'
import { type Account, ourFunction, retag, tagMap, withSeal } from './tags.ts'
import { imageOf } from './words.ts'

/** Functions with their code, their tags, and what the API keeps beside them: asynchronous calls, reserved concurrency. */
export class FunctionDriver implements Driver<Tree, Tree> {
  readonly type = 'scf:function'
  readonly code = ['code', 'Handler', 'ImageConfig']
  readonly rules: FieldRules = {
    ...Object.fromEntries(Object.entries(SETTINGS).flatMap(([name, { fixed }]) => (fixed ? [[name, 'replace']] : []))),
    FunctionName: 'replace',
    Namespace: 'replace',
    // Nobody can tell a value that was a secret once from one that never was.
    Environment: 'secret',
    // A function whose creation failed takes no changes.
    creation: 'replace',
  }
  readonly #site: Site & { readonly account: Account }
  readonly #ours: OurFunctions

  constructor(site: Site & { readonly account: Account }, ours: OurFunctions) {
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const wanted = new Map(desired.map((resource) => [keyOf(resource.spec), resource]))
    const found = (await this.#ours.all(call)).filter(
      (fn) =>
        fn['Status'] !== 'Deleting' &&
        (wanted.has(keyOf(fn)) || ourFunction(tagMap(fn['Tags']), this.#site.service) !== undefined),
    )
    const read = found.map(async (fn) => {
      const [told, events] = await Promise.all([this.#ours.detail(fn, call), this.#events(fn, call)])
      return told && this.#live({ listed: fn, told, events }, wanted.get(keyOf(fn)))
    })
    return (await Promise.all(read)).filter((live) => live !== undefined)
  }

  async find(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const found = (await this.#ours.now(call)).find((fn) => keyOf(fn) === keyOf(resource.spec))
    if (!found) return undefined
    const request = { action: 'GetFunction', params: nameOf(found), about: resource.id }
    const [told, events] = await Promise.all([
      unlessMissing(this.#site.client.call(request, call)),
      this.#events(found, call),
    ])
    return told && this.#live({ listed: found, told, events }, resource)
  }

  async create(resource: Resource<Tree>, call: Call): Promise<Tree> {
    const spec = revealed(resource.spec, resource.id, this.#site)
    await this.#ours.makeNamespace(String(spec['Namespace']), call)
    const Tags = withSeal(spec['Tags'], this.#sealOf(resource))
    const params = { ...toCreate({ ...spec, Tags }), Code: await codeOf(resource, this.#site, call) }
    await this.#createWhenFree({ action: 'CreateFunction', params, about: resource.id }, call)
    await this.#settle(spec, call)
    await this.#sendParts(spec, { EventInvoke: NEW_EVENT_INVOKE, ReservedConcurrencyMem: 0 }, call)
    return resource.spec
  }

  async update(resource: Resource<Tree>, live: Tree, change: Change): Promise<Tree> {
    const spec = revealed(resource.spec, resource.id, this.#site)
    const asked = new Set(change.because.map(({ field }) => field.split('.')[0]))
    // A part of a deploy moves only what its reasons name. After a failure nobody knows what is there.
    const differs = (name: string): boolean =>
      live['lastUpdate'] !== undefined ||
      ((asked.size === 0 || asked.has(name)) && !isSame(resource.spec[name], live[name]))
    if (live['isBusy'] === true) await this.#ours.settled(spec, change, 'there')
    const { [MARKS.code]: seal, ...plain } = live['told'] as Record<string, string>
    const functionId = String(live['FunctionId'])
    const hasCode = this.code.some(differs)
    if (hasCode) {
      // Nothing tells what code is there if this ends halfway, so no seal may say it.
      if (seal !== undefined)
        await retag({ functionId, from: { ...plain, [MARKS.code]: seal }, to: plain }, this.#site, change)
      const handler = spec['Handler'] !== undefined && { Handler: spec['Handler'] }
      const params = { Code: await codeOf(resource, this.#site, change), ...handler }
      await this.#change('UpdateFunctionCode', spec, params, change)
    }
    const settings = toUpdate(spec, differs)
    if (Object.keys(settings).length > 0) await this.#change('UpdateFunctionConfiguration', spec, settings, change)
    const parts = Object.fromEntries(PARTS.filter(differs).map((name) => [name, spec[name]]))
    await this.#sendParts({ ...nameOf(spec), ...parts }, live, change)
    const isNew = differs('Tags') || ourFunction(plain, this.#site.service) === undefined
    const from = hasCode ? plain : withSeal(plain, seal)
    const to = withSeal(isNew ? spec['Tags'] : live['Tags'], hasCode ? this.#sealOf(resource) : seal)
    if (!isSame(from, to)) await retag({ functionId, from, to }, this.#site, change)
    return { ...live, ...resource.spec }
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    await removeFunction(this.#site, nameOf(value), id, call)
    const left = await this.#ours.settled(value, call, 'gone')
    if (left) throw failedOn(left)
  }

  project(live: Tree): Tree {
    const { FunctionId: _, told: __, isBusy: ___, ...spec } = live
    return spec
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure)
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }

  #live({ listed, told, events }: Read, resource: Resource<Tree> | undefined): Live<Tree> {
    const ours = ourFunction(tagMap(listed['Tags']), this.#site.service)
    const fn = resource?.fn ?? ours ?? String(listed['FunctionName'])
    const value = concealSecrets(liveOf(listed, told, events), resource?.spec, this.#site.secret)
    return { id: `function/${fn}`, fn, value, ...(ours === undefined && { isForeign: true as const }) }
  }

  // A function that is a server takes no asynchronous calls.
  async #events(listed: Tree, call: Call): Promise<Tree | undefined> {
    if (listed['Type'] === 'HTTP') return undefined
    const about = `function/${listed['FunctionName']}`
    const request = { action: 'GetFunctionEventInvokeConfig', params: nameOf(listed), about }
    return await unlessMissing(this.#site.client.call(request, call))
  }

  #sealOf({ fn = '' }: Resource<Tree>): string | undefined {
    const artifact = this.#site.artifacts.find(({ marks }) => Object.hasOwn(marks, fn))
    const mark = artifact?.marks[fn]
    if (!artifact || mark === undefined) return undefined
    return writeSeal({ mark, checksum: artifact.digest.replace(/^\w+:/, '') })
  }

  // A function of this name may still be on its way out.
  async #createWhenFree(request: Request & { readonly params: Tree }, call: Call): Promise<void> {
    try {
      await this.#site.client.call(request, call)
    } catch (failure) {
      if (!isTaken(failure)) throw failure
      const standing = (await this.#ours.now(call)).find((fn) => keyOf(fn) === keyOf(request.params))
      if (standing?.['Status'] !== 'Deleting') throw failure
      await this.#ours.settled(request.params, call, 'gone')
      await this.#site.client.call(request, call)
    }
  }

  async #change(action: string, spec: Tree, params: Tree, call: Call): Promise<void> {
    const about = `function/${spec['FunctionName']}`
    await this.#site.client.call({ action, params: { ...nameOf(spec), ...params }, about }, call)
    await this.#settle(spec, call)
  }

  async #settle(spec: Tree, call: Call): Promise<void> {
    const state = await this.#ours.settled(spec, call, 'there')
    if (state && /Failed$/.test(String(state['Status']))) throw failedOn(state)
  }

  async #sendParts(spec: Tree, live: Tree, call: Call): Promise<void> {
    const about = `function/${spec['FunctionName']}`
    const { EventInvoke, ReservedConcurrencyMem } = spec
    if (EventInvoke !== undefined && !isSame(EventInvoke, live['EventInvoke'])) {
      const { MsgTTL, RetryNum } = EventInvoke as Tree
      const params = { ...nameOf(spec), AsyncTriggerConfig: { MsgTTL, RetryConfig: [{ RetryNum }] } }
      await this.#site.client.call({ action: 'UpdateFunctionEventInvokeConfig', params, about }, call)
    }
    if (ReservedConcurrencyMem === undefined || ReservedConcurrencyMem === live['ReservedConcurrencyMem']) return
    const [action, params] =
      ReservedConcurrencyMem === 0
        ? ['DeleteReservedConcurrencyConfig', nameOf(spec)]
        : ['PutReservedConcurrencyConfig', { ...nameOf(spec), ReservedConcurrencyMem }]
    await this.#site.client.call({ action: String(action), params: params as object, about }, call)
  }
}

// What the platform tells of a function: in the list, by itself, and of its asynchronous calls.
interface Read {
  readonly listed: Tree
  readonly told: Tree
  readonly events: Tree | undefined
}

// What the API keeps beside a function.
const PARTS = ['EventInvoke', 'ReservedConcurrencyMem']

// What every function has after its creation.
const NEW_EVENT_INVOKE = { MsgTTL: 21_600, RetryNum: 2 }

function nameOf({ FunctionName, Namespace }: Tree): Tree {
  return { FunctionName, Namespace }
}

// In the words of a spec, with what a later change needs beside it.
function liveOf(listed: Tree, told: Tree, events: Tree | undefined): Tree {
  const tags = tagMap(listed['Tags'])
  const { [MARKS.code]: seal, ...Tags } = tags
  const { MsgTTL, RetryConfig } = (events?.['AsyncTriggerConfig'] ?? {}) as Tree
  const image = told['ImageConfig'] as Tree | null | undefined
  const state = String(listed['Status'])
  return {
    FunctionName: listed['FunctionName'],
    Namespace: listed['Namespace'],
    ...fromPlatform({ ...told, Type: listed['Type'] }),
    ...(Boolean(told['Handler']) && listed['Type'] !== 'HTTP' && { Handler: told['Handler'] }),
    Tags,
    ReservedConcurrencyMem: Number(listed['ReservedConcurrencyMem'] ?? 0),
    ...(events && { EventInvoke: { MsgTTL, RetryNum: (RetryConfig as Tree[] | undefined)?.[0]?.['RetryNum'] } }),
    ...(image?.['ImageUri'] ? { ImageConfig: imageOf(lowered(image)) } : { code: readSeal(seal)?.mark ?? '' }),
    ...(state === 'CreateFailed' && { creation: 'failed' }),
    ...(state === 'UpdateFailed' && { lastUpdate: 'failed' }),
    FunctionId: listed['FunctionId'],
    told: tags,
    isBusy: /ing$/.test(state),
  }
}

function lowered(map: Tree): Tree {
  return Object.fromEntries(
    Object.entries(map).flatMap(([key, value]) =>
      value === null ? [] : [[key.charAt(0).toLowerCase() + key.slice(1), value]],
    ),
  )
}

function failedOn({ FunctionName, Status, StatusReasons, StatusDesc }: Tree): SlsError {
  const reasons = ((StatusReasons ?? []) as Tree[]).map(
    ({ ErrorCode, ErrorMessage }) => `${ErrorCode}: ${ErrorMessage}`,
  )
  const why = reasons.join('; ') || StatusDesc || 'the platform says no more'
  return new SlsError(error('SLS5007', `function ${FunctionName} is ${Status} on the platform: ${why}`))
}
