import type { Pointer } from '@anyfaas/kit'
import { isTree, type Tree } from '../tree.ts'
import type { Decorator } from './decorators.ts'
import { read } from './evaluate.ts'
import { eventItem } from './events.ts'
import type { DeclaredFunction } from './found.ts'
import { functionName, kebab, lowerFirst } from './names.ts'
import type { ClassReading } from './reading.ts'
import { FRAMEWORK_OPTIONS } from './words.ts'

/** What `@Func('file.handler', options)` or `@Func(options)` declares, on a class (no method) or on a method. */
export function olderFunction(reading: ClassReading, func: Decorator, method: string | undefined): DeclaredFunction {
  const at = reading.next(func.node)
  const first = func.args[0] ? read(reading, func.args[0], `${at}/events/0/http`, FRAMEWORK_OPTIONS) : undefined
  const second = func.args[1] ? read(reading, func.args[1], `${at}/events/0/http`, FRAMEWORK_OPTIONS) : undefined
  const given = typeof first === 'string' ? second : first
  const options = isTree(given) ? given : undefined
  const handler = typeof first === 'string' ? first : String(options?.['funHandler'] ?? ownHandler(reading, method))
  const event = eventOf(reading, { func, method, options, at })
  return {
    name: typeof first === 'string' ? functionName(first) : ownName(reading, method),
    handler,
    own: {},
    events: event === undefined ? [] : [event],
    older: true,
    at,
  }
}

// A class without a method is called by its method `handler`.
const DEFAULT_METHOD = 'handler'

function ownHandler({ major, className, id }: ClassReading, method = DEFAULT_METHOD): string {
  return `${major < 2 ? lowerFirst(className) : id}.${method}`
}

function ownName({ major, className, id }: ClassReading, method = DEFAULT_METHOD): string {
  return major < 2 ? functionName(`${kebab(className)}.${kebab(method)}`) : `${id}-${method}`
}

interface OlderEvent {
  readonly func: Decorator
  readonly method: string | undefined
  readonly options: Tree | undefined
  readonly at: Pointer
}

// Without a word about events the function answers GET on a path of its own name.
function eventOf(reading: ClassReading, { func, method, options, at }: OlderEvent): unknown {
  const { event, funHandler: _, ...rest } = options ?? {}
  const isSilent = options === undefined
  const isHttp = isSilent || rest['path'] !== undefined || (reading.major >= 2 && func.args.length > 1)
  const kind = typeof event === 'string' ? event.toLowerCase() : isHttp ? 'http' : undefined
  if (kind === undefined) return undefined
  const path = `/${lowerFirst(reading.className)}/${lowerFirst(method ?? DEFAULT_METHOD)}`
  const own: Tree = kind === 'http' ? { path, ...rest } : rest
  return eventItem(reading, { kind, options: own, trigger: func, place: `${at}/events/0` })
}
