import { type Pointer, warning } from '@anyfaas/kit'
import { under } from '../pointer.ts'
import { isTree, put, type Tree } from '../tree.ts'
import type { Decorator } from './decorators.ts'
import { read } from './evaluate.ts'
import type { Reading } from './reading.ts'
import { FRAMEWORK_OPTIONS, OPTION_WORDS, PRIVATE_TRIGGERS } from './words.ts'

export interface ReadEvent {
  /** An item of `events`; undefined when there is none to say. */
  readonly event?: unknown
  /** All options as the source has them. */
  readonly options: Tree
}

/** What `@ServerlessTrigger(type, options)` says. `at` is the place of its function. */
export function eventOf(reading: Reading, trigger: Decorator, at: Pointer): ReadEvent {
  const [typeNode, optionsNode] = trigger.args
  const place = `${at}/events/0`
  const type = typeNode ? read(reading, typeNode, place) : undefined
  const kind = typeof type === 'string' ? type.toLowerCase() : undefined
  const given = optionsNode ? read(reading, optionsNode, under(place, kind ?? ''), FRAMEWORK_OPTIONS) : {}
  const options = isTree(given) ? given : {}
  if (kind === undefined) return { options }
  return { event: eventItem(reading, { kind, options, trigger, place }), options }
}

interface EventParts {
  readonly kind: string
  readonly options: Tree
  readonly trigger: Decorator
  readonly place: Pointer
}

/** An item of `events`; undefined, and told, for a trigger that no file can say. */
export function eventItem(reading: Reading, { kind, options, trigger, place }: EventParts): unknown {
  if (PRIVATE_TRIGGERS.has(kind)) {
    reading.diagnostics.push(privateTrigger(reading, trigger, kind))
    return undefined
  }
  const told: Tree = {}
  for (const [key, value] of Object.entries(options)) {
    if (FRAMEWORK_OPTIONS.has(key)) continue
    const word = OPTION_WORDS[kind]?.[key] ?? OPTION_WORDS['any']?.[key] ?? key
    put(told, word, value)
    const range = reading.ranges.get(under(under(place, kind), key))
    if (range) reading.ranges.set(under(under(place, kind), word), range)
  }
  if (kind === 'http' || kind === 'apigw') told['method'] ??= 'get'
  return Object.keys(told).length === 0 ? kind : { [kind]: told }
}

export interface Settings {
  readonly functionName?: unknown
  readonly handlerName?: unknown
  /** Keys of the function. */
  readonly keys: Tree
}

/** What `@ServerlessFunction(options)` says. */
export function settingsOf(reading: Reading, settings: Decorator | undefined, at: Pointer): Settings {
  const given = settings?.args[0] ? read(reading, settings.args[0], `${at}/own`) : {}
  if (!isTree(given)) return { keys: {} }
  const { functionName, handlerName, isDeploy, ...keys } = given
  return { functionName, handlerName, keys: { ...keys, ...(isDeploy === false && { deploy: false }) } }
}

function privateTrigger({ module }: Reading, { node }: Decorator, kind: string) {
  return warning('SLS1050', `"${kind}" triggers exist on one company's own platform only, so it is left out`, {
    at: { file: module.file, start: node.start, end: node.end },
  })
}
