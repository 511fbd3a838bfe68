import type { Pointer } from '@anyfaas/kit'
import { treeOf } from '../normalize/units.ts'
import { under } from '../pointer.ts'
import type { Tree } from '../tree.ts'

/** A function or an aggregate of a file that may still have mistakes in it. */
export interface Named {
  readonly name: string
  readonly at: Pointer
  readonly own: Tree
}

/** A trigger of such a file. */
export interface Event {
  readonly kind: string
  /** What stands under the kind: options, a shorthand, or nothing. */
  readonly given: unknown
  /** The options, when they are a map. */
  readonly options: Tree
  readonly at: Pointer
}

export function functionsOf(root: Tree): readonly Named[] {
  return namedIn(root, 'functions')
}

export function aggregatesOf(root: Tree): readonly Named[] {
  return namedIn(root, 'aggregation')
}

export function eventsOf(fn: Named): readonly Event[] {
  const events = knownEvents.get(fn) ?? readEvents(fn)
  knownEvents.set(fn, events)
  return events
}

function readEvents(fn: Named): Event[] {
  const events = Array.isArray(fn.own['events']) ? fn.own['events'] : []
  return events.flatMap((event, index): Event[] => {
    const at = under(under(fn.at, 'events'), index)
    if (typeof event === 'string') return [{ kind: event, options: {}, given: undefined, at }]
    const kind = Object.keys(treeOf(event))[0]
    if (kind === undefined) return []
    const given = treeOf(event)[kind]
    return [{ kind, options: treeOf(given), given, at: under(at, kind) }]
  })
}

export function isHttp(fn: Named): boolean {
  return eventsOf(fn).some((event) => event.kind === 'http')
}

function namedIn(root: Tree, key: 'functions' | 'aggregation'): readonly Named[] {
  const found = known[key].get(root) ?? readNamed(root, key)
  known[key].set(root, found)
  return found
}

function readNamed(root: Tree, key: string): Named[] {
  const holder = treeOf(root[key])
  return Object.keys(holder).map((name) => ({ name, at: under(`/${key}`, name), own: treeOf(holder[name]) }))
}

// Every rule asks for them, and no rule changes the file.
const known = { functions: new WeakMap<Tree, readonly Named[]>(), aggregation: new WeakMap<Tree, readonly Named[]>() }
const knownEvents = new WeakMap<Named, readonly Event[]>()
