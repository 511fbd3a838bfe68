import {
  error,
  isMap,
  isRef,
  marksOf,
  type Resource,
  replaceIn,
  type Service,
  SlsError,
  type Tree,
  throwOnErrors,
} from '@anyfaas/kit'
import { TRIGGERS, triggerSpec } from './triggers.ts'
import { functionSpec } from './words.ts'

/** What the service needs besides its spec. */
export interface Expansion {
  readonly service: Service
  /** Function -> the mark of its code. */
  readonly marks: Readonly<Record<string, string>>
}

/**
 * The things of the API that a component multi-scf stands for. Every setting that we manage has a value, so that one
 * taken out of the file goes back to its default. Throws SLS3001 for what cannot be deployed.
 */
export function expand(resources: readonly Resource[], expansion: Expansion): readonly Resource[] {
  throwOnErrors(leftOver(expansion.service))
  const functions = new Map(
    resources.filter(({ type }) => type === 'scf:function').map((one) => [one.id, expandFunction(one, expansion)]),
  )
  const namespaceOf = (id: string): unknown => functions.get(id)?.spec['Namespace'] ?? 'default'
  return resources.map((resource) => {
    if (resource.type === 'scf:trigger') return expandTrigger(resource, functions)
    if (resource.type === 'scf:custom-domain') return expandDomain(resource, namespaceOf, expansion)
    return functions.get(resource.id) ?? resource
  })
}

function expandFunction(resource: Resource, { service, marks }: Expansion): Resource<Tree> {
  const fn = nameIn(resource.id)
  const spec = functionSpec(resource)
  const Tags = { ...(spec['Tags'] as Tree | undefined), ...marksOf(service, fn) }
  const code = spec['ImageConfig'] === undefined ? { code: marks[fn] ?? '' } : {}
  return { ...resource, fn, spec: { ...spec, Tags, ...code } }
}

function expandTrigger(resource: Resource, functions: ReadonlyMap<string, Resource<Tree>>): Resource<Tree> {
  const { $ref } = (resource.spec as { readonly function: { readonly $ref: string } }).function
  const fn = functions.get($ref)?.spec
  const spec = triggerSpec(resource, { $ref, field: 'FunctionName' }, fn?.['Namespace'] ?? 'default')
  if (fn?.['Type'] === 'HTTP' && TRIGGERS[String(spec['Type'])]?.needsEvents) throw needsEvents(resource)
  return { ...resource, spec, fn: nameIn(resource.id) }
}

// https://cloud.tencent.com/document/product/614/61096
function needsEvents({ id, at, spec }: Resource): SlsError {
  const { type } = spec as { readonly type: string }
  return new SlsError(
    error('SLS3001', `the ${type} trigger of ${id} cannot call a function that is a server of its own`, {
      ...(at !== undefined && { pointer: at, on: 'key' as const }),
      help: ['give the events to a function with a handler'],
    }),
  )
}

function expandDomain(resource: Resource, namespaceOf: (id: string) => unknown, { service }: Expansion): Resource {
  const { EndpointsConfig, ...rest } = resource.spec as Tree
  const endpoints = (EndpointsConfig as Tree[]).map((endpoint) => {
    const to = endpoint['FunctionName']
    return isRef(to) ? { PathRewrite: [], ...endpoint, Namespace: namespaceOf(to.$ref) } : endpoint
  })
  const spec = { CertConfig: { CertificateId: '' }, ...rest, EndpointsConfig: endpoints, Tags: marksOf(service) }
  // The component calls the field otherwise than the API.
  return {
    ...resource,
    spec: replaceIn(spec, { map: (node) => (isRef(node) ? { ...node, field: 'FunctionName' } : node) }),
  }
}

// Raw parts of the component's file stand in no resource: they are for the vendor's tool.
function leftOver({ resources, overrides }: Service): ReturnType<typeof error>[] {
  const { inputs, ...file } = (overrides['tencent'] ?? {}) as Tree
  const { functions: _, ...rest } = (isMap(inputs) ? inputs : {}) as Tree
  const refused = (pointer: string): ReturnType<typeof error> =>
    error(
      'SLS3001',
      `${pointer.slice(1).replaceAll('/', '.')} is for the vendor's tool and cannot be deployed by sls`,
      {
        pointer,
        on: 'key',
        help: ['write it as settings of a function, or deploy what sls package --provider tencent makes'],
      },
    )
  return [
    ...Object.keys((resources['tencent'] ?? {}) as Tree).map((key) => refused(`/resources/tencent/${key}`)),
    ...Object.keys(file).map((key) => refused(`/overrides/tencent/${key}`)),
    ...Object.keys(rest).map((key) => refused(`/overrides/tencent/inputs/${key}`)),
  ]
}

// The function of `function/NAME` and of `trigger/NAME/TRIGGER`.
function nameIn(id: string): string {
  return id.split('/')[1] ?? ''
}
