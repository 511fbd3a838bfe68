import { type Diagnostic, error, type Pointer, parseInterval, parseSchedule, warning } from '@anyfaas/kit'
import { parseMethods, splitRoute } from './forms.ts'
import { membershipOf } from './normalize/aggregate.ts'
import { listOf, treeOf } from './normalize/units.ts'
import { parsePath } from './path.ts'
import { under } from './pointer.ts'
import { suggest } from './suggest.ts'
import { isTree, type Tree } from './tree.ts'

/** What a schema cannot say: names that have to exist, and things that exclude or need each other. */
export function checkRules(root: Tree): readonly Diagnostic[] {
  return [
    ...checkFunctions(root),
    ...checkAggregates(root),
    ...checkRoutes(root),
    ...checkDomain(root),
    ...checkEmpty(root),
  ]
}

interface Named {
  readonly name: string
  readonly at: Pointer
  readonly own: Tree
}

interface Event {
  readonly kind: string
  readonly options: Tree
  readonly given: unknown
  readonly at: Pointer
}

function functionsOf(root: Tree): Named[] {
  return Object.entries(treeOf(root['functions'])).map(([name, own]) => ({
    name,
    at: under('/functions', name),
    own: treeOf(own),
  }))
}

function aggregatesOf(root: Tree): Named[] {
  return Object.entries(treeOf(root['aggregation'])).map(([name, own]) => ({
    name,
    at: under('/aggregation', name),
    own: treeOf(own),
  }))
}

