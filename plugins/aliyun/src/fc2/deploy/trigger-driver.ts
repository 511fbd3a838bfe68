import type { Call, Driver, FieldRules, Live, Resource, Tree } from '@anyfaas/kit'
import { isMissing, isPassing, isTaken } from '../../account/failures.ts'
import type { NewRoles } from '../../deploy/new-roles.ts'
import { revealed } from '../../deploy/revealed.ts'
import { isFixed, isMade, NEWEST } from '../../deploy/trigger-changes.ts'
import { usesOf } from '../../deploy/trigger-roles.ts'
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
  readonly #made: NewRoles
  #listed: readonly Live<Tree>[] = []
  /** Of these the ones that are no longer wanted. */
  #leaving: readonly Live<Tree>[] = []

  constructor(site: Site, ours: OurService, made: NewRoles) {
    this.#site = site
    this.#ours = ours
    this.#made = made
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const lists = (await this.#ours.ours(call)).map(async ({ name, fn }) => {
      const found = await triggersOf(this.#site, name, call)
      return found.filter(isMade).map((trigger) => ({
        id: `trigger/${fn}/${trigger['triggerName']}`,
        fn,
        uses: usesOf(fn, trigger),
        value: { ...trigger, functionName: name, serviceName: this.#site.serviceName },
      }))
    })
    this.#listed = (await Promise.all(lists)).flat()
    const wanted = new Set(desired.map(({ id }) => id))
    this.#leaving = this.#listed.filter(({ id }) => !wanted.has(id))
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
    return await this.#send(request, { functionName, serviceName }, call)
  }

  // The platform takes an HTTP trigger alone or none, so what is on its way out goes before what comes.
  async #makeRoom({ functionName, triggerType, sourceArn }: Tree, call: Call): Promise<void> {
    const others = this.#listed.filter(
      ({ value }) => value['functionName'] === functionName && [value['triggerType'], triggerType].includes('http'),
    )
    // Two triggers of a bucket for the same objects are not taken, so one that moves to another function leaves first.
    const left = this.#leaving.filter(({ value }) => triggerType === 'oss' && value['sourceArn'] === sourceArn)
    for (const other of [...others, ...left]) await this.delete(other, call)
  }

  async update(resource: Resource<Tree>, live: Tree, call: Call): Promise<Tree> {
    if (isFixed(live, resource.spec)) {
      await this.delete({ id: resource.id, value: live }, call)
      return await this.create(resource, call)
    }
    const spec = revealed(resource.spec, resource.id, this.#site)
    const { serviceName, functionName, triggerConfig, invocationRole, qualifier } = spec
    const body = { triggerConfig, invocationRole, qualifier: qualifier ?? NEWEST }
    const request = { action: 'UpdateTrigger', method: 'PUT', path: pathOf(spec), body, about: resource.id } as const
    return await this.#send(request, { functionName, serviceName }, call)
  }

  async #send(
    request: Parameters<Site['client']['call']>[0] & { readonly body: Tree },
    place: Tree,
    call: Call,
  ): Promise<Tree> {
    const send = (): Promise<Tree> => this.#site.client.call(request, call)
    return { ...(await this.#made.use(request.body['invocationRole'], send)), ...place }
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
    const told = Object.entries(rest).filter(([key, value]) => OPTIONAL.has(key) && value && value !== NEWEST)
    return { serviceName, functionName, triggerName, triggerType, triggerConfig, ...Object.fromEntries(told) }
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure) || this.#made.isPassing(failure)
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
