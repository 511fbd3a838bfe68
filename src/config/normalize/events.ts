import {
  type Auth,
  type Batch,
  type Cors,
  METHODS,
  type Method,
  type Pointer,
  parseInterval,
  parseSchedule,
  type Schedule,
  type Trigger,
  type TriggerKind,
  type TriggerOf,
} from '@anyfaas/kit'
import { DEFAULTS } from '../defaults.ts'
import { parseMethods, splitRoute } from '../forms.ts'
import { parsePath } from '../path.ts'
import { under } from '../pointer.ts'
import { isTree, type Tree } from '../tree.ts'
import { defined, flagOf, listOf, numberOf, optionalList, secretableOf, textOf, treeOf } from './units.ts'

/** The triggers of a checked `events` list. `at` is the pointer of the list. */
export function normalizeEvents(events: unknown, at: Pointer): Trigger[] {
  if (!Array.isArray(events)) return []
  return events.map((event, index) => normalizeEvent(event, under(at, index)))
}

function normalizeEvent(event: unknown, at: Pointer): Trigger {
  const kind = (
    typeof event === 'string' ? event : (Object.keys(treeOf(event)).find((key) => !key.startsWith('x-')) ?? '')
  ) as TriggerKind
  const given = typeof event === 'string' ? undefined : treeOf(event)[kind]
  const options = isTree(given) ? given : shorthand(kind, given)
  const common = defined({
    name: textOf(options['name']),
    qualifier: textOf(options['qualifier']),
    role: textOf(options['role']),
    overrides: isTree(options['overrides']) ? options['overrides'] : undefined,
  })
  const base = {
    kind,
    at: typeof event === 'string' ? at : under(at, kind),
    enabled: given !== false && options['enabled'] !== false,
  }
  return Object.assign(base, common, (READERS[kind] as (options: Tree) => object)(options)) as Trigger
}

// What a text or a number in place of the options means, by kind.
function shorthand(kind: TriggerKind, given: unknown): Tree {
  if (typeof given !== 'string') return {}
  if (kind === 'http') return { ...splitRoute(given) }
  if (kind === 'timer') return { cron: given }
  return { [kind === 'mq' ? 'topic' : kind]: given }
}

type Options<K extends TriggerKind> = Omit<
  TriggerOf<K>,
  'kind' | 'at' | 'name' | 'enabled' | 'qualifier' | 'role' | 'overrides'
>

const READERS: { readonly [K in TriggerKind]: (options: Tree) => Options<K> } = {
  http: readHttp,
  timer: (options) => ({
    schedule: readSchedule(options),
    timezone: textOf(options['timezone']) ?? DEFAULTS.timezone,
    ...('payload' in options && { payload: options['payload'] }),
  }),
  os: (options) => {
    const filter = treeOf(options['filter'])
    const parts = defined({ prefix: textOf(filter['prefix']), suffix: textOf(filter['suffix']) })
    const events = listOf(options['events'])
    return {
      bucket: String(options['bucket']),
      events: events.length > 0 ? events : ['created'],
      ...(Object.keys(parts).length > 0 && { filter: parts }),
    }
  },
  mq: (options) => ({
    topic: String(options['topic']),
    ...defined({
      filter: options['filter'] ?? undefined,
      tags: optionalList(options['tags']),
      format: textOf(options['format']),
      retry: textOf(options['retry']),
      region: textOf(options['region']),
    }),
  }),
  queue: (options) => ({
    queue: String(options['queue']),
    ...defined({ batch: readBatch(options['batch']), visibilitySec: numberOf(options['visibility']) }),
  }),
  kafka: (options) => ({
    topics: [...listOf(options['topics']), ...listOf(options['topic'])],
    ...defined({
      brokers: optionalList(options['brokers']),
      instance: textOf(options['instance']),
      group: textOf(options['group']),
      offset: textOf(options['offset']),
      batch: readBatch(options['batch']),
    }),
  }),
  mqtt: (options) => ({
    topic: String(options['topic']),
    ...defined({
      broker: secretableOf(options['broker']),
      instance: textOf(options['instance']),
      qos: numberOf(options['qos']) as 0 | 1 | 2 | undefined,
    }),
  }),
  log: (options) => ({
    source: String(options['source']),
    ...defined({
      project: textOf(options['project']),
      log: textOf(options['log']),
      retry: numberOf(options['retry']),
      intervalSec: numberOf(options['interval']),
      filter: textOf(options['filter']),
    }),
  }),
  table: (options) => ({
    table: String(options['table']),
    ...defined({ instance: textOf(options['instance']), batch: readBatch(options['batch']) }),
  }),
  stream: (options) => ({
    stream: String(options['stream']),
    ...defined({ position: textOf(options['position']), batch: readBatch(options['batch']) }),
  }),
  cdn: (options) => ({ events: listOf(options['events']), domains: listOf(options['domains']) }),
  eventbus: (options) => defined({ bus: textOf(options['bus']), pattern: options['pattern'] ?? undefined }),
  dapr: (options) => ({
    component: String(options['component']),
    ...defined({
      topic: textOf(options['topic']),
      components: isTree(options['components']) ? options['components'] : undefined,
    }),
  }),
  event: () => ({}),
}

