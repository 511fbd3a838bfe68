import { error, isMap, marksOf, type Resource, type Service, SlsError, type Tree } from '@anyfaas/kit'
import { automaticDomain } from '../../deploy/automatic-domain.ts'
import { withStore } from '../../deploy/log-store.ts'
import { cpuFor, DEFAULT_MEMORY_MB } from '../fields.ts'
import { PARTS } from './parts.ts'

/** What the service needs besides its spec. */
export interface Expansion {
  readonly service: Service
  /** Function -> the mark of its code. */
  readonly marks: Readonly<Record<string, string>>
}

/**
 * The things of the API that a component of `s.yaml` stands for: the function, and its settings that are things of
 * their own. Every field that we manage has a value, so that a setting taken out of the file goes back to its default. Throws
 * SLS3001 for what cannot be deployed.
 */
export function expand(resources: readonly Resource[], { service, marks }: Expansion): readonly Resource[] {
  const stores = new Map<string, Resource>()
  const expanded = resources.flatMap((resource) => {
    if (resource.type !== 'fc3:function') return [strip(resource)]
    refuseToolWords(resource)
    const name = nameIn(resource.id)
    const {
      region: _,
      code,
      tags,
      asyncInvokeConfig,
      concurrencyConfig,
      scalingConfig,
      ...props
    } = resource.spec as Tree
    const spec = {
      ...DEFAULTS,
      instanceConcurrency: 1,
      ...props,
      tags: { ...tagMap(tags), ...marksOf(service, name) },
      ...(code !== undefined && { code: marks[name] ?? '' }),
    }
    const own = { functionName: { $ref: resource.id, field: 'functionName' } }
    const given: Tree = { async: asyncInvokeConfig, concurrency: concurrencyConfig, scaling: scalingConfig }
    const parts = PARTS.filter(({ kind }) => isMap(given[kind])).map(({ kind, fields }) => ({
      id: `${kind}/${name}`,
      type: `fc3:${kind}`,
      spec: { ...own, ...fields, ...(given[kind] as Tree) },
      fn: name,
      ...place(resource),
    }))
    const logged = withStore(spec)
    for (const store of logged.stores) stores.set(store.id, { ...store, ...place(resource) })
    return [{ ...resource, spec: logged.spec, fn: name }, ...parts]
  })
  return [...stores.values(), ...expanded]
}

// Of the vendor's tool alone: the API would pass over them without a word.
const TOOL_WORDS = ['annotations', 'endpoint', 'provisionConfig', 'supplement', 'vpcBinding']

function refuseToolWords({ id, at, spec }: Resource): void {
  const word = TOOL_WORDS.find((one) => (spec as Tree)[one] !== undefined)
  if (word === undefined) return
  const place = at !== undefined && { pointer: at, on: 'key' as const }
  const help = ["leave it out, or use the vendor's tool with what sls package --provider aliyun makes"]
  throw new SlsError(error('SLS3001', `"${word}" of ${id} cannot be deployed by sls`, { ...place, help }))
}

/** The function of `function/NAME` and of `trigger/NAME/TRIGGER`. */
export function nameIn(id: string): string {
  return id.split('/')[1] ?? ''
}

/** `[{key, value}]` of either case as a map. */
export function tagMap(tags: unknown): Record<string, string> {
  const list = Array.isArray(tags) ? (tags as readonly Tree[]) : []
  return Object.fromEntries(list.map((tag) => [String(tag['Key'] ?? tag['key']), String(tag['Value'] ?? tag['value'])]))
}

// What the platform, or its own tool, takes for a setting that is not given.
const DEFAULTS = {
  description: '',
  memorySize: DEFAULT_MEMORY_MB,
  cpu: cpuFor(DEFAULT_MEMORY_MB),
  diskSize: 512,
  timeout: 3,
  environmentVariables: {},
  internetAccess: true,
  role: '',
  layers: [],
}

function strip(resource: Resource): Resource {
  const { region: _, ...spec } = resource.spec as Tree
  if (spec['domainName'] === 'auto') throw automaticDomain(resource)
  return { ...resource, spec, ...(resource.type === 'fc3:trigger' && { fn: nameIn(resource.id) }) }
}

function place({ at }: Resource): Pick<Resource, 'at'> {
  return at === undefined ? {} : { at }
}
