import { type Diagnostic, type Pointer, warning } from '@anyfaas/kit'
import type { Range } from '../source.ts'
import type { Tree } from '../tree.ts'
import { type Decorator, decoratorsOf, named } from './decorators.ts'
import { read, UNREADABLE } from './evaluate.ts'
import { eventOf, settingsOf } from './events.ts'
import type { DeclaredFunction } from './found.ts'
import { type Module, Modules, readModule } from './modules.ts'
import { joinPath, providerName } from './names.ts'
import { olderFunction } from './older.ts'
import type { ClassReading, Reading } from './reading.ts'
import { type Node, nameOf, partOf, partsOf } from './syntax.ts'
import { DECORATORS, ROUTES } from './words.ts'

export interface ClassesQuery {
  /** Absolute path. */
  readonly file: string
  readonly text: string
  /** The framework's major version. */
  readonly major: number
}

export interface ClassesFound {
  readonly functions: readonly DeclaredFunction[]
  readonly ranges: readonly (readonly [Pointer, Range])[]
  readonly diagnostics: readonly Diagnostic[]
  /** Other files that constants and classes were taken from. */
  readonly used: readonly string[]
}

/** The functions of a file's classes; undefined when the file cannot be parsed. */
export function readClasses({ file, text, major }: ClassesQuery): ClassesFound | undefined {
  const module = readModule(file, text)
  if (!module) return undefined
  const modules = new Modules()
  const ranges = new Map<Pointer, Range>()
  const diagnostics: Diagnostic[] = []
  let count = 0
  const next = (node: Node): Pointer => {
    const at = `/${count++}`
    ranges.set(at, { start: node.start, end: node.end })
    return at
  }
  const functions = module.classes.flatMap((node) => {
    const className = nameOf(partOf(node, 'id')) ?? 'default'
    return readClass(
      { module, modules, ranges, diagnostics, major, next, className, id: providerName(className) },
      node,
    )
  })
  return { functions, ranges: [...ranges], diagnostics, used: modules.files() }
}

function readClass(given: ClassReading, node: Node): DeclaredFunction[] {
  const decorators = decoratorsOf(given.module, node)
  const [provide] = named(decorators, DECORATORS.provide)
  const [controller] = named(decorators, DECORATORS.controller)
  const id = provide?.args[0] ? read(given, provide.args[0], '/id') : undefined
  const reading = { ...given, id: typeof id === 'string' ? id : given.id }
  const whole = named(decorators, DECORATORS.func).map((func) => olderFunction(reading, func, undefined))
  const prefix = controller ? prefixOf(reading, controller) : undefined
  if (controller) checkInherited(reading, node)
  const methods = partsOf(partOf(node, 'body'), 'body').flatMap((member) => readMethod(reading, member, prefix))
  return [...whole, ...methods]
}

function prefixOf(reading: ClassReading, controller: Decorator): string | undefined {
  const [first] = controller.args
  const prefix = first ? read(reading, first, '/prefix') : '/'
  return typeof prefix === 'string' ? prefix : undefined
}

function readMethod(reading: ClassReading, member: Node, prefix: string | undefined): DeclaredFunction[] {
  const method = nameOf(partOf(member, 'key'))
  const decorators = decoratorsOf(reading.module, member)
  if (method === undefined || decorators.length === 0) return []
  const older = named(decorators, DECORATORS.func).map((func) => olderFunction(reading, func, method))
  const [settings] = named(decorators, DECORATORS.settings)
  const triggers = named(decorators, DECORATORS.trigger).map((trigger) =>
    triggeredFunction(reading, { method, trigger, ...(settings && { settings }) }),
  )
  if (prefix === undefined) return [...older, ...triggers]
  const routes = decorators.flatMap((route) => {
    const verb = ROUTES.get(route.name)
    return verb === undefined ? [] : routedFunction(reading, { method, route, verb, prefix })
  })
  return [...older, ...triggers, ...routes]
}

interface Triggered {
  readonly method: string
  readonly trigger: Decorator
  readonly settings?: Decorator
}

function triggeredFunction(reading: ClassReading, { method, trigger, settings }: Triggered): DeclaredFunction {
  const at = reading.next(trigger.node)
  const { event, options } = eventOf(reading, trigger, at)
  const own = settingsOf(reading, settings, at)
  const name = own.functionName ?? options['functionName'] ?? `${reading.id.replaceAll(/[:#]/g, '-')}-${method}`
  const handler = own.handlerName ?? options['handlerName'] ?? `${reading.id}.${method}`
  return {
    name: String(name),
    handler: String(handler),
    own: own.keys,
    events: event === undefined ? [] : [event],
    older: false,
    at,
  }
}

interface Routed {
  readonly method: string
  readonly route: Decorator
  readonly verb: string
  readonly prefix: string
}

function routedFunction(reading: ClassReading, { method, route, verb, prefix }: Routed): DeclaredFunction[] {
  const at = reading.next(route.node)
  const [first] = route.args
  const path = first ? read(reading, first, `${at}/events/0/http/path`) : '/'
  if (path === UNREADABLE || typeof path !== 'string') return []
  const http: Tree = { path: joinPath(prefix, path), method: verb }
  const { id } = reading
  return [{ name: `${id}-${method}`, handler: `${id}.${method}`, own: {}, events: [{ http }], older: false, at }]
}

// The framework keeps the routes of a class to that class.
function checkInherited(reading: ClassReading, node: Node): void {
  const parent = partOf(node, 'superClass')
  const found = parent && findClass(reading, nameOf(parent))
  if (!parent || !found) return
  const routes = partsOf(partOf(found.node, 'body'), 'body').filter((member) =>
    decoratorsOf(found.module, member).some(({ name }) => ROUTES.has(name)),
  )
  if (routes.length === 0) return
  reading.diagnostics.push(
    warning('SLS1050', `the routes of "${nameOf(parent)}" do not become routes of "${reading.className}"`, {
      at: { file: reading.module.file, start: parent.start, end: parent.end },
      help: ['the framework does not inherit them either; declare them in the class itself'],
    }),
  )
}

function findClass({ module, modules }: Reading, name: string | undefined): { node: Node; module: Module } | undefined {
  if (name === undefined) return undefined
  const imported = module.imports.get(name)
  const home = imported ? modules.follow(module, imported.from) : module
  const node = home?.classes.find((each) => nameOf(partOf(each, 'id')) === (imported?.name ?? name))
  return node && home ? { node, module: home } : undefined
}
