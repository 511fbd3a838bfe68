import {
  type Id,
  isRef,
  mergeTree,
  type Replace,
  type Resource,
  replaceIn,
  replacePlaceholder,
  replaceRef,
  replaceSecret,
  replaceThen,
  type Service,
  type SpecFile,
  type Tree,
} from '@anyfaas/kit'
import { regionOf } from '../region.ts'
import { resourcesOf, wordsOf } from '../words.ts'

/** `s.yaml` of Serverless Devs: one fc3 component a function, one fc3-domain for the custom domain. */
export function render(service: Service, resources: readonly Resource[]): readonly SpecFile[] {
  const byId = new Map<Id, Resource>(resources.map((resource) => [resource.id, resource]))
  const triggers = triggersByFunction(resources)
  const components: Record<string, unknown> = {}
  for (const { id, type, spec } of resources) {
    const own = triggers.get(id)
    if (type === 'fc3:function')
      components[nameIn(id)] = { component: 'fc3', props: own ? { ...spec, triggers: own } : spec }
    if (type === 'fc3:custom-domain') components['custom-domain'] = { component: 'fc3-domain', props: spec }
  }
  const whole = {
    edition: '3.0.0',
    name: service.name,
    access: service.provider.profile ?? 'default',
    resources: components,
  }
  const data = [resourcesOf(service.resources['aliyun'], '3.0'), wordsOf(service.overrides['aliyun'], '3.0')].reduce(
    mergeTree,
    whole,
  )
  return [{ path: 's.yaml', format: 'yaml', data: replaceIn(data, replaceThen(replaceRef(byId), spell(service))) }]
}

function nameIn(id: Id): string {
  return id.slice(id.indexOf('/') + 1)
}

function triggersByFunction(resources: readonly Resource[]): ReadonlyMap<Id, readonly Tree[]> {
  const found = new Map<Id, Tree[]>()
  for (const { type, spec } of resources) {
    if (type !== 'fc3:trigger') continue
    const { functionName, ...trigger } = spec as Tree
    if (!isRef(functionName)) throw new Error('a trigger without its function')
    found.set(functionName.$ref, [...(found.get(functionName.$ref) ?? []), trigger])
  }
  return found
}

// The vendor's tool has words for what only the deployer knows: https://manual.serverless-devs.com/user-guide/spec/
function spell(service: Service): Replace {
  const secret = replaceSecret(({ $secret }) =>
    $secret.map((part) => (typeof part === 'string' ? part : `\${env('${part.name}')}`)).join(''),
  )
  return replaceThen(secret, replacePlaceholder({ region: regionOf(service), account: '${config("AccountID")}' }))
}
