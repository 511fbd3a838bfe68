import { type Call, isMap, type Live, type Resource, type Tree } from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { OurFunctions } from './our-functions.ts'
import { holderId, holdersOf, partId, qualifierOf } from './qualifiers.ts'
import type { Site } from './site.ts'
import { dropHint, hintOf } from './tags.ts'

/** A setting of a function that is a thing of its own. */
export interface Part {
  /** As in the ids of its resources, and in the hint of the function: `url`. */
  readonly name: string
  readonly get: Action<'lambda'>
  readonly create: Action<'lambda'>
  readonly update: Action<'lambda'>
  readonly remove: Action<'lambda'>
  /** Field -> its value when the file does not say. */
  readonly fields: Tree
}

export const PARTS: readonly Part[] = [
  {
    name: 'url',
    get: 'GetFunctionUrlConfig',
    create: 'CreateFunctionUrlConfig',
    update: 'UpdateFunctionUrlConfig',
    remove: 'DeleteFunctionUrlConfig',
    fields: { AuthType: 'AWS_IAM', InvokeMode: 'BUFFERED', Cors: {} },
  },
  {
    name: 'async',
    get: 'GetFunctionEventInvokeConfig',
    create: 'PutFunctionEventInvokeConfig',
    update: 'PutFunctionEventInvokeConfig',
    remove: 'DeleteFunctionEventInvokeConfig',
    fields: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21_600, DestinationConfig: {} },
  },
  {
    name: 'reserved',
    get: 'GetFunctionConcurrency',
    create: 'PutFunctionConcurrency',
    update: 'PutFunctionConcurrency',
    remove: 'DeleteFunctionConcurrency',
    fields: { ReservedConcurrentExecutions: undefined },
  },
]

export function partKind(part: Part, site: Site, ours: OurFunctions): Kind {
  const type = `aws:${part.name}`
  const send = (action: Action<'lambda'>, input: object, about: string, call: Call): Promise<Tree> =>
    site.api.call({ service: 'lambda', action, input, about }, call)
  const look = async (fn: string, where: Place, call: Call): Promise<Live<Tree>[]> => {
    const { Qualifier } = where
    const id = partId(`${part.name}/${fn}`, Qualifier)
    const told = await unlessMissing(send(part.get, where, id, call))
    const value = told && readPart(part, told)
    if (!value) return []
    const uses = [`function/${fn}`, holderId(fn, Qualifier)]
    return [{ id, fn, uses, value: { ...value, ...where, FunctionUrl: told['FunctionUrl'] } }]
  }
  return {
    type,
    fields: ['FunctionName', 'Qualifier', ...Object.keys(part.fields)],
    rules: { FunctionName: 'replace' },
    async list(call, desired) {
      const holders = holdersOf(part.name, await ours.list(call), desired)
      const found = holders.map(({ one, qualifier }) => look(one.fn, placeOf(one.name, qualifier), call))
      return (await Promise.all(found)).flat()
    },
    find: async ({ spec, fn }: Resource<Tree>, call) =>
      (await look(fn ?? '', placeOf(String(spec['FunctionName']), qualifierOf(spec)), call))[0],
    create: (spec, call, { id }) => send(part.create, spec, id, call),
    update: (spec, _live, call, { id }) => send(part.update, spec, id, call),
    async remove({ FunctionName, ...live }, call, id) {
      const qualifier = qualifierOf(live)
      await unlessMissing(send(part.remove, placeOf(String(FunctionName), qualifier), id, call))
      const arn = (await ours.byName(FunctionName, call))?.arn
      if (arn !== undefined) await dropHint(site, arn, hintOf(part.name, qualifier), call)
    },
  }
}

interface Place {
  readonly FunctionName: string
  readonly Qualifier?: string
}

function placeOf(FunctionName: string, qualifier: string | undefined): Place {
  return { FunctionName, ...(qualifier !== undefined && { Qualifier: qualifier }) }
}

// The platform tells destinations that nobody set as empty maps.
function readPart({ fields }: Part, told: Tree): Tree | undefined {
  const value = Object.entries(fields).map(([key, usual]) => [key, withoutVoids(told[key]) ?? usual])
  return value.some(([, item]) => item !== undefined) ? Object.fromEntries(value) : undefined
}

function withoutVoids(value: unknown): unknown {
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== undefined && !(isMap(item) && Object.keys(item).length === 0)),
  )
}
