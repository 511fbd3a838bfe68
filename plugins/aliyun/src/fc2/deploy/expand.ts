import { error, isMap, type Resource, type Service, SlsError, type Tree } from '@anyfaas/kit'
import { automaticDomain } from '../../deploy/automatic-domain.ts'
import { withStore } from '../../deploy/log-store.ts'
import { withMark } from '../../deploy/mark.ts'
import { named, SERVICE } from './refs.ts'
import { triggerSpec } from './triggers.ts'
import { apiWords } from './words.ts'

/** What the service needs besides its spec. */
export interface Expansion {
  readonly service: Service
  readonly region: string
  /** Function -> the mark of its code. */
  readonly marks: Readonly<Record<string, string>>
}

/**
 * The things of the API that the template stands for. Every field that we manage has a value, so that a setting taken out
 * of the file goes back to its default. Throws SLS3001 for words that only the vendor's own tools understand.
 */
export function expand(resources: readonly Resource[], expansion: Expansion): readonly Resource[] {
  return resources.flatMap((resource) => {
    const { type } = resource
    if (type === 'fc2:service') return expandService(resource, expansion)
    if (type === 'fc2:function') return expandFunction(resource, expansion)
    if (type === 'fc2:trigger')
      return [{ ...resource, spec: triggerSpec(resource, expansion.region), fn: nameIn(resource) }]
    return [expandDomain(resource)]
  })
}

/** What the platform keeps for a service that the file says nothing about. */
export const SERVICE_DEFAULTS = {
  description: '',
  role: '',
  internetAccess: true,
  logConfig: { project: '', logstore: '' },
  vpcConfig: { vpcId: '', vSwitchIds: [], securityGroupId: '' },
}

/** The same for a function. */
export const FUNCTION_DEFAULTS = {
  description: '',
  memorySize: 128,
  timeout: 3,
  initializer: '',
  environmentVariables: {},
  layers: [],
  instanceConcurrency: 1,
  instanceType: 'e1',
}

export const ASYNC_DEFAULTS = { maxAsyncRetryAttempts: 3, maxAsyncEventAgeInSeconds: 86_400, destinationConfig: {} }

const SERVICE_WORDS = new Set([
  ...['ServiceName', 'Description', 'Role', 'InternetAccess', 'LogConfig', 'VpcConfig', 'NasConfig'],
])

function expandService(resource: Resource, { service }: Expansion): readonly Resource[] {
  for (const [word, value] of Object.entries(resource.spec))
    if (!SERVICE_WORDS.has(word) || (word.endsWith('Config') && !isMap(value)))
      throw new SlsError(
        error('SLS3001', `${word} of the service is a word of the vendor's tools: the API does not have it`, {
          pointer: '/overrides/aliyun',
          help: ['sls package --provider aliyun makes the template for these tools'],
        }),
      )
  const whole = { ...SERVICE_DEFAULTS, ...(apiWords(resource.spec) as Tree) }
  const { spec, stores } = withStore({ ...whole, description: withMark(String(whole.description), service) })
  return [...stores, { ...resource, spec }]
}

function expandFunction(resource: Resource, { service, marks }: Expansion): readonly Resource[] {
  const name = nameIn(resource)
  const { codeUri, asyncConfiguration, ...props } = apiWords(resource.spec) as Tree
  const merged: Tree = { ...FUNCTION_DEFAULTS, ...props, serviceName: SERVICE }
  const spec = {
    ...merged,
    description: withMark(String(merged['description']), service),
    ...(merged['initializer'] !== '' && { initializationTimeout: merged['initializationTimeout'] ?? 3 }),
    ...(codeUri !== undefined && { code: marks[name] ?? '' }),
  }
  const fn = { ...resource, spec, fn: name }
  return isMap(asyncConfiguration) ? [fn, asyncOf(resource, asyncConfiguration)] : [fn]
}

function asyncOf({ id, at }: Resource, { destination, ...given }: Tree): Resource {
  const name = id.slice('function/'.length)
  const targets = Object.entries((destination ?? {}) as Tree).map(([when, arn]) => [when, { destination: arn }])
  const spec = {
    serviceName: SERVICE,
    functionName: { $ref: id, field: 'functionName' },
    ...ASYNC_DEFAULTS,
    ...given,
    destinationConfig: Object.fromEntries(targets),
  }
  return { id: `async/${name}`, type: 'fc2:async', spec, fn: name, ...(at !== undefined && { at }) }
}

function expandDomain(resource: Resource): Resource {
  const { domainName, routeConfig, ...spec } = apiWords(resource.spec) as Tree
  if (domainName === 'Auto') throw automaticDomain(resource)
  const routes = Object.entries(((routeConfig as Tree)['routes'] ?? {}) as Record<string, Tree>)
  return {
    ...resource,
    spec: {
      ...spec,
      domainName,
      routeConfig: {
        routes: routes.map(([path, route]) => ({
          ...route,
          path,
          serviceName: SERVICE,
          functionName: named(route['functionName']),
        })),
      },
    },
  }
}

function nameIn({ id }: Resource): string {
  return id.split('/')[1] ?? ''
}
