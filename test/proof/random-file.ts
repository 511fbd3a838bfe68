import { schema } from '../../src/config/schema.gen.ts'
import type { Schema, Type } from '../../src/config/schema.ts'

type Tree = Record<string, unknown>

/** A service file by chance: the published schema says what may stand where, the pools what makes sense there. */
export function randomFile(seed: number): Tree {
  const dice = new Dice(seed)
  const names = Array.from({ length: dice.upTo(1) + 1 }, () => dice.mark())
  const functions = Object.fromEntries(names.map((name) => [name, make(dice, defOf('function'), 'function')]))
  const file: Tree = { service: dice.mark(), functions }
  for (const [key, chance] of Object.entries(PARTS)) if (dice.chance(chance)) file[key] = makeKey(dice, schema, key)
  if (dice.chance(0.1)) file['aggregation'] = { [dice.mark()]: aggregateOf(dice, names) }
  if (dice.chance(0.1)) file['domain'] = domainOf(dice, names)
  return file
}

const PARTS = { provider: 0.4, package: 0.1, custom: 0.1, params: 0.05, resources: 0.1, overrides: 0.05 } as const

function aggregateOf(dice: Dice, names: readonly string[]): unknown {
  const aggregate = make(dice, defOf('aggregate'), 'aggregate') as Tree
  const members = names.filter((_, index) => index === 0 || dice.chance(0.5))
  const { functionsPattern: _, deploy: __, ...rest } = aggregate
  return dice.chance(0.3)
    ? { ...rest, functions: members, functionsPattern: ['*'], eventTrigger: true }
    : { ...rest, functions: members }
}

function domainOf(dice: Dice, names: readonly string[]): unknown {
  const domain = makeKey(dice, schema, 'domain')
  if (typeof domain !== 'object' || domain === null || !('routes' in domain)) return domain
  return { ...domain, routes: { [`/${dice.mark()}`]: dice.one(names), '/*': dice.one(names) } }
}

function defOf(name: string): Schema {
  return schema.$defs[name] as Schema
}

function makeKey(dice: Dice, holder: Schema, key: string): unknown {
  return make(dice, holder.properties?.[key] ?? {}, key)
}

function make(dice: Dice, given: Schema, key: string): unknown {
  const rule = given.$ref ? defOf(given.$ref.slice('#/$defs/'.length)) : given
  // One word is a number of calls here and the id of a cluster there.
  const isText = ['instance', 'format'].includes(key) && rule.type === 'string' && !rule.enum
  const pool = POOLS[isText ? `${key} text` : key]
  if (pool && dice.chance(0.9)) return pool(dice)
  if (rule.type === undefined) return anything(dice)
  if (rule.secret && dice.chance(0.2)) return `\${secret:${dice.mark().toUpperCase()}}`
  // `null` is an absent key, and the long form of what has a short one is the richer.
  const types = ([] as readonly Type[]).concat(rule.type).filter((type) => type !== 'null')
  const rich = types.filter((type) => type === 'object' || type === 'array')
  const type = rich.length > 0 && dice.chance(0.7) ? dice.one(rich) : dice.one(types)
  return MAKERS[type](dice, rule, key)
}

const MAKERS: Readonly<Record<Type, (dice: Dice, rule: Schema, key: string) => unknown>> = {
  string: (dice, rule) => textOf(dice, rule),
  integer: (dice, { minimum = 0, maximum = minimum + 1000 }) => minimum + dice.upTo(Math.min(maximum - minimum, 4000)),
  number: (dice, { minimum = 0, maximum = minimum + 10 }) => minimum + dice.upTo(Math.floor(maximum - minimum)),
  boolean: (dice) => dice.chance(0.5),
  null: () => null,
  array: (dice, { items = {} }, key) =>
    Array.from({ length: dice.upTo(2) + 1 }, () => make(dice, items, `${key}[]`)).slice(
      0,
      key === 'events' && dice.chance(0.6) ? 1 : 9,
    ),
  object: makeTree,
}

