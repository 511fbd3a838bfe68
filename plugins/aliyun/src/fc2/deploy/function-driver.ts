import {
  type Call,
  concealSecrets,
  type Driver,
  type FieldRules,
  type Live,
  markOfCode,
  type Resource,
  type Tree,
} from '@anyfaas/kit'
import { isPassing, isTaken, unlessMissing } from '../../account/failures.ts'
import { hooksOf, withoutBlanks } from '../../deploy/blanks.ts'
import type { CodeStore } from '../../deploy/code-store.ts'
import { isMarked, splitSeal, withSeal } from '../../deploy/mark.ts'
import { isEmptying, removeHolder } from '../../deploy/removal.ts'
import { revealed } from '../../deploy/revealed.ts'
import { isMade } from '../../deploy/trigger-changes.ts'
import { FUNCTION_DEFAULTS } from './expand.ts'
import type { OurService } from './our-service.ts'
import type { Site } from './site.ts'

/** Functions with their code. */
export class FunctionDriver implements Driver<Tree, Tree> {
  readonly type = 'fc2:function'
  readonly code = ['code', 'handler']
  // Nobody can tell a value that was a secret once from one that never was.
  readonly rules: FieldRules = {
    environmentVariables: 'secret',
    functionName: 'replace',
    serviceName: 'replace',
    // The platform adds these to what was sent.
    'customContainerConfig.accelerationType': 'ignore',
    'customContainerConfig.instanceID': 'ignore',
    'customContainerConfig.webServerMode': 'ignore',
  }
  readonly #site: Site
  readonly #ours: OurService
  readonly #code: CodeStore

  constructor(site: Site, ours: OurService, code: CodeStore) {
    this.#site = site
    this.#ours = ours
    this.#code = code
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const wanted = new Map(desired.map((resource) => [resource.spec['functionName'], resource]))
    return (await this.#ours.functions(call)).flatMap((fn) => {
      const resource = wanted.get(fn['functionName'])
      const isOurs = isMarked(fn['description'], this.#site.service)
      return isOurs || resource ? [this.#live(fn, resource)] : []
    })
  }

  async find(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const path = this.#path(resource.spec['functionName'])
    const request = { action: 'GetFunction', method: 'GET', path, about: resource.id } as const
    const fn = await unlessMissing(this.#site.client.call(request, call))
    return fn && this.#live(fn, resource)
  }

  async create(resource: Resource<Tree>, call: Call): Promise<Tree> {
    const { serviceName, code, ...spec } = revealed(resource.spec, resource.id, this.#site)
    const sealed = withSeal(String(spec['description']), code === undefined ? undefined : this.#sealOf(resource))
    const body = {
      ...spec,
      description: sealed,
      ...(code !== undefined && { code: await this.#code.of(resource.fn, call) }),
    }
    const path = `/services/${serviceName}/functions`
    const request = { action: 'CreateFunction', method: 'POST', path, body, about: resource.id } as const
    return { ...(await this.#site.client.call(request, call)), serviceName }
  }

  async update(resource: Resource<Tree>, live: Tree, call: Call): Promise<Tree> {
    const { serviceName, functionName, code, ...spec } = revealed(resource.spec, resource.id, this.#site)
    const isNew = code !== undefined && code !== markIn(live)
    const seal = isNew ? this.#sealOf(resource) : splitSeal(live['description'])[1]
    const body = {
      ...spec,
      description: withSeal(String(spec['description']), seal),
      ...(isNew && { code: await this.#code.of(resource.fn, call) }),
    }
    const path = this.#path(functionName)
    const request = { action: 'UpdateFunction', method: 'PUT', path, body, about: resource.id } as const
    return { ...(await this.#site.client.call(request, call)), serviceName }
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    const path = this.#path(value['functionName'])
    const holds = { others: ['Triggers', 'triggers'], hasVersions: false, isOurs: isMade } as const
    await removeHolder({ api: this.#site.client, noun: 'Function', path, about: id, ...holds }, call)
  }

  project(live: Tree): Tree {
    const known = Object.fromEntries(Object.entries(live).filter(([key, value]) => MANAGED.has(key) && value !== null))
    const {
      codeChecksum: _,
      description,
      customContainerConfig,
      caPort,
      initializationTimeout,
      instanceLifecycleConfig,
      ...rest
    } = known
    const isServer = String(known['runtime']).startsWith('custom')
    return {
      ...FUNCTION_DEFAULTS,
      ...rest,
      description: splitSeal(description)[0],
      ...(known['initializer'] ? { initializationTimeout } : {}),
      ...(isServer && caPort !== undefined && { caPort }),
      ...hooksOf(instanceLifecycleConfig),
      ...(known['runtime'] === CONTAINER
        ? { customContainerConfig: withoutBlanks(customContainerConfig) }
        : { code: markIn(live) }),
    }
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure) || isEmptying(failure)
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }

  #sealOf({ fn = '' }: Resource<Tree>): string | undefined {
    return this.#site.seals[fn]
  }

  #path(functionName: unknown): string {
    return `${this.#ours.path}/functions/${functionName}`
  }

  #live(fn: Tree, resource: Resource<Tree> | undefined): Live<Tree> {
    const name = resource?.fn ?? this.#ours.fnOf(fn)
    const value = { ...concealSecrets(fn, resource?.spec, this.#site.secret), serviceName: this.#site.serviceName }
    const isOurs = isMarked(fn['description'], this.#site.service)
    return { id: `function/${name}`, fn: name, uses: ['service'], value, ...(!isOurs && { isForeign: true as const }) }
  }
}

const CONTAINER = 'custom-container'

function markIn({ description, codeChecksum }: Tree): string {
  return markOfCode(splitSeal(description)[1], codeChecksum)
}

const MANAGED = new Set([
  ...['serviceName', 'functionName', 'description', 'runtime', 'handler', 'codeChecksum', 'memorySize', 'timeout'],
  ...['initializer', 'initializationTimeout', 'environmentVariables', 'layers', 'caPort', 'instanceConcurrency'],
  ...['instanceType', 'instanceLifecycleConfig', 'customContainerConfig'],
])
