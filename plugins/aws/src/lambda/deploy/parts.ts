import { type Call, isMap, type Live, type Resource, type Tree } from '@anyfaas/kit'
import { type Kind, unlessMissing } from './kind.ts'
import type { OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'
import { dropHint, hintOf } from './tags.ts'

/** A setting of a function that is a thing of its own. */
export interface Part {
  /** As in the ids of its resources, and in the hint of the function: `url`. */
  readonly name: string
  readonly get: string
  readonly create: string
  readonly update: string
  readonly remove: string
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
  const send = (action: string, input: object, about: string, call: Call): Promise<Tree> =>
    site.api.call({ service: 'lambda', action, input, about }, call)
  const look = async (FunctionName: string, fn: string, call: Call): Promise<Live<Tree>[]> => {
    const id = `${part.name}/${fn}`
    const told = await unlessMissing(send(part.get, { FunctionName }, id, call))
    const value = told && readPart(part, told)
    return value
      ? [{ id, fn, uses: [`function/${fn}`], value: { ...value, FunctionName, FunctionUrl: told['FunctionUrl'] } }]
      : []
  }
  return {
    type,
    fields: ['FunctionName', ...Object.keys(part.fields)],
    rules: { FunctionName: 'replace' },
    async list(call, desired) {
      const wanted = new Set(desired.map(({ fn }) => fn))
      const asked = (await ours.list(call)).filter(({ fn, tags }) => wanted.has(fn) || hintOf(part.name) in tags)
      return (await Promise.all(asked.map(({ name, fn }) => look(name, fn, call)))).flat()
    },
    find: async ({ spec, fn }: Resource<Tree>, call) => (await look(String(spec['FunctionName']), fn ?? '', call))[0],
    create: (spec, call, { id }) => send(part.create, spec, id, call),
    update: (spec, _live, call, { id }) => send(part.update, spec, id, call),
    async remove({ FunctionName }, call, id) {
      await unlessMissing(send(part.remove, { FunctionName }, id, call))
      const arn = (await ours.list(call)).find(({ name }) => name === FunctionName)?.arn
      if (arn !== undefined) await dropHint(site, arn, part.name, call)
    },
  }
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
