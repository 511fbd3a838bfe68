import { type Diagnostic, type Pointer, warning } from '@anyfaas/kit'
import { KIND_ALIASES } from './aliases.ts'
import type { Moves } from './places.ts'
import { under } from './pointer.ts'
import type { RootSchema } from './schema.ts'
import { get, isTree, put, type Tree } from './tree.ts'

interface Renaming {
  readonly kinds: ReadonlySet<string>
  readonly moves: Moves
  readonly found: Diagnostic[]
}

/** Older key -> today's key, in one kind of map. `quiet` ones are as good as the new. */
type Renames = Readonly<Record<string, { readonly to: string; readonly quiet?: true }>>

const PROVIDER: Renames = { vpcConfig: { to: 'vpc' }, logConfig: { to: 'logs' } }
const VPC: Renames = {
  vpcId: { to: 'id' },
  vSwitchIds: { to: 'subnets' },
  subnetId: { to: 'subnets' },
  securityGroupId: { to: 'securityGroups' },
}
const LOGS: Renames = { logstore: { to: 'store' } }
const FUNCTION: Renames = { trigger: { to: 'events', quiet: true }, triggers: { to: 'events', quiet: true } }
const AGGREGATE: Renames = {
  ...FUNCTION,
  functionPattern: { to: 'functionsPattern' },
  functionsPatten: { to: 'functionsPattern' },
}
const EVENT: Renames = { enable: { to: 'enabled' }, version: { to: 'qualifier', quiet: true } }

/** Turns older and other spellings into canonical ones, in place; `moves` tells where things were before. */
export function renameKeys(
  root: Tree,
  base: Pointer,
  schema: RootSchema,
): { readonly moves: Moves; readonly diagnostics: readonly Diagnostic[] } {
  const kinds = new Set(Object.keys(schema.$defs['event']?.properties ?? {}))
  const renaming: Renaming = { kinds, moves: new Map(), found: [] }
  renameDomain(renaming, root, base)
  const provider = get(root, 'provider')
  if (isTree(provider)) renameProvider(renaming, provider, under(base, 'provider'))
  renameAll(renaming, get(root, 'functions'), under(base, 'functions'), FUNCTION)
  renameAll(renaming, get(root, 'aggregation'), under(base, 'aggregation'), AGGREGATE)
  return { moves: renaming.moves, diagnostics: renaming.found }
}

function renameProvider(renaming: Renaming, provider: Tree, at: Pointer): void {
  rename(renaming, provider, at, PROVIDER)
  const vpc = get(provider, 'vpc')
  if (isTree(vpc)) rename(renaming, vpc, under(at, 'vpc'), VPC)
  const logs = get(provider, 'logs')
  if (isTree(logs)) rename(renaming, logs, under(at, 'logs'), LOGS)
  joinEnvironment(renaming, provider, at)
}

function renameAll(renaming: Renaming, functions: unknown, at: Pointer, renames: Renames): void {
  if (!isTree(functions)) return
  for (const [name, fn] of Object.entries(functions)) {
    if (!isTree(fn)) continue
    const here = under(at, name)
    rename(renaming, fn, here, renames)
    joinEnvironment(renaming, fn, here)
    const events = get(fn, 'events')
    if (Array.isArray(events))
      for (const [index, event] of events.entries())
        renameEvent(renaming, events, index, event, under(under(here, 'events'), index))
  }
}

function renameEvent(renaming: Renaming, events: unknown[], index: number, event: unknown, at: Pointer): void {
  if (typeof event === 'string' && renaming.kinds.has(event)) events[index] = KIND_ALIASES[event] ?? event
  if (!isTree(event)) return
  indentOptions(renaming, event, at)
  for (const [kind, options] of Object.entries(event)) {
    const canonical = Object.hasOwn(KIND_ALIASES, kind) ? (KIND_ALIASES[kind] as string) : kind
    if (canonical !== kind && !Object.hasOwn(event, canonical)) moveKey(renaming, event, at, kind, canonical)
    if (!renaming.kinds.has(kind) || !isTree(options)) continue
    const here = under(at, canonical)
    liftParameters(renaming, options, here)
    rename(renaming, options, here, EVENT)
    if (canonical === 'os') joinFilter(renaming, options, here)
  }
}

