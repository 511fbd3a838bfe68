import {
  artifactName,
  type Fn,
  type Id,
  mergeTree,
  type Resource,
  resolveRefs,
  type Service,
  type SpecFile,
  spellSecrets,
  type Tree,
} from '@anyfaas/kit'
import { facts } from './facts.ts'

/**
 * `serverless.yml` of the vendor's component multi-scf. What the component has no word for is a file of its own: the
 * request of the API action CreateCustomDomain, and those of PutReservedConcurrencyConfig.
 */
export function render(service: Service, resources: readonly Resource[]): readonly SpecFile[] {
  const byId = new Map<Id, Resource>(resources.map((resource) => [resource.id, resource]))
  const sources = sourcesOf(service)
  const own = resources.filter(({ type }) => type === 'scf:function')
  const functions: Tree = {}
  for (const { id, spec } of own) functions[nameIn(id)] = wordsOf(spec as Tree, sources.get(nameIn(id)))
  const reservations = own.flatMap(({ spec }) => reservationOf(spec as Tree))
  const triggers = resources
    .filter(({ type }) => type === 'scf:trigger')
    .map(({ spec }) => {
      const trigger = spec as {
        readonly type: string
        readonly function: { readonly $ref: Id }
        readonly parameters: Tree
      }
      return { type: trigger.type, function: nameIn(trigger.function.$ref), parameters: trigger.parameters }
    })
  const whole = {
    app: service.name,
    stage: service.stage,
    component: 'multi-scf',
    name: service.name,
    inputs: {
      src: sources.size === 0 ? `./${service.name}` : './',
      region: service.provider.region ?? facts.defaultRegion,
      functions,
      ...(triggers.length > 0 && { triggers }),
    },
  }
  const data = [fragment(service.resources['tencent']), service.overrides['tencent']].reduce(mergeTree, whole)
  const domains = resources.filter(({ type }) => type === 'scf:custom-domain')
  return [
    { path: 'serverless.yml', format: 'yaml', data: spell(data) },
    ...domains.map(
      ({ spec }): SpecFile => ({ path: 'custom-domain.json', format: 'json', data: spell(resolveRefs(spec, byId)) }),
    ),
    ...(reservations.length > 0
      ? [{ path: 'reserved-concurrency.json', format: 'json', data: reservations } as const]
      : []),
  ]
}

// Where the code lies stands before all else.
function wordsOf(spec: Tree, source: object | undefined): Tree {
  if (source === undefined && !('reservedConcurrencyMem' in spec)) return spec
  const { reservedConcurrencyMem: _, ...words } = spec
  return { ...source, ...words }
}

function reservationOf({ name, namespace = 'default', reservedConcurrencyMem }: Tree): Tree[] {
  if (reservedConcurrencyMem === undefined) return []
  return [{ FunctionName: name, Namespace: namespace, ReservedConcurrencyMem: reservedConcurrencyMem }]
}

function nameIn(id: Id): string {
  return id.slice(id.indexOf('/') + 1)
}

// The component zips a folder itself, the unpacked artifact: one for all, or a folder for each function.
function sourcesOf(service: Service): ReadonlyMap<string, object> {
  const isIndividual = (fn: Fn): boolean => fn.package?.individually ?? service.package.individually
  if (!service.functions.some(isIndividual)) return new Map()
  const packaged = service.functions.filter((fn) => fn.code.kind !== 'container')
  return new Map(packaged.map((fn) => [fn.name, { src: `./${artifactName(service, fn).replace(/\.zip$/, '')}` }]))
}

// A part of the whole file; the component has no resources of other kinds.
function fragment(given: unknown): unknown {
  return typeof given === 'object' && given !== null && Object.keys(given).length > 0 ? given : undefined
}

// The vendor's tool reads ${env:NAME} from the deployer's environment.
function spell(data: unknown): unknown {
  return spellSecrets(data, ({ $secret }) =>
    $secret.map((part) => (typeof part === 'string' ? part : `\${env:${part.name}}`)).join(''),
  )
}
