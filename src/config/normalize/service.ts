import type { Domain, Fn, FnCode, FrameworkCode, ProviderSettings, RuntimeLayer, Service, Value } from '@anyfaas/kit'
import { under } from '../pointer.ts'
import { isTree, type Tree } from '../tree.ts'
import { membershipOf } from './aggregate.ts'
import { type LayerNames, normalizeFunction } from './function.ts'
import { servicePackage } from './package.ts'
import { defined, listOf, textOf, treeOf, valuesOf } from './units.ts'

/** Functions whose handlers are in classes of a framework. */
export interface Framed {
  readonly names: ReadonlySet<string>
  readonly framework: FrameworkCode
}

/** A checked file as the model. Nothing of it can fail: every mistake was told before. */
export function normalizeService(root: Tree, stage: string, framed?: Framed): Service {
  const service = root['service']
  const functions = readFunctions(root, framed)
  const aggregates = readAggregates(root, functions)
  const hidden = new Set(aggregates.flatMap((aggregate) => aggregate.hides))
  const known = treeOf(root['functions'])
  const isLeftOut = (fn: Fn): boolean => treeOf(known[fn.name])['deploy'] === false
  const whole = aggregates.filter(({ isLeftOut }) => !isLeftOut).map(({ fn }) => fn)
  const left = aggregates.filter(({ isLeftOut }) => isLeftOut).map(({ fn }) => fn)
  const deployed = functions.filter((fn) => !hidden.has(fn.name) && !isLeftOut(fn))
  return {
    name: isTree(service) ? String(service['name']) : String(service),
    stage,
    provider: readProvider(root['provider']),
    functions: [...deployed, ...whole, ...readApp(root)],
    undeployed: [...functions.filter(isLeftOut), ...left],
    layers: readLayers(root),
    package: servicePackage(root['package']),
    plugins: listOf(root['plugins']),
    resources: treeOf(root['resources']),
    overrides: treeOf(root['overrides']),
    ...defined({
      description: isTree(service) ? textOf(service['description']) : undefined,
      domain: readDomain(root['domain']),
      custom: root['custom'] ?? undefined,
    }),
  }
}

function readProvider(given: unknown): ProviderSettings {
  if (!isTree(given)) return defined({ name: textOf(given) })
  return defined({
    name: textOf(given['name']),
    edition: readEdition(given['edition']),
    region: textOf(given['region']),
    profile: textOf(given['profile']),
    accountId: textOf(given['accountId']),
    endpoint: textOf(given['endpoint']),
  })
}

// YAML reads 3.0 as the number 3.
function readEdition(given: unknown): string | undefined {
  return typeof given === 'number' && Number.isInteger(given) ? `${given}.0` : textOf(given)
}

function readFunctions(root: Tree, framed: Framed | undefined): Fn[] {
  const layers = layerNames(root)
  return Object.entries(treeOf(root['functions'])).map(([name, own]) =>
    normalizeFunction({
      name,
      at: under('/functions', name),
      own: treeOf(own),
      defaults: treeOf(root['provider']),
      layers,
      framework: framed?.names.has(name) ? framed.framework : undefined,
    }),
  )
}

interface Aggregate {
  readonly fn: Fn
  /** Functions that are not deployed on their own any more. */
  readonly hides: readonly string[]
  readonly isLeftOut: boolean
}

function readAggregates(root: Tree, functions: readonly Fn[]): Aggregate[] {
  const aggregation = treeOf(root['aggregation']) as Record<string, Tree>
  const byName = new Map(functions.map((fn) => [fn.name, fn]))
  const layers = layerNames(root)
  const candidates = functions.map((fn) => ({
    name: fn.name,
    isHttp: fn.triggers.some((trigger) => trigger.kind === 'http'),
  }))
  return membershipOf(aggregation, candidates).map(({ name, members }) => {
    const own = treeOf(aggregation[name])
    const code: FnCode = { kind: 'aggregate', members: members.flatMap((member) => byName.get(member) ?? []) }
    const fn = normalizeFunction({
      name,
      at: under('/aggregation', name),
      own,
      defaults: treeOf(root['provider']),
      layers,
      code,
    })
    return { fn, hides: own['deployOrigin'] === true ? [] : members, isLeftOut: own['deploy'] === false }
  })
}

/** The name of the function that a whole application becomes. */
export const APP_NAME = 'app'

function readApp(root: Tree): Fn[] {
  const given = root['deployType']
  if (given === undefined || given === null) return []
  const { type, entry, ...options } = isTree(given) ? given : { type: given }
  const code: FnCode = {
    kind: 'app',
    framework: String(type) as 'express',
    options,
    ...defined({ entry: textOf(entry) }),
  }
  const own = { events: [{ http: { path: '/*' } }] }
  return [
    normalizeFunction({
      name: APP_NAME,
      at: '/deployType',
      own,
      defaults: treeOf(root['provider']),
      layers: layerNames(root),
      code,
    }),
  ]
}

function layerNames(root: Tree): LayerNames {
  return { all: new Set(Object.keys(readLayers(root))), shared: Object.keys(treeOf(root['layers'])) }
}

// Layers of the service, and those that functions declare for themselves.
function readLayers(root: Tree): Record<string, RuntimeLayer> {
  const layers: Record<string, RuntimeLayer> = {}
  const add = (given: unknown, at: string): void => {
    for (const [name, layer] of Object.entries(treeOf(given))) {
      layers[name] = { at: under(at, name), path: isTree(layer) ? String(layer['path']) : String(layer) }
    }
  }
  add(root['layers'], '/layers')
  for (const holder of ['functions', 'aggregation'])
    for (const [name, fn] of Object.entries(treeOf(root[holder])))
      add(treeOf(fn)['layers'], `${under(`/${holder}`, name)}/layers`)
  return layers
}

function readDomain(given: unknown): Domain | false | undefined {
  if (given === false) return false
  if (typeof given === 'string') return { at: '/domain', name: given }
  if (!isTree(given)) return undefined
  return {
    at: '/domain',
    name: String(given['name']),
    ...defined({
      protocol: textOf(given['protocol']) as 'HTTP' | undefined,
      certificate: isTree(given['certificate']) ? (valuesOf(given['certificate']) as Record<string, Value>) : undefined,
      routes: isTree(given['routes']) ? (given['routes'] as Record<string, string>) : undefined,
    }),
  }
}
