import { type Diagnostic, error, type Pointer, warning } from '@anyfaas/kit'
import type { Moves } from '../places.ts'
import { under } from '../pointer.ts'
import { spanOf } from '../spans.ts'
import { get, isTree, put, type Tree } from '../tree.ts'
import { findFunctions } from './find.ts'
import type { FoundFunction } from './found.ts'
import type { CodeFirstProject } from './project.ts'

export interface Added {
  /** Where what was added stands in the sources. */
  readonly moves: Moves
  readonly diagnostics: readonly Diagnostic[]
  /** Names of the functions that the framework runs, whether the file or a class declares them. */
  readonly names: ReadonlySet<string>
}

/**
 * Adds the functions that a project's classes declare to a file's tree, in place. What both declare is one function:
 * its settings are those of the class, its events those of both. Classes of the older decorator only bind a handler
 * when the file has functions of its own.
 */
export async function addFunctions(root: Tree, project: CodeFirstProject): Promise<Added> {
  const { functions: found, diagnostics } = await findFunctions(project)
  const given = get(root, 'functions')
  const tree: Tree = isTree(given) ? given : {}
  const hasOwn = Object.keys(tree).length > 0
  const adding: Adding = { tree, moves: new Map(), diagnostics: [...diagnostics], sources: new Map() }
  for (const each of found) if (!(each.older && hasOwn)) add(adding, each)
  if (Object.keys(tree).length > 0) root['functions'] = tree
  if (project.hooks) adding.diagnostics.push(notRead())
  const handlers = new Set(found.map(({ handler }) => handler))
  const names = Object.keys(tree).filter((name) => handlers.has(handlerOf(name, tree[name])))
  return { moves: adding.moves, diagnostics: adding.diagnostics, names: new Set(names) }
}

interface Adding {
  readonly tree: Tree
  readonly moves: Moves
  readonly diagnostics: Diagnostic[]
  /** Function -> what declared it first in the sources. */
  readonly sources: Map<string, FoundFunction>
}

function add(adding: Adding, found: FoundFunction): void {
  const { tree, moves, sources } = adding
  const { name, handler, source, at } = found
  const pointer = under('/functions', name)
  const first = sources.get(name)
  if (first && first.handler !== handler) {
    adding.diagnostics.push(twice(found, first))
    return
  }
  if (!isTree(tree[name])) {
    put(tree, name, { handler })
    moves.set(pointer, { source, pointer: at })
  }
  sources.set(name, first ?? found)
  const fn = tree[name] as Tree
  fn['handler'] ??= handler
  for (const [key, value] of Object.entries(found.own)) {
    put(fn, key, value)
    moves.set(under(pointer, key), { source, pointer: under(`${at}/own`, key) })
  }
  for (const event of found.events) addEvent(adding, { fn, pointer, event, found })
}

interface NewEvent {
  readonly fn: Tree
  readonly pointer: Pointer
  readonly event: unknown
  readonly found: FoundFunction
}

function addEvent({ moves }: Adding, { fn, pointer, event, found }: NewEvent): void {
  const key = EVENT_KEYS.find((each) => Object.hasOwn(fn, each)) ?? 'events'
  fn[key] ??= []
  const events = fn[key]
  if (!Array.isArray(events) || events.some((other) => isSame(other, event)) || joinRoute(events, event)) return
  moves.set(under(under(pointer, key), events.length), { source: found.source, pointer: `${found.at}/events/0` })
  events.push(event)
}

const EVENT_KEYS = ['events', 'triggers', 'trigger']

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

// Methods of one path are one route.
function joinRoute(events: readonly unknown[], event: unknown): boolean {
  const added = get(event, 'http')
  const route = events.map((other) => get(other, 'http')).find((other) => samePath(other, added))
  if (!isTree(route) || !isTree(added)) return false
  const methods = [route['method'], added['method']].flat().map((method) => String(method ?? 'any').toLowerCase())
  const isAny = methods.includes('any') || methods.includes('all')
  const distinct = [...new Set(methods)]
  route['method'] = isAny ? 'any' : distinct.length === 1 ? distinct[0] : distinct
  return true
}

function samePath(a: unknown, b: unknown): boolean {
  const path = get(a, 'path')
  return path !== undefined && path === get(b, 'path')
}

function handlerOf(name: string, fn: unknown): string {
  return String(get(fn, 'handler') ?? `${name}.handler`)
}

function twice({ name, source, at }: FoundFunction, first: FoundFunction): Diagnostic {
  return error('SLS1047', `two methods would be the function "${name}"`, {
    at: spanOf(source, at, 'value'),
    notes: [{ message: 'the other one', at: spanOf(first.source, first.at, 'value') }],
    help: ['give one of them a "functionName"'],
  })
}

function notRead(): Diagnostic {
  return warning(
    'SLS1050',
    'functions that are plain exports, without a class, are known to the framework’s own compiler only',
    {
      pointer: '/functions',
      on: 'key',
      help: ['name them under "functions" in the service file'],
    },
  )
}