// `- http:` with its options in the same column: YAML reads {http: null, path: …}, people mean http: {path: …}.
function indentOptions(renaming: Renaming, event: Tree, at: Pointer): void {
  const [kind, ...others] = Object.keys(event)
  const slip = kind !== undefined && renaming.kinds.has(kind) && event[kind] === null && others.length > 0
  if (!slip || others.some((key) => renaming.kinds.has(key) && isTree(event[key]))) return
  const options: Tree = {}
  for (const key of others) {
    put(options, key, event[key])
    delete event[key]
    renaming.moves.set(under(under(at, kind), key), { pointer: under(at, key) })
  }
  event[kind] = options
  const help = [`indent ${others.map((key) => `"${key}"`).join(', ')} under "${kind}:"`]
  renaming.found.push(
    warning('SLS1031', `the options of "${kind}" stand beside it, not under it`, {
      pointer: under(at, others[0] ?? ''),
      on: 'key',
      help,
    }),
  )
}

// Another tool's form: {name, parameters: {…}}.
function liftParameters(renaming: Renaming, options: Tree, at: Pointer): void {
  const parameters = get(options, 'parameters')
  if (!isTree(parameters)) return
  for (const [key, value] of Object.entries(parameters)) {
    if (Object.hasOwn(options, key)) continue
    put(options, key, value)
    renaming.moves.set(under(at, key), { pointer: under(under(at, 'parameters'), key) })
  }
  delete options['parameters']
  renaming.found.push(
    warning('SLS1030', '"parameters" is an older form: the options stand under the kind itself', {
      pointer: under(at, 'parameters'),
      on: 'key',
    }),
  )
}

function joinFilter(renaming: Renaming, options: Tree, at: Pointer): void {
  for (const [old, key] of [
    ['filterPrefix', 'prefix'],
    ['filterSuffix', 'suffix'],
  ] as const) {
    if (!Object.hasOwn(options, old)) continue
    const filter = isTree(options['filter']) ? options['filter'] : {}
    options['filter'] = { ...filter, [key]: options[old] }
    delete options[old]
    renaming.moves.set(under(under(at, 'filter'), key), { pointer: under(at, old) })
    older(renaming, under(at, old), old, `filter.${key}`)
  }
}

// `environment: [{A: 1}, {B: 2}]` in place of one map.
function joinEnvironment(renaming: Renaming, holder: Tree, at: Pointer): void {
  const list = get(holder, 'environment')
  if (!Array.isArray(list) || !list.every(isTree)) return
  const map: Tree = {}
  const here = under(at, 'environment')
  for (const [index, entry] of list.entries()) {
    for (const [key, value] of Object.entries(entry)) {
      put(map, key, value)
      renaming.moves.set(under(here, key), { pointer: under(under(here, index), key) })
    }
  }
  holder['environment'] = map
  renaming.found.push(
    warning('SLS1030', '"environment" as a list of maps is an older form of one map', { pointer: here, on: 'key' }),
  )
}

function renameDomain(renaming: Renaming, root: Tree, base: Pointer): void {
  const custom = get(root, 'custom')
  const old = get(custom, 'customDomain')
  if (!isTree(custom) || old === undefined || Object.hasOwn(root, 'domain')) return
  const from = under(under(base, 'custom'), 'customDomain')
  const to = under(base, 'domain')
  root['domain'] = old
  delete custom['customDomain']
  renaming.moves.set(to, { pointer: from })
  older(renaming, from, 'custom.customDomain', 'domain')
  if (isTree(old)) rename(renaming, old, to, { domainName: { to: 'name', quiet: true } })
}

function rename(renaming: Renaming, tree: Tree, at: Pointer, renames: Renames): void {
  for (const old in renames) {
    if (!Object.hasOwn(tree, old)) continue
    const { to, quiet } = renames[old] as Renames[string]
    if (Object.hasOwn(tree, to)) continue
    moveKey(renaming, tree, at, old, to)
    if (!quiet) older(renaming, under(at, to), old, to)
  }
}

function moveKey(renaming: Renaming, tree: Tree, at: Pointer, old: string, to: string): void {
  // Rebuilt, so that the key keeps its place in the order of the file.
  const entries = Object.entries(tree)
  for (const key of Object.keys(tree)) delete tree[key]
  for (const [key, value] of entries) put(tree, key === old ? to : key, value)
  renaming.moves.set(under(at, to), { pointer: under(at, old) })
}

function older(renaming: Renaming, pointer: Pointer, old: string, today: string): void {
  renaming.found.push(warning('SLS1030', `"${old}" is an older spelling of "${today}"`, { pointer, on: 'key' }))
}