function makeTree(dice: Dice, rule: Schema, key: string): unknown {
  const { properties = {}, required = [], additionalProperties } = rule
  if (key === 'events[]') return eventOf(dice, rule)
  const known = Object.keys(properties).filter((name) => !SKIPPED.has(name))
  // A few keys of many: every one comes up in time, and few of them quarrel.
  const share =
    known.length === 0 ? 0 : Math.min(0.6, (key === 'function' || key === 'provider' ? 2 : 2.5) / known.length)
  const wanted = known.filter((name) => required.includes(name) || dice.chance(share * (FAVOURED.has(name) ? 4 : 1)))
  const tree: Tree = Object.fromEntries(wanted.map((name) => [name, make(dice, properties[name] as Schema, name)]))
  if (typeof additionalProperties === 'object')
    for (let count = dice.upTo(2); count >= 0; count--) tree[dice.mark()] = make(dice, additionalProperties, `${key}{}`)
  if (key === 'function' && dice.chance(0.06))
    tree['container'] = {
      ...(make(dice, properties['container'] as Schema, 'container') as Tree),
      image: make(dice, {}, 'image'),
    }
  return tree
}

const SKIPPED = new Set(['type', 'value', 'stage', 'deployOrigin', 'container', 'image'])
const FAVOURED = new Set(['events', 'environment', 'cron', 'path', 'method', 'project', 'log', 'store'])

function eventOf(dice: Dice, rule: Schema): Tree {
  const kind = dice.one(Object.keys(rule.properties ?? {}).concat(Array(12).fill('http'), Array(8).fill('timer')))
  const made = make(dice, rule.properties?.[kind] as Schema, `event-${kind}`)
  if (kind === 'kafka' || kind === 'ckafka' || kind === 'msk')
    return { [kind]: { topics: [dice.mark()], ...(made as Tree) } }
  const isBareTimer = ['timer', 'schedule', 'cron'].includes(kind) && typeof made === 'object'
  if (!isBareTimer) return { [kind]: made }
  const { cron, every, ...rest } = made as Tree
  return { [kind]: every === undefined ? { ...rest, cron: cron ?? '0 8 * * *' } : { ...rest, every } }
}

function textOf(dice: Dice, { form, enum: values, pattern }: Schema): unknown {
  if (values) return dice.one(values)
  if (pattern?.startsWith('^(')) return dice.one(pattern.slice(2, -2).split('|'))
  return form ? dice.one(FORMS[form] as readonly string[]).replace('MARK', dice.mark()) : dice.mark()
}

const FORMS: Readonly<Record<string, readonly string[]>> = {
  schedule: [
    '0 8 * * *',
    '*/5 * * * *',
    '0 0 8 ? * MON-FRI *',
    'cron(0 8 * * ? *)',
    'rate(5 minutes)',
    '@every 90m',
    '@daily',
    '30 0 8 1 * *',
    '0 0 1 * 5',
    '0 9 L * *',
  ],
  interval: ['5m', '1h', '90s', '1d', '7m', '1h30m'],
  timezone: ['UTC', 'Asia/Shanghai', 'America/New_York', 'Asia/Kolkata'],
  path: ['/MARK', '/MARK/:id', '/MARK/{id}/x', '/MARK/*', '/*', '/'],
  method: ['get', 'post', 'get,post', 'any', 'delete', 'patch'],
  route: ['GET /MARK', '/MARK/*', 'post', 'get,put /MARK/:id'],
}

function anything(dice: Dice): unknown {
  return dice.one([dice.mark(), { [dice.mark()]: dice.mark() }, [dice.mark(), 7], 7])
}

type Pool = (dice: Dice) => unknown
const of =
  (...values: readonly unknown[]): Pool =>
  (dice) =>
    dice.one(values)

