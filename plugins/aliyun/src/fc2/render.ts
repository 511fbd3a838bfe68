import {
  type Id,
  isRef,
  logicalNames,
  mergeTree,
  type Resource,
  resolveRefs,
  type SecretText,
  type Service,
  type SpecFile,
  secretsIn,
  spellSecrets,
  type Tree,
} from '@anyfaas/kit'
import { resourcesOf, wordsOf } from '../words.ts'
import { serviceName } from './names.ts'

/** `template.yaml` of the transform Aliyun::Serverless-2018-04-03. A secret is a parameter that is not shown. */
export function render(service: Service, resources: readonly Resource[]): readonly SpecFile[] {
  const byId = new Map<Id, Resource>(resources.map((resource) => [resource.id, resource]))
  const { ServiceName: _, ...shared } = (byId.get('service') as Resource).spec as Tree
  const whole = {
    ROSTemplateFormatVersion: '2015-09-01',
    Transform: 'Aliyun::Serverless-2018-04-03',
    Resources: {
      [serviceName(service)]: {
        Type: 'Aliyun::Serverless::Service',
        ...(Object.keys(shared).length > 0 && { Properties: shared }),
        ...functionsOf(resources),
      },
      ...domainsOf(resources),
    },
  }
  const data = [resourcesOf(service.resources['aliyun'], '2.0'), wordsOf(service.overrides['aliyun'], '2.0')].reduce(
    mergeTree,
    whole,
  )
  return [{ path: 'template.yaml', format: 'yaml', data: withParameters(resolveRefs(data, byId) as Tree) }]
}

function functionsOf(resources: readonly Resource[]): Tree {
  const events = eventsByFunction(resources)
  const functions = resources.filter(({ type }) => type === 'fc2:function')
  return Object.fromEntries(
    functions.map(({ id, spec }) => {
      const { ServiceName: _, FunctionName, ...Properties } = spec as Tree
      const own = events.get(id)
      return [FunctionName as string, { Type: 'Aliyun::Serverless::Function', Properties, ...(own && { Events: own }) }]
    }),
  )
}

function eventsByFunction(resources: readonly Resource[]): ReadonlyMap<Id, Tree> {
  const found = new Map<Id, Tree>()
  for (const { type, spec } of resources) {
    if (type !== 'fc2:trigger') continue
    const { FunctionName, TriggerName, Type, Properties } = spec as Tree
    if (!isRef(FunctionName)) throw new Error('a trigger without its function')
    const events = found.get(FunctionName.$ref) ?? {}
    events[TriggerName as string] = { Type, Properties }
    found.set(FunctionName.$ref, events)
  }
  return found
}

function domainsOf(resources: readonly Resource[]): Tree {
  const domains = resources.filter(({ type }) => type === 'fc2:custom-domain')
  return Object.fromEntries(
    domains.map(({ id, spec }) => [
      id.slice('domain/'.length),
      { Type: 'Aliyun::Serverless::CustomDomain', Properties: spec },
    ]),
  )
}

function withParameters(template: Tree): Tree {
  const secrets = secretsIn(template)
  if (secrets.length === 0) return template
  const names = logicalNames(secrets)
  const Parameters = Object.fromEntries(
    secrets.map((secret) => [
      names.get(secret) as string,
      { Type: 'String', NoEcho: true, Description: `the secret ${secret}` },
    ]),
  )
  const { ROSTemplateFormatVersion, Transform, ...rest } = template
  const spelled = spellSecrets(rest, (text) => spell(text, names)) as Tree
  return { ROSTemplateFormatVersion, Transform, ...mergeTree({ Parameters }, spelled) }
}

function spell({ $secret }: SecretText, names: ReadonlyMap<string, string>): unknown {
  const parts = $secret.map((part) => (typeof part === 'string' ? part : { Ref: names.get(part.name) }))
  return parts.length === 1 ? parts[0] : { 'Fn::Join': ['', parts] }
}