function eventsOf(fn: Named): Event[] {
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

function checkFunctions(root: Tree): Diagnostic[] {
  const layers = new Set([
    ...Object.keys(treeOf(root['layers'])),
    ...functionsOf(root).flatMap((fn) => Object.keys(treeOf(fn.own['layers']))),
  ])
  return [...functionsOf(root), ...aggregatesOf(root)].flatMap((fn) => [
    ...eventsOf(fn).flatMap(checkEvent),
    ...checkContainer(fn),
    ...listOf(Array.isArray(fn.own['layers']) ? fn.own['layers'] : []).flatMap((name, index) =>
      checkLayer(name, under(under(fn.at, 'layers'), index), layers),
    ),
  ])
}

function checkEvent(event: Event): Diagnostic[] {
  if (event.kind === 'timer') return checkTimer(event)
  if (event.kind === 'kafka' && listOf(event.options['topics']).length + listOf(event.options['topic']).length === 0) {
    return [error('SLS1004', '"topics" is missing in "kafka"', { pointer: event.at, on: 'key' })]
  }
  return []
}

function checkTimer(event: Event): Diagnostic[] {
  const { cron, every, type, value } = event.options
  const given = typeof event.given === 'string' ? event.given : undefined
  if (
    typeof cron === 'symbol' ||
    typeof every === 'symbol' ||
    typeof value === 'symbol' ||
    typeof event.given === 'symbol'
  )
    return []
  if (cron !== undefined && every !== undefined) {
    return [
      error('SLS1007', 'a timer has "cron" or "every", not both', { pointer: under(event.at, 'every'), on: 'key' }),
    ]
  }
  if (cron === undefined && every === undefined && value === undefined && given === undefined) {
    const help = ['cron: "0 8 * * *" or every: 5m']
    return [error('SLS1004', '"cron" or "every" is missing in "timer"', { pointer: event.at, on: 'key', help })]
  }
  if (typeof value !== 'string') return []
  const parsed = type === 'cron' ? parseSchedule(value) : parseInterval(value)
  return 'reason' in parsed
    ? [error('SLS1040', `"${value}" cannot be "value": ${parsed.reason}`, { pointer: under(event.at, 'value') })]
    : []
}

function checkContainer(fn: Named): Diagnostic[] {
  const container = treeOf(fn.own['container'])
  const isContainer = fn.own['runtime'] === 'container' || isTree(fn.own['container'])
  if (
    !isContainer ||
    fn.own['image'] !== undefined ||
    container['image'] !== undefined ||
    container['build'] !== undefined
  )
    return []
  return [
    error('SLS1004', `"image" or "build" is missing in container function "${fn.name}"`, {
      pointer: isTree(fn.own['container']) ? under(fn.at, 'container') : fn.at,
      on: 'key',
    }),
  ]
}

// The platforms' own layer ids have colons, slashes or hashes in them; plain words are names of this file.
function checkLayer(name: string, pointer: Pointer, known: ReadonlySet<string>): Diagnostic[] {
  if (known.has(name) || /[:/#]/.test(name)) return []
  const near = suggest(name, known)
  const help = near ? [`did you mean "${near}"?`] : ['declare it under "layers" at the top of the file']
  return [error('SLS1045', `no layer "${name}"`, { pointer, help })]
}

function checkAggregates(root: Tree): Diagnostic[] {
  const functions = functionsOf(root)
  const names = functions.map((fn) => fn.name)
  const candidates = functions.map((fn) => ({
    name: fn.name,
    isHttp: eventsOf(fn).some((event) => event.kind === 'http'),
  }))
  const memberships = membershipOf(treeOf(root['aggregation']) as Record<string, Tree>, candidates)
  const owner = new Map<string, string>()
  return aggregatesOf(root).flatMap((aggregate, index) => {
    const members = memberships[index]?.members ?? []
    const found = [...unknownMembers(aggregate, names), ...clashes(aggregate, members, names)]
    if (members.length === 0 && names.length > 0 && found.length === 0)
      found.push(
        error('SLS1043', `aggregate "${aggregate.name}" has no functions`, { pointer: aggregate.at, on: 'key' }),
      )
    for (const member of members) {
      const other = owner.get(member)
      if (other !== undefined)
        found.push(
          error('SLS1044', `function "${member}" is in aggregates "${other}" and "${aggregate.name}"`, {
            pointer: aggregate.at,
            on: 'key',
            help: ['exclude it from one: functionsPattern: ["*", "!' + member + '"]'],
          }),
        )
      owner.set(member, other ?? aggregate.name)
    }
    return found
  })
}

function unknownMembers(aggregate: Named, names: readonly string[]): Diagnostic[] {
  const { functions } = aggregate.own
  const at = under(aggregate.at, 'functions')
  return listOf(functions).flatMap((name, index) => {
    if (names.includes(name)) return []
    const near = suggest(name, names)
    return [
      error('SLS1043', `no function "${name}"`, {
        pointer: Array.isArray(functions) ? under(at, index) : at,
        ...(near && { help: [`did you mean "${near}"?`] }),
      }),
    ]
  })
}

// An aggregate may bear a member's name, because the member is not deployed on its own then.
function clashes(aggregate: Named, members: readonly string[], names: readonly string[]): Diagnostic[] {
  if (!names.includes(aggregate.name)) return []
  if (members.includes(aggregate.name) && aggregate.own['deployOrigin'] !== true) return []
  return [
    error(
      'SLS1047',
      `aggregate "${aggregate.name}" and function "${aggregate.name}" would be deployed under one name`,
      { pointer: aggregate.at, on: 'key' },
    ),
  ]
}

function checkRoutes(root: Tree): Diagnostic[] {
  const seen = new Map<string, string>()
  const found: Diagnostic[] = []
  for (const fn of functionsOf(root)) {
    for (const event of eventsOf(fn)) {
      if (event.kind !== 'http') continue
      const short = typeof event.given === 'string' ? splitRoute(event.given) : undefined
      for (const route of routesOf(short?.method ?? event.options['method'], short?.path ?? event.options['path'])) {
        const other = seen.get(route)
        if (other !== undefined && other !== fn.name) {
          found.push(
            warning('SLS1042', `functions "${other}" and "${fn.name}" both answer ${route}`, {
              pointer: event.at,
              on: 'key',
              help: [`on a shared address "${other}" gets it; give one of them another path or method`],
            }),
          )
          break
        }
        seen.set(route, fn.name)
      }
    }
  }
  return found
}

function routesOf(method: unknown, path: unknown): string[] {
  if (typeof path === 'symbol' || typeof method === 'symbol') return []
  const parsed = parsePath(typeof path === 'string' ? path : '/*')
  if ('reason' in parsed) return []
  const lists = listOf(method).map((text) => parseMethods(text) ?? [])
  const methods = lists.length === 0 || lists.some((list) => list.length === 0) ? ['ANY'] : lists.flat()
  // Parameters of other names are the same route.
  return methods.map((name) => `${name} ${parsed.path.replace(/:\w+/g, ':_')}`)
}

function checkDomain(root: Tree): Diagnostic[] {
  const routes = treeOf(treeOf(root['domain'])['routes'])
  const names = new Set([...functionsOf(root), ...aggregatesOf(root)].map((fn) => fn.name))
  return Object.entries(routes).flatMap(([path, name]) => {
    if (names.has(String(name)) || typeof name === 'symbol') return []
    const near = suggest(String(name), names)
    return [
      error('SLS1043', `no function "${String(name)}"`, {
        pointer: under('/domain/routes', path),
        ...(near && { help: [`did you mean "${near}"?`] }),
      }),
    ]
  })
}

function checkEmpty(root: Tree): Diagnostic[] {
  if (functionsOf(root).length > 0 || (root['deployType'] ?? undefined) !== undefined) return []
  const pointer = 'functions' in root ? '/functions' : ''
  return [
    warning('SLS1046', 'the file has no functions', {
      pointer,
      on: 'key',
      help: ['functions: { hello: { handler: hello.handler, events: [http] } }'],
    }),
  ]
}