// What a key wants beyond its type; the rest of the time chance has its way.
const POOLS: Readonly<Record<string, Pool>> = {
  runtime: of(
    'nodejs',
    'nodejs',
    'nodejs20',
    'nodejs18',
    'nodejs22',
    'python3.10',
    'python3.12',
    'java11',
    'go1',
    'php7.4',
    'custom',
  ),
  timeout: of(1, 3, 30, 60, 900, 901, 3600),
  memorySize: of(64, 128, 200, 512, 1024, 3072, 10_240, 32_768),
  cpu: of(0.05, 0.35, 1, 2.02),
  diskSize: of(512, 1024, 10_240),
  edition: of('3.0', '2.0'),
  region: of('cn-hangzhou', 'us-east-1', 'ap-guangzhou'),
  handler: (dice) => `${dice.mark()}.handler`,
  initializer: (dice) => `${dice.mark()}.initializer`,
  layers: (dice) => [`acs:fc:cn-hangzhou:1:layers/${dice.mark()}/versions/1`, `${dice.mark()}:3`].slice(dice.upTo(1)),
  overrides: (dice) => ({ [dice.one(['aliyun', 'aws', 'tencent', 'other'])]: {} }),
  resources: (dice) => ({ [dice.one(['aliyun', 'aws', 'tencent', 'other'])]: {} }),
  image: (dice) =>
    dice
      .one(['ccr.ccs.tencentyun.com/a/MARK:1', '123456789012.dkr.ecr.us-east-1.amazonaws.com/MARK:1', 'docker.io/MARK'])
      .replace('MARK', dice.mark()),
  port: of(9000, 9000, 8080),
  bucket: (dice) => dice.one(['MARK', 'MARK-1250000000']).replace('MARK', dice.mark()),
  'instance text': (dice) =>
    dice.one(['MARK', 'arn:aws:kafka:us-east-1:123456789012:cluster/MARK/1']).replace('MARK', dice.mark()),
  table: (dice) =>
    dice.one(['MARK', 'arn:aws:dynamodb:us-east-1:123456789012:table/MARK/stream/2026']).replace('MARK', dice.mark()),
  onSuccess: (dice) =>
    dice
      .one(['MARK', 'arn:aws:sqs:us-east-1:123456789012:MARK', 'arn:aws:sns:us-east-1:123456789012:MARK'])
      .replace('MARK', dice.mark()),
  onFailure: (dice) =>
    dice.one(['MARK', 'arn:aws:lambda:us-east-1:123456789012:function:MARK']).replace('MARK', dice.mark()),
  role: (dice) =>
    dice.one(['acs:ram::1:role/MARK', 'arn:aws:iam::123456789012:role/MARK', 'MARK']).replace('MARK', dice.mark()),
  'environment{}': (dice) =>
    dice
      .one(['MARK', 'é'.repeat(9), 'MARK ${x}', 7, true])
      .toString()
      .replace('MARK', dice.mark()),
  offset: of('latest', 'earliest'),
  position: of('latest', 'earliest'),
  audience: (dice) => [dice.mark()],
  jwks: (dice) => dice.one(['{"keys":[{"kid":"MARK"}]}', 'https://MARK.example.com/jwks']).replace('MARK', dice.mark()),
  issuer: (dice) => `https://${dice.mark()}.example.com`,
  retry: of('BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY', 3),
  'format text': of('json', 'STREAM'),
  certificate: (dice) =>
    dice.one<unknown>([
      { id: dice.mark() },
      { arn: 'arn:aws:acm:us-east-1:123456789012:certificate/1' },
      { name: dice.mark(), certificate: dice.mark(), privateKey: dice.mark() },
    ]),
  qos: of(0, 1, 2),
  broker: (dice) => `mqtt://${dice.mark()}`,
  subnets: (dice) =>
    dice.one([['subnet-0123456789abcdef0'], ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'], [dice.mark()]]),
  securityGroups: (dice) =>
    dice.one([['sg-0123456789abcdef0'], ['sg-0123456789abcdef0', 'sg-0123456789abcdef1'], [dice.mark()]]),
  outputs: (dice) => [{ name: dice.mark(), kind: dice.one(['mq', 'queue', 'http']), to: dice.mark() }],
}

/** Chance that can be repeated: the same seed throws the same numbers everywhere. */
class Dice {
  #state: number
  #marks = 0

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** At least 0, below 1. https://en.wikipedia.org/wiki/Xorshift */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  upTo(most: number): number {
    return Math.floor(this.next() * (most + 1))
  }

  chance(part: number): boolean {
    return this.next() < part
  }

  one<T>(list: readonly T[]): T {
    return list[this.upTo(list.length - 1)] as T
  }

  /** A word that stands nowhere else in the file. */
  mark(): string {
    this.#marks++
    return `mark${this.#marks.toString(36).padStart(3, '0')}x`
  }
}
