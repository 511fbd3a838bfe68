import type { Call, Change, Driver, FieldRules, Live, Resource, Tree } from '@anyfaas/kit'
import { isMissing, isPassing, isTaken } from '../../account/failures.ts'
import { revealed } from '../../deploy/revealed.ts'
import type { OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'

/** Triggers. They stand under their function and belong to whom it belongs. */
export class TriggerDriver implements Driver<Tree, Tree> {
  readonly type = 'fc3:trigger'
  // https://api.aliyun.com/document/FC/2023-03-30/UpdateTrigger has neither of these.
  readonly rules: FieldRules = {
    functionName: 'replace',
    triggerType: 'replace',
    sourceArn: 'replace',
    'triggerConfig.methods': 'unordered',
    'triggerConfig.events': 'unordered',
  }
  readonly #site: Site
  readonly #ours: OurFunctions
  #listed: readonly Live<Tree>[] = []

  constructor(site: Site, ours: OurFunctions) {
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call): Promise<readonly Live<Tree>[]> {
    const functions = await this.#ours.list(call)
    const lists = functions.map(async ({ name, fn }) => {
      const path = `/functions/${name}/triggers`
      const found = await this.#site.client.list(
        { action: 'ListTriggers', path, about: `function/${fn}` },
        'triggers',
        call,
      )
      return found.map((trigger) => ({
        id: `trigger/${fn}/${trigger['triggerName']}`,
        fn,
        uses: [`function/${fn}`],
        value: { ...trigger, functionName: name },
      }))
    })
    this.#listed = (await Promise.all(lists)).flat()
    return this.#listed
  }

  async find(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const { functionName, triggerName } = resource.spec
    const path = `/functions/${functionName}/triggers/${triggerName}`
    const about = resource.id
    const value = await this.#site.client.call({ action: 'GetTrigger', method: 'GET', path, about }, call)
    return { id: about, value: { ...value, functionName } }
  }

  async create(resource: Resource<Tree>, call: Call): Promise<Tree> {
    const { functionName, triggerConfig, ...spec } = revealed(resource.spec, resource.id, this.#site)
    await this.#makeRoom(resource.spec, call)
    const body = { ...spec, triggerConfig: JSON.stringify(triggerConfig ?? {}) }
    const path = `/functions/${functionName}/triggers`
    const request = { action: 'CreateTrigger', method: 'POST', path, body, about: resource.id } as const
    return { ...(await this.#site.client.call(request, call)), functionName }
  }

  // A function has one HTTP trigger, so one by another name goes before the new one comes.
  async #makeRoom({ functionName, triggerType }: Tree, call: Call): Promise<void> {
    const others = this.#listed.filter(
      ({ value }) =>
        value['functionName'] === functionName && value['triggerType'] === 'http' && triggerType === 'http',
    )
    for (const other of others) await this.delete(other, call)
  }

  async update(resource: Resource<Tree>, _live: Tree, change: Change): Promise<Tree> {
    const { functionName, triggerName, triggerConfig, invocationRole, qualifier, description } = revealed(
      resource.spec,
      resource.id,
      this.#site,
    )
    const body = { invocationRole, qualifier, description, triggerConfig: JSON.stringify(triggerConfig ?? {}) }
    const path = `/functions/${functionName}/triggers/${triggerName}`
    const request = { action: 'UpdateTrigger', method: 'PUT', path, body, about: resource.id } as const
    return { ...(await this.#site.client.call(request, change)), functionName }
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    const path = `/functions/${value['functionName']}/triggers/${value['triggerName']}`
    try {
      await this.#site.client.call({ action: 'DeleteTrigger', method: 'DELETE', path, about: id }, call)
    } catch (cause) {
      if (!isMissing(cause)) throw cause
    }
  }

  project(live: Tree): Tree {
    const { functionName, triggerName, triggerType, triggerConfig, sourceArn, invocationRole, qualifier } = live
    const told = { sourceArn, invocationRole, qualifier }
    return {
      functionName,
      triggerName,
      triggerType,
      triggerConfig: JSON.parse(String(triggerConfig || '{}')),
      ...Object.fromEntries(Object.entries(told).filter(([, value]) => value)),
    }
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure)
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }
}
