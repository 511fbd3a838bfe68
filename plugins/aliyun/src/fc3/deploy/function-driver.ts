import { isDeepStrictEqual } from 'node:util'
import {
  type Call,
  type Change,
  clock,
  concealSecrets,
  type Driver,
  error,
  type FieldRules,
  isMap,
  isOurs,
  type Live,
  MARKS,
  markOfCode,
  type Resource,
  SlsError,
  type Tree,
  Watch,
} from '@anyfaas/kit'
import { isPassing, isTaken, unlessMissing } from '../../account/failures.ts'
import { hooksOf, isVoid, withoutBlanks } from '../../deploy/blanks.ts'
import type { CodeStore } from '../../deploy/code-store.ts'
import { isEmptying, removeHolder } from '../../deploy/removal.ts'
import { revealed } from '../../deploy/revealed.ts'
import { isMade } from '../../deploy/trigger-changes.ts'
import { tagMap } from './expand.ts'
import { checkOlderEdition } from './older-edition.ts'
import type { OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'
import { retag } from './tags.ts'

/** Functions with their code and tags. */
export class FunctionDriver implements Driver<Tree, Tree> {
  readonly type = 'fc3:function'
  readonly code = ['code', 'handler']
  // Nobody can tell a value that was a secret once from one that never was.
  readonly rules: FieldRules = {
    environmentVariables: 'secret',
    functionName: 'replace',
    'vpcConfig.vSwitchIds': 'unordered',
    // The platform adds these to what was sent.
    'vpcConfig.role': 'ignore',
    'logConfig.enableInstanceMetrics': 'ignore',
    'logConfig.enableRequestMetrics': 'ignore',
    'logConfig.logBeginRule': 'ignore',
    'customContainerConfig.accelerationInfo': 'ignore',
    'customContainerConfig.accelerationType': 'ignore',
    'customContainerConfig.resolvedImageUri': 'ignore',
    'customContainerConfig.registryConfig': 'secret',
    // No update moves a function to another group.
    resourceGroupId: 'ignore',
  }
  readonly #site: Site
  readonly #ours: OurFunctions
  readonly #code: CodeStore
  readonly #states: Watch<Tree>

  constructor(site: Site, ours: OurFunctions, code: CodeStore) {
    this.#site = site
    this.#code = code
    this.#ours = ours
    const signal = new AbortController().signal
    const look = async (): Promise<Map<string, Tree>> =>
      new Map((await ours.now({ signal })).map((fn) => [String(fn['functionName']), fn]))
    this.#states = new Watch({ look, everyMs: LOOK_MS, clock })
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    if (desired.length > 0) await checkOlderEdition(this.#site, this.#ours, call)
    const wanted = new Map(desired.map((resource) => [resource.spec['functionName'], resource]))
    return (await this.#ours.all(call)).flatMap((fn) => {
      const resource = wanted.get(fn['functionName'])
      const ours = isOurs(tagMap(fn['tags']), this.#site.service)
      return ours || resource ? [this.#live(fn, resource)] : []
    })
  }

  async find(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const path = `/functions/${resource.spec['functionName']}`
    const request = { action: 'GetFunction', method: 'GET', path, about: resource.id } as const
    const fn = await unlessMissing(this.#site.client.call(request, call))
    return fn && this.#live(fn, resource)
  }

  async create(resource: Resource<Tree>, call: Call): Promise<Tree> {
    const { tags, code, ...spec } = revealed(resource.spec, resource.id, this.#site)
    const all = { ...(tags as Tree), ...(code !== undefined && this.#sealOf(resource)) }
    const body = {
      ...spec,
      tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })),
      ...(code !== undefined && { code: await this.#code.of(resource.fn, call) }),
    }
    const request = { action: 'CreateFunction', method: 'POST', path: '/functions', body, about: resource.id } as const
    return await this.#settled(await this.#site.client.call(request, call), call)
  }

  async update(resource: Resource<Tree>, live: Tree, change: Change): Promise<Tree> {
    const { tags, code, functionName, resourceGroupId: _, ...spec } = revealed(resource.spec, resource.id, this.#site)
    const { client } = this.#site
    const about = resource.id
    const newCode = code !== undefined && code !== markIn(live)
    const sealed = tagMap(live['tags'])[MARKS.code]
    // Until the function has the code, a new seal says nothing.
    const seal = newCode ? this.#sealOf(resource) : sealed !== undefined && { [MARKS.code]: sealed }
    const wanted = { ...(tags as Tree), ...seal }
    if (!isDeepStrictEqual(tagMap(live['tags']), wanted)) await retag(live, wanted, this.#site.client, change)
    const body = { ...cleared(live), ...spec, ...(newCode && { code: await this.#code.of(resource.fn, change) }) }
    const path = `/functions/${functionName}`
    return await this.#settled(
      await client.call({ action: 'UpdateFunction', method: 'PUT', path, body, about }, change),
      change,
    )
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    const path = `/functions/${value['functionName']}`
    const holds = { others: ['Triggers', 'triggers'], hasVersions: true, isOurs: isMade } as const
    await removeHolder({ api: this.#site.client, noun: 'Function', path, about: id, ...holds }, call)
  }

  project(live: Tree): Tree {
    const known = Object.fromEntries(
      Object.entries(live).filter(([key, value]) => (MANAGED.has(key) || RAW.has(key)) && !isVoid(value)),
    )
    const {
      tags,
      layers,
      codeChecksum: _,
      customContainerConfig: image,
      customRuntimeConfig: server,
      instanceLifecycleConfig: hooks,
      ...rest
    } = known
    // What the function was before stays on the platform, without effect.
    const runtime = String(known['runtime'])
    const isImage = runtime === CONTAINER
    const isServer = !isImage && runtime.startsWith('custom')
    const { [MARKS.code]: __, ...others } = tagMap(tags)
    return {
      ...EMPTY,
      ...rest,
      ...hooksOf(hooks),
      ...(isImage && isMap(image) && { customContainerConfig: withoutBlanks(image) }),
      ...(isServer && server !== undefined && { customRuntimeConfig: server }),
      tags: others,
      layers: ((layers ?? []) as readonly unknown[]).map((layer) => (layer as Tree)['arn'] ?? layer),
      ...(!isImage && { code: markIn(live) }),
    }
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure) || isEmptying(failure)
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }

  #live(fn: Tree, resource: Resource<Tree> | undefined): Live<Tree> {
    const tags = tagMap(fn['tags'])
    const name = resource?.fn ?? tags[MARKS.fn] ?? String(fn['functionName'])
    const told = Object.entries(fn).filter(([key]) => !RAW.has(key) || (resource && key in resource.spec))
    const value = concealSecrets(Object.fromEntries(told), resource?.spec, this.#site.secret)
    return { id: `function/${name}`, fn: name, value, ...(!isOurs(tags, this.#site.service) && { isForeign: true }) }
  }

  #sealOf({ fn = '' }: Resource<Tree>): Tree {
    const text = this.#site.seals[fn]
    return text === undefined ? {} : { [MARKS.code]: text }
  }

  // A function is created and updated in the background: an image or a network takes its time.
  async #settled(fn: Tree, { signal }: Pick<Call, 'signal'>): Promise<Tree> {
    if (isSettled(fn)) return checked(fn)
    const name = String(fn['functionName'])
    return checked((await this.#states.until(name, (state) => state === undefined || isSettled(state), signal)) ?? fn)
  }
}

const LOOK_MS = 500

const CONTAINER = 'custom-container'

function markIn({ tags, codeChecksum }: Tree): string {
  return markOfCode(tagMap(tags)[MARKS.code], codeChecksum)
}

function isSettled(fn: Tree): boolean {
  return fn['state'] !== 'Pending' && fn['lastUpdateStatus'] !== 'InProgress'
}

function checked(fn: Tree): Tree {
  if (fn['state'] !== 'Failed' && fn['lastUpdateStatus'] !== 'Failed') return fn
  const reason = fn['stateReason'] || fn['lastUpdateStatusReason'] || 'it says no more'
  throw new SlsError(error('SLS5007', `function ${fn['functionName']} failed on the platform: ${reason}`))
}

// What was left out stays as it is on the platform, so what the file no longer has is sent empty.
function cleared(live: Tree): Tree {
  const settings = [
    ...['logConfig', 'vpcConfig', 'instanceLifecycleConfig', 'nasConfig', 'ossMountConfig', 'tracingConfig'],
    ...['customDNS', 'gpuConfig'],
  ]
  return Object.fromEntries(settings.flatMap((key) => (isVoid(live[key]) ? [] : [[key, {}]])))
}

const EMPTY = { description: '', environmentVariables: {}, role: '', internetAccess: true }

// What only raw settings name: the platform tells values of its own for them, so they count where the file says something.
const RAW = new Set([
  ...['disableInjectCredentials', 'disableOndemand', 'enableLongLiving', 'idleTimeout', 'instanceIsolationMode'],
  ...['juiceFsConfig', 'polarFsConfig', 'sessionAffinity', 'sessionAffinityConfig'],
])

const MANAGED = new Set([
  ...['functionName', 'description', 'runtime', 'handler', 'codeChecksum', 'memorySize', 'cpu', 'diskSize', 'timeout'],
  ...['environmentVariables', 'role', 'vpcConfig', 'logConfig', 'tags', 'layers', 'instanceConcurrency'],
  ...['customRuntimeConfig', 'customContainerConfig', 'instanceLifecycleConfig', 'internetAccess', 'nasConfig'],
  ...['ossMountConfig', 'tracingConfig', 'customDNS', 'gpuConfig'],
])
