import type { Call, Driver, FieldRules, Live, Resource, Tree } from '@anyfaas/kit'
import { isMissing, isPassing, isTaken } from '../../account/failures.ts'
import { revealed } from '../../deploy/revealed.ts'
import type { OurService } from './our-service.ts'
import type { Site } from './site.ts'

/** Triggers. They stand under their function and belong to whom it belongs. */
export class TriggerDriver implements Driver<Tree, Tree> {
  readonly type = 'fc2:trigger'
  // An update takes neither of these.
  readonly rules: FieldRules = {
    serviceName: 'replace',
    functionName: 'replace',
    triggerType: 'replace',
    sourceArn: 'replace',
    'triggerConfig.methods': 'unordered',
    'triggerConfig.events': 'unordered',
  }
  readonly #site: Site
  readonly #ours: OurService
  #listed: readonly Live<Tree>[] = []

  constructor(site: Site, ours: OurService) {
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call): Promise<readonly Live<Tree>[]> {
    const lists = (await this.#ours.ours(call)).map(async ({ name, fn }) => {
      const found = await triggersOf(this.#site, name, call)
      return found.map((trigger) => ({
        id: `trigger/${fn}/${trigger['triggerName']}`,
        fn,
        uses: [`function/${fn}`],
        value: { ...trigger, functionName: name, serviceName: this.#site.serviceName },
      }))
    })
    this.#listed = (await Promise.all(lists)).flat()
    return this.#listed
  }

  async find({ id, spec }: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const request = { action: 'GetTrigger', method: 'GET', path: pathOf(spec), about: id } as const
    const { functionName, serviceName } = spec
    return { id, value: { ...(await this.#site.client.call(request, call)), functionName, serviceName } }
  }

  async create(resource: Resource<Tree>, call: Call): Promise<Tree> {
    const spec = revealed(resource.spec, resource.id, this.#site)
    const { serviceName, functionName, ...body } = spec
    await this.#makeRoom(spec, call)
    const path = `/services/${serviceName}/functions/${functionName}/triggers`
    const request = { action: 'CreateTrigger', method: 'POST', path, body, about: resource.id } as const
    return { ...(await this.#site.client.call(request, call)), functionName, serviceName }
  }

  // The platform takes an HTTP trigger alone or none, so what is on its way out goes before what comes.
  async #makeRoom({ functionName, triggerType }: Tree, call: Call): Promise<void> {
    const others = this.#listed.filter(
      ({ value }) => value['functionName'] === functionName && [value['triggerType'], triggerType].includes('http'),
    )
    for (const other of others) await this.delete(other, call)
  }

  async update(resource: Resource<Tree>, _live: Tree, call: Call): Promise<Tree> {
    const spec = revealed(resource.spec, resource.id, this.#site)
    const { serviceName, functionName, triggerConfig, invocationRole, qualifier } = spec
    const body = { triggerConfig, invocationRole, qualifier }
    const request = { action: 'UpdateTrigger', method: 'PUT', path: pathOf(spec), body, about: resource.id } as const
    return { ...(await this.#site.client.call(request, call)), functionName, serviceName }
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    try {
      const request = { action: 'DeleteTrigger', method: 'DELETE', path: pathOf(value), about: id } as const
      await this.#site.client.call(request, call)
    } catch (cause) {
      if (!isMissing(cause)) throw cause
    }
  }

  project(live: Tree): Tree {
    const { serviceName, functionName, triggerName, triggerType, triggerConfig, ...rest } = live
    const told = Object.entries(rest).filter(([key, value]) => OPTIONAL.has(key) && value)
    return { serviceName, functionName, triggerName, triggerType, triggerConfig, ...Object.fromEntries(told) }
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure)
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }
}

/** The triggers of a deployed function as the platform tells them. */
export async function triggersOf({ client, serviceName }: Site, functionName: string, call: Call): Promise<Tree[]> {
  const path = `/services/${serviceName}/functions/${functionName}/triggers`
  return await client.list({ action: 'ListTriggers', path, about: functionName }, 'triggers', call)
}

const OPTIONAL = new Set(['sourceArn', 'invocationRole', 'qualifier'])

function pathOf({ serviceName, functionName, triggerName }: Tree): string {
  return `/services/${serviceName}/functions/${functionName}/triggers/${triggerName}`
}
