import { type Call, clock, error, type Live, type Resource, SlsError, type Tree } from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { OurFunctions } from './our-functions.ts'
import { holderId, holdersOf, partId, qualifierOf } from './qualifiers.ts'
import type { Site } from './site.ts'
import { dropHint, hintOf } from './tags.ts'

const PART = 'provisioned'

const COUNT = 'ProvisionedConcurrentExecutions'

/**
 * Instances that are kept ready for an alias. They are there when their state says so, so the state is compared too: what a
 * deploy left that was killed meanwhile is waited for, and what failed is asked for again.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetProvisionedConcurrencyConfig.html
 */
export class ProvisionedKind implements Kind {
  readonly type = `aws:${PART}`
  readonly fields = ['FunctionName', 'Qualifier', COUNT, 'Status']
  readonly rules = { FunctionName: 'replace' } as const
  readonly #site: Site
  readonly #ours: OurFunctions

  constructor(site: Site, ours: OurFunctions) {
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const holders = holdersOf(PART, await this.#ours.list(call), desired)
    const found = holders.map(async ({ one, qualifier: Qualifier }): Promise<Live<Tree>[]> => {
      const where = { FunctionName: one.name, Qualifier }
      const id = provisionedId(one.fn, Qualifier)
      const told = await unlessMissing(this.#call('GetProvisionedConcurrencyConfig', where, id, call))
      if (!told) return []
      const value = { ...where, [COUNT]: told[`Requested${COUNT}`], Status: told['Status'] }
      return [{ id, fn: one.fn, uses: [`function/${one.fn}`, holderId(one.fn, Qualifier)], value }]
    })
    return (await Promise.all(found)).flat()
  }

  async create({ FunctionName, Qualifier, ...spec }: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const where = { FunctionName, Qualifier }
    await this.#call('PutProvisionedConcurrencyConfig', { ...where, [COUNT]: spec[COUNT] }, id, call)
    await this.settled(where, id, call)
    return {}
  }

  async update(spec: Tree, live: Tree, call: Call, resource: Resource<Tree>): Promise<Tree> {
    const { FunctionName, Qualifier } = spec
    if (spec[COUNT] !== live[COUNT] || live['Status'] !== 'IN_PROGRESS') return await this.create(spec, call, resource)
    await this.settled({ FunctionName, Qualifier }, resource.id, call)
    return {}
  }

  async remove({ FunctionName, ...live }: Tree, call: Call, id: string): Promise<void> {
    const Qualifier = qualifierOf(live)
    await unlessMissing(this.#call('DeleteProvisionedConcurrencyConfig', { FunctionName, Qualifier }, id, call))
    const arn = (await this.#ours.byName(FunctionName, call))?.arn
    if (arn !== undefined) await dropHint(this.#site, arn, hintOf(PART, Qualifier), call)
  }

  /** Resolves when the instances are there, and at once where none are asked for. Throws SLS5007 when they cannot be made. */
  async settled(where: Tree, about: string, call: Call): Promise<void> {
    for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(LOOK_MS, waitMs * 1.2)) {
      const told = await unlessMissing(this.#call('GetProvisionedConcurrencyConfig', where, about, call))
      if (!told || told['Status'] === 'READY') return
      if (told['Status'] === 'FAILED') {
        const help = ['sls logs shows how the function failed to start']
        throw new SlsError(error('SLS5007', `${about}: no instances are ready: ${told['StatusReason']}`, { help }))
      }
      await clock.wait(waitMs, call.signal)
    }
  }

  async #call(action: Action<'lambda'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'lambda', action, input, about }, call)
  }
}

const FIRST_LOOK_MS = 400
const LOOK_MS = 2000

export function provisionedId(fn: string, qualifier: string | undefined): string {
  return partId(`${PART}/${fn}`, qualifier)
}
