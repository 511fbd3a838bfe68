import { type Call, type Driver, type FieldRules, isMap, type Live, type Resource, type Tree } from '@anyfaas/kit'
import { isPassing, unlessMissing } from '../../account/failures.ts'
import { NEWEST } from '../../deploy/trigger-changes.ts'
import type { OurFunctions } from './our-functions.ts'
import type { Part } from './parts.ts'
import type { Site } from './site.ts'

/** Settings of functions that are things of their own. */
export class PartDriver implements Driver<Tree, Tree> {
  readonly type: string
  readonly rules: FieldRules = { functionName: 'replace' }
  readonly #part: Part
  readonly #site: Site
  readonly #ours: OurFunctions

  constructor(part: Part, site: Site, ours: OurFunctions) {
    this.type = `fc3:${part.kind}`
    this.#part = part
    this.#site = site
    this.#ours = ours
  }

  async list(call: Call): Promise<readonly Live<Tree>[]> {
    const { kind, noun, listPath: path, listField } = this.#part
    const functions = new Map((await this.#ours.list(call)).map(({ name, fn }) => [name, fn]))
    const found = await this.#site.client.list({ action: `List${noun}s`, path, about: kind }, listField, call)
    return found.flatMap((live) => {
      // Those of versions and aliases are not ours to make, and are listed with the others.
      const [, functionName = '', qualifier = NEWEST] =
        /functions\/([^/]+)(?:\/(.+))?$/.exec(String(live['functionArn'])) ?? []
      const fn = functions.get(functionName)
      return fn === undefined || qualifier !== NEWEST
        ? []
        : [{ id: `${kind}/${fn}`, fn, uses: [`function/${fn}`], value: { ...live, functionName } }]
    })
  }

  async create(resource: Resource<Tree>, call: Call): Promise<Tree> {
    const { functionName, ...body } = resource.spec
    const request = { action: `Put${this.#part.noun}`, method: 'PUT', path: this.#path(functionName), body } as const
    return { ...(await this.#site.client.call({ ...request, about: resource.id }, call)), functionName }
  }

  async update(resource: Resource<Tree>, _live: Tree, call: Call): Promise<Tree> {
    return await this.create(resource, call)
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    const path = this.#path(value['functionName'])
    const request = { action: `Delete${this.#part.noun}`, method: 'DELETE', path, about: id } as const
    await unlessMissing(this.#site.client.call(request, call))
  }

  project(live: Tree): Tree {
    const fields = Object.entries(this.#part.fields).map(([field, value]) => [
      field,
      withoutNulls(live[field]) ?? value,
    ])
    return { functionName: live['functionName'], ...Object.fromEntries(fields) }
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure)
  }

  #path(functionName: unknown): string {
    return `/functions/${functionName}/${this.#part.path}`
  }
}

// The platform tells what was never set as null.
function withoutNulls(value: unknown): unknown {
  if (value === null) return undefined
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null))
}
