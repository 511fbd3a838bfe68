import { type Diagnostic, error, type Pointer, parseInterval, parseSchedule, suggest } from '@anyfaas/kit'
import { listOf, treeOf } from '../normalize/units.ts'
import { under } from '../pointer.ts'
import { isTree, type Tree } from '../tree.ts'
import { aggregatesOf, type Event, eventsOf, functionsOf, type Named } from './outline.ts'

/** What a function and its triggers need or cannot have together. */
export function checkFunctions(root: Tree): Diagnostic[] {
  const layers = new Set(Object.keys(treeOf(root['layers'])))
  return [...functionsOf(root), ...aggregatesOf(root)].flatMap((fn) => [
    ...eventsOf(fn).flatMap(checkEvent),
    ...checkContainer(fn),
    ...checkLayers(fn, layers),
  ])
}

function checkEvent(event: Event): Diagnostic[] {
  if (event.options['version'] !== undefined && event.options['qualifier'] !== undefined) {
    const pointer = under(event.at, 'version')
    return [error('SLS1007', '"version" and "qualifier" are one, and both are here', { pointer, on: 'key' })]
  }
  if (event.kind === 'timer') return checkTimer(event)
  const { topics, topic } = event.options
  if (event.kind !== 'kafka' || listOf(topics).length + listOf(topic).length > 0) return []
  return [error('SLS1004', '"topics" is missing in "kafka"', { pointer: event.at, on: 'key' })]
}

function checkTimer(event: Event): Diagnostic[] {
  const { cron, every, value } = event.options
  if ([cron, every, value, event.given].some((given) => typeof given === 'symbol')) return []
  if (cron !== undefined && every !== undefined) {
    const pointer = under(event.at, 'every')
    return [error('SLS1007', 'a timer has "cron" or "every", not both', { pointer, on: 'key' })]
  }
  if ((cron ?? every ?? value) === undefined && typeof event.given !== 'string') {
    const help = ['cron: "0 8 * * *" or every: 5m']
    return [error('SLS1004', '"cron" or "every" is missing in "timer"', { pointer: event.at, on: 'key', help })]
  }
  return checkOlderTimer(event)
}

// {type: cron | every, value}
function checkOlderTimer(event: Event): Diagnostic[] {
  const { type, value } = event.options
  if (typeof value !== 'string') return []
  const parsed = type === 'cron' ? parseSchedule(value) : parseInterval(value)
  if (!('reason' in parsed)) return []
  return [error('SLS1040', `"${value}" cannot be "value": ${parsed.reason}`, { pointer: under(event.at, 'value') })]
}

function checkContainer(fn: Named): Diagnostic[] {
  const isContainer = fn.own['runtime'] === 'container' || isTree(fn.own['container'])
  const container = treeOf(fn.own['container'])
  if (!isContainer || (fn.own['image'] ?? container['image'] ?? container['build']) !== undefined) return []
  const pointer = isTree(fn.own['container']) ? under(fn.at, 'container') : fn.at
  return [error('SLS1004', `container function "${fn.name}" needs "image" or "build"`, { pointer, on: 'key' })]
}

function checkLayers(fn: Named, known: ReadonlySet<string>): Diagnostic[] {
  const { layers } = fn.own
  if (!Array.isArray(layers)) return []
  return layers.flatMap((name, index) => checkLayer(String(name), under(under(fn.at, 'layers'), index), known))
}

// The platforms' own layer ids have colons, slashes or hashes in them; plain words are names of this file.
function checkLayer(name: string, pointer: Pointer, known: ReadonlySet<string>): Diagnostic[] {
  if (known.has(name) || /[:/#]/.test(name)) return []
  const near = suggest(name, known)
  const help = [near ? `did you mean "${near}"?` : 'declare it under "layers" at the top of the file']
  return [error('SLS1045', `no layer "${name}"`, { pointer, help })]
}
