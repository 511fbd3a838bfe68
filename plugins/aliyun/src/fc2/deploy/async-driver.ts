import { type Call, type Driver, type FieldRules, isMap, type Live, type Resource, type Tree } from '@anyfaas/kit'
import { isPassing, unlessMissing } from '../../account/failures.ts'
import { ASYNC_DEFAULTS } from './expand.ts'
import type { OurService } from './our-service.ts'
import type { Site } from './site.ts'

/** What happens to asynchronous calls: a thing of its own, put whole and asked for function by function. */
export class AsyncDriver implements Driver<Tree, Tree> {
  readonly type = 'fc2:async'
  readonly rules: FieldRules = { serviceName: 'replace', functionName: 'replace' }
  readonly #site: Site
  readonly #ours: OurService

  constructor(site: Site, ours: OurService) {
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call): Promise<readonly Live<Tree>[]> {
    const { client, serviceName } = this.#site
    const found = (await this.#ours.ours(call)).map(async ({ name, fn }): Promise<readonly Live<Tree>[]> => {
      const value = { serviceName, functionName: name }
      const id = `async/${fn}`
      const request = { action: 'GetFunctionAsyncInvokeConfig', method: 'GET', path: pathOf(value), about: id } as const
      const told = await unlessMissing(client.call(request, call))
      return told ? [{ id, fn, uses: [`function/${fn}`], value: { ...told, ...value } }] : []
    })
    return (await Promise.all(found)).flat()
  }

  async create({ id, spec }: Resource<Tree>, call: Call): Promise<Tree> {
    const { serviceName, functionName, ...body } = spec
    const path = pathOf(spec)
    const request = { action: 'PutFunctionAsyncInvokeConfig', method: 'PUT', path, body, about: id } as const
    return { ...(await this.#site.client.call(request, call)), serviceName, functionName }
  }

  async update(resource: Resource<Tree>, _live: Tree, call: Call): Promise<Tree> {
    return await this.create(resource, call)
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    const path = pathOf(value)
    const request = { action: 'DeleteFunctionAsyncInvokeConfig', method: 'DELETE', path, about: id } as const
    await unlessMissing(this.#site.client.call(request, call))
  }

  project(live: Tree): Tree {
    const { serviceName, functionName, statefulInvocation, destinationConfig } = live
    const targets = Object.entries((destinationConfig ?? {}) as Tree).filter(([, to]) => isMap(to) && to['destination'])
    const told = Object.entries(live).filter(([key, value]) => key in ASYNC_DEFAULTS && value !== null)
    return {
      serviceName,
      functionName,
      ...ASYNC_DEFAULTS,
      ...Object.fromEntries(told),
      destinationConfig: Object.fromEntries(targets),
      ...(statefulInvocation === true && { statefulInvocation }),
    }
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure)
  }
}

function pathOf({ serviceName, functionName }: Tree): string {
  return `/services/${serviceName}/functions/${functionName}/async-invoke-config`
}
