import type { Call, Change, Driver, FieldRules, Live, Resource, Tree } from '@anyfaas/kit'
import { isMissing, isPassing, isTaken } from '../../account/failures.ts'
import type { NewRoles } from '../../deploy/new-roles.ts'
import { revealed } from '../../deploy/revealed.ts'
import { isFixed, isMade, NEWEST } from '../../deploy/trigger-changes.ts'
import { usesOf } from '../../deploy/trigger-roles.ts'
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
  readonly #made: NewRoles
  #listed: readonly Live<Tree>[] = []
  /** Of these the ones that are no longer wanted. */
  #leaving: readonly Live<Tree>[] = []

  constructor(site: Site, ours: OurFunctions, made: NewRoles) {
    this.#site = site
    this.#ours = ours
    this.#made = made
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const functions = await this.#ours.list(call)
    const lists = functions.map(async ({ name, fn }) => {
      const path = `/functions/${name}/triggers`
      const found = await this.#site.client.list(
        { action: 'ListTriggers', path, about: `function/${fn}` },
        'triggers',
        call,
      )
      return found.filter(isMade).map((trigger) => ({
        id: `trigger/${fn}/${trigger['triggerName']}`,
        fn,
        uses: usesOf(fn, trigger),
        value: { ...trigger, functionName: name },
      }))
    })
    this.#listed = (await Promise.all(lists)).flat()
    const wanted = new Set(desired.map(({ id }) => id))
    this.#leaving = this.#listed.filter(({ id }) => !wanted.has(id))
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
    const body: Tree = { ...spec, triggerConfig: JSON.stringify(triggerConfig ?? {}) }
    const path = `/functions/${functionName}/triggers`
    const request = { action: 'CreateTrigger', method: 'POST', path, body, about: resource.id } as const
    return await this.#send(request, functionName, call)
  }

  // A function has one HTTP trigger, so one by another name goes before the new one comes.
  async #makeRoom({ functionName, triggerType, sourceArn }: Tree, call: Call): Promise<void> {
    const others = this.#listed.filter(
      ({ value }) =>
        value['functionName'] === functionName && value['triggerType'] === 'http' && triggerType === 'http',
    )
    // Two triggers of a bucket for the same objects are not taken, so one that moves to another function leaves first.
    const left = this.#leaving.filter(({ value }) => triggerType === 'oss' && value['sourceArn'] === sourceArn)
    for (const other of [...others, ...left]) await this.delete(other, call)
  }

  async update(resource: Resource<Tree>, live: Tree, change: Change): Promise<Tree> {
    if (isFixed(this.project(live), resource.spec)) {
      await this.delete({ id: resource.id, value: live }, change)
      return await this.create(resource, change)
    }
    const { functionName, triggerName, triggerConfig, invocationRole, qualifier, description } = revealed(
      resource.spec,
      resource.id,
      this.#site,
    )
    const body = {
      invocationRole,
      qualifier: qualifier ?? NEWEST,
      description,
      triggerConfig: JSON.stringify(triggerConfig ?? {}),
    }
    const path = `/functions/${functionName}/triggers/${triggerName}`
    const request = { action: 'UpdateTrigger', method: 'PUT', path, body, about: resource.id } as const
    return await this.#send(request, functionName, change)
  }

  async #send(
    request: Parameters<Site['client']['call']>[0] & { readonly body: Tree },
    functionName: unknown,
    call: Call,
  ): Promise<Tree> {
    const send = (): Promise<Tree> => this.#site.client.call(request, call)
    return { ...(await this.#made.use(request.body['invocationRole'], send)), functionName }
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
    const told = { sourceArn, invocationRole, qualifier: qualifier === NEWEST ? '' : qualifier }
    return {
      functionName,
      triggerName,
      triggerType,
      triggerConfig: JSON.parse(String(triggerConfig || '{}')),
      ...Object.fromEntries(Object.entries(told).filter(([, value]) => value)),
    }
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure) || this.#made.isPassing(failure)
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }
}
