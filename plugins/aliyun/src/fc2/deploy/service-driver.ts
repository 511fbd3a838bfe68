import { type Call, type Driver, type FieldRules, isMap, type Live, type Resource, type Tree } from '@anyfaas/kit'
import { isPassing, isTaken } from '../../account/failures.ts'
import { isMarked } from '../../deploy/mark.ts'
import { isEmptying, removeHolder } from '../../deploy/removal.ts'
import { revealed } from '../../deploy/revealed.ts'
import type { ClientOptions } from './client.ts'
import { SERVICE_DEFAULTS } from './expand.ts'
import { checkNewerEdition } from './newer-edition.ts'
import type { OurService } from './our-service.ts'
import type { Site } from './site.ts'

/** The service that all functions stand in, with what they share: role, network, logs. */
export class ServiceDriver implements Driver<Tree, Tree> {
  readonly type = 'fc2:service'
  readonly rules: FieldRules = {
    serviceName: 'replace',
    'vpcConfig.vSwitchIds': 'unordered',
    // The platform adds these to what was sent.
    'vpcConfig.role': 'ignore',
    'logConfig.enableInstanceMetrics': 'ignore',
    'logConfig.enableRequestMetrics': 'ignore',
    'logConfig.logBeginRule': 'ignore',
  }
  readonly #site: Site
  readonly #ours: OurService
  readonly #reach: ClientOptions

  constructor(site: Site, ours: OurService, reach: ClientOptions) {
    this.#site = site
    this.#ours = ours
    this.#reach = reach
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const value = await this.#ours.find(call)
    const live = value && this.#live(value)
    if (desired.length > 0 && !live) await checkNewerEdition(this.#site, this.#reach, call)
    return live && (desired.length > 0 || !live.isForeign) ? [live] : []
  }

  async find(_: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const value = await this.#ours.findNow(call)
    return value && this.#live(value)
  }

  async create({ id, spec }: Resource<Tree>, call: Call): Promise<Tree> {
    const body = revealed(spec, id, this.#site)
    return await this.#site.client.call(
      { action: 'CreateService', method: 'POST', path: '/services', body, about: id },
      call,
    )
  }

  async update({ id, spec }: Resource<Tree>, _live: Tree, call: Call): Promise<Tree> {
    const { serviceName, ...body } = revealed(spec, id, this.#site)
    const path = `/services/${serviceName}`
    return await this.#site.client.call({ action: 'UpdateService', method: 'PUT', path, body, about: id }, call)
  }

  async delete({ id }: Live<Tree>, call: Call): Promise<void> {
    const { path } = this.#ours
    const isOurs = ({ description }: Tree): boolean => isMarked(description, this.#site.service)
    const holds = { others: ['Functions', 'functions'], hasVersions: true, isOurs } as const
    await removeHolder({ api: this.#site.client, noun: 'Service', path, about: id, ...holds }, call)
  }

  project(live: Tree): Tree {
    const told = Object.fromEntries(Object.entries(live).filter(([key, value]) => isSet(key, value)))
    const { serviceName, description, role, internetAccess, logConfig, vpcConfig, nasConfig } = {
      ...SERVICE_DEFAULTS,
      ...told,
    } as Tree
    const own = { serviceName, description, role, internetAccess, logConfig, vpcConfig }
    return nasConfig === undefined ? own : { ...own, nasConfig }
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure) || isEmptying(failure)
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }

  #live(value: Tree): Live<Tree> {
    const isOurs = isMarked(value['description'], this.#site.service)
    return { id: 'service', value, ...(!isOurs && { isForeign: true as const }) }
  }
}

// What was never set is told as a map of empty values.
function isSet(key: string, value: unknown): boolean {
  if (value === null || value === undefined) return false
  if (!isMap(value)) return true
  if (key === 'nasConfig') return Array.isArray(value['mountPoints']) && value['mountPoints'].length > 0
  return Object.values(value).some((item) => (Array.isArray(item) ? item.length > 0 : item !== '' && item !== false))
}