function readHttp(options: Tree): Options<'http'> {
  const parsed = parsePath(textOf(options['path']) ?? DEFAULTS.httpPath)
  const route = {
    path: 'path' in parsed ? parsed.path : DEFAULTS.httpPath,
    methods: readMethods(options['method']),
    auth: readAuth(options['auth']),
  }
  const others = defined({
    cors: readCors(options['cors']),
    timeoutSec: numberOf(options['timeout']),
    streaming: flagOf(options['streaming']),
  })
  return Object.assign(route, others)
}

function readMethods(given: unknown): readonly Method[] {
  if (typeof given !== 'string') return listMethods(given)
  const known = methodsOfText.get(given) ?? listMethods(given)
  methodsOfText.set(given, known)
  return known
}

// The same few texts come again in every function.
const methodsOfText = new Map<string, readonly Method[]>()

function listMethods(given: unknown): readonly Method[] {
  const lists = listOf(given).map((text) => parseMethods(text) ?? [])
  if (lists.length === 0 || lists.some((list) => list.length === 0)) return []
  const wanted = new Set(lists.flat())
  return METHODS.filter((method) => wanted.has(method))
}

function readCors(given: unknown): Cors | undefined {
  if (given === true) return { origins: ['*'] }
  if (!isTree(given)) return undefined
  const origins = listOf(given['origins'])
  return {
    origins: origins.length > 0 ? origins : ['*'],
    ...defined({
      methods: given['methods'] === undefined ? undefined : readMethods(given['methods']),
      headers: optionalList(given['headers']),
      exposeHeaders: optionalList(given['exposeHeaders']),
      maxAgeSec: numberOf(given['maxAge']),
      credentials: flagOf(given['credentials']),
    }),
  }
}

function readAuth(given: unknown): Auth {
  if (!isTree(given)) return { kind: given === 'iam' ? 'iam' : 'none' }
  const jwt = treeOf(given['jwt'])
  return {
    kind: 'jwt',
    ...defined({
      issuer: textOf(jwt['issuer']),
      audience: optionalList(jwt['audience']),
      jwks: textOf(jwt['jwks']),
      source: textOf(jwt['source']),
    }),
  }
}

// `cron`, `every`, or the older {type, value}.
function readSchedule(options: Tree): Schedule {
  const older = textOf(options['type']) === 'cron' ? 'cron' : 'every'
  const every = textOf(options['every'] ?? (older === 'every' ? options['value'] : undefined))
  const text = textOf(options['cron'] ?? (older === 'cron' ? options['value'] : undefined)) ?? ''
  const parsed = every === undefined ? parseSchedule(text) : parseInterval(every)
  if ('reason' in parsed) throw new Error(`unchecked schedule: ${parsed.reason}`)
  return parsed
}

function readBatch(given: unknown): Batch | undefined {
  if (typeof given === 'number') return { size: given }
  if (!isTree(given)) return undefined
  return defined({ size: numberOf(given['size']), windowSec: numberOf(given['window']) })
}
