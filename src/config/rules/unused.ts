import { type Diagnostic, isNode, type Pointer, warning } from '@anyfaas/kit'
import { listOf, treeOf } from '../normalize/units.ts'
import { under } from '../pointer.ts'
import { isTree, type Tree } from '../tree.ts'
import { aggregatesOf, functionsOf, type Named } from './outline.ts'

/** Keys that have no effect where they stand. Each is said at its place, none is dropped in silence. */
export function checkUnused(root: Tree): Diagnostic[] {
  const provider = treeOf(root['provider'])
  return [
    ...functionsOf(root).flatMap((fn) => unusedBy(fn, codeKind(fn, provider))),
    ...aggregatesOf(root).flatMap((aggregate) => unusedBy(aggregate, 'aggregate')),
    ...namedLayers(root['layers'], '/layers'),
    ...[...functionsOf(root), ...aggregatesOf(root)].flatMap(({ own, at }) =>
      namedLayers(own['layers'], under(at, 'layers')),
    ),
    ...functionsOf(root).flatMap((fn) => idleLayers(fn, provider, Object.keys(treeOf(root['layers'])))),
  ]
}

// Runtime extensions are loaded by the runtime of Node.js functions.
function idleLayers({ name, own, at }: Named, provider: Tree, known: readonly string[]): Diagnostic[] {
  const { layers } = own
  const isNamed = isTree(layers) || listOf(layers).some((layer) => known.includes(layer))
  const runtime =
    codeKind({ name, own, at }, provider) === 'handler' ? (own['runtime'] ?? provider['runtime']) : 'other'
  if (!isNamed || runtime === undefined || isNode(String(runtime))) return []
  const pointer = under(at, 'layers')
  return [
    warning('SLS1032', `"layers" of "${name}" has no effect: only functions on Node.js load them`, {
      pointer,
      on: 'key',
    }),
  ]
}

function namedLayers(layers: unknown, at: Pointer): Diagnostic[] {
  return Object.entries(treeOf(layers)).flatMap(([key, layer]) => {
    if (!isGiven(treeOf(layer)['name'])) return []
    const pointer = under(under(at, key), 'name')
    return [warning('SLS1032', `"name" of a layer has no effect: this one is called "${key}"`, { pointer, on: 'key' })]
  })
}

type CodeKind = 'handler' | 'custom' | 'container' | 'aggregate'

// What says how code starts, and is read for another kind of code only.
const UNUSED: Readonly<Record<CodeKind, readonly string[]>> = {
  handler: [],
  custom: ['initializer', 'signature'],
  container: ['handler', 'initializer', 'signature', 'custom'],
  aggregate: ['initializer', 'signature', 'custom', 'container', 'image'],
}

const WHY: Readonly<Record<CodeKind, string>> = {
  handler: '',
  custom: 'a custom runtime is a server of its own',
  container: 'an image starts by itself',
  aggregate: 'the members of an aggregate have their own',
}

function codeKind({ own }: Named, provider: Tree): CodeKind {
  const runtime = own['runtime'] ?? provider['runtime']
  if (runtime === 'container' || own['image'] !== undefined || own['container'] !== undefined) return 'container'
  return runtime === 'custom' || own['custom'] !== undefined ? 'custom' : 'handler'
}

function unusedBy({ name, own, at }: Named, kind: CodeKind): Diagnostic[] {
  const isOther = kind !== 'handler' && kind !== 'aggregate' && (own['runtime'] ?? kind) !== kind
  return [...UNUSED[kind].filter((key) => isGiven(own[key])), ...(isOther ? ['runtime'] : [])].map((key) =>
    warning('SLS1032', `"${key}" of "${name}" has no effect: ${WHY[kind]}`, { pointer: under(at, key), on: 'key' }),
  )
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
