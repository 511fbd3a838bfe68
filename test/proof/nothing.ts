import { joinPointer } from '../../src/config/pointer.ts'
import { type Leaf, valueAt } from './leaves.ts'

type Tree = Record<string, unknown>

export const READING = 'reading'

interface Nothing {
  readonly at: RegExp
  readonly why: string
  /** Only this value means nothing: it is the default. */
  readonly value?: unknown
  /** Only where the function that it belongs to is so. */
  readonly when?: (fn: Tree, holder: Tree) => boolean
  /** At this stage only. */
  readonly on?: RegExp
  /** At the reading of the file it has a meaning. */
  readonly translated?: true
}

const ONE_ADDRESS = /^(aliyun|tencent)/

/** Leaves of a file that mean nothing, and why that is right. */
const NOTHING: readonly Nothing[] = [
  { at: /(^|\/)x-[^/]*(\/|$)/, why: 'a key of the user’s own' },
  { at: /^\/params(\/|$)/, why: 'values for ${param:}; only those that are asked for' },
  { at: /^\/stages\/(?!dev\/)/, why: 'a stage that is not in use' },
  { at: /^\/aggregation\/[^/]+\/handler$/, why: 'the handler of an aggregate is generated' },
  { at: /\/deployOrigin$/, value: false, why: 'the default' },
  { at: /\/timer\/type$/, value: 'every', why: 'the default of the older form' },
  { at: /^\/domain$/, value: false, why: 'the default' },
  { at: /\/(url|streaming|cors)$/, value: false, why: 'the default' },
  { at: /\/(logs|deploy|enabled)$/, value: true, why: 'the default' },
  {
    at: /\/runtime$/,
    when: ({ runtime, custom }) => runtime === 'custom' && custom !== undefined,
    why: 'custom: says so too',
  },
  { at: /\/methods?\/\d+$/, why: 'a list is a union: named twice, or among all' },
  { at: /^\/aggregation\/[^/]+\/(functions\/\d+|functionsPattern\/\d+|eventTrigger)$/, why: 'a set: named twice' },
  {
    at: /\/(event(\/(role|version|qualifier|name|enabled))?|events\/\d+)$/,
    why: 'the caller names them',
    translated: true,
  },
  {
    at: /\/timezone$/,
    when: (_, { every, cron }) => every !== undefined || /^(@every|rate)/.test(String(cron)),
    why: 'an interval is the same in every zone',
    translated: true,
  },
  { at: /^\/custom(\/|$)/, why: 'free, for variables', translated: true },
  { at: /^\/plugins(\/|$)/, why: 'the loading of plugins reads it', translated: true },
  {
    at: /^\/provider(\/(name|edition|region|profile|accountId|endpoint))?$/,
    why: 'chooses platform, place and account',
    translated: true,
  },
  { at: /(^|\/)package\//, why: 'the packager reads it', translated: true },
  { at: /(^|\/)layers\//, why: 'runtime extensions go into the artifact', translated: true },
  { at: /(^|\/)(overrides|resources)\/other(\/|$)/, why: 'another provider’s', translated: true },
  {
    at: /\/custom\/(command|args)(\/|$)/,
    on: /^(aws|aliyun-2.0|tencent)$/,
    why: 'the start file that is packaged says it',
    translated: true,
  },
  { at: /\/container\/build(\/|$)/, why: 'the building of the image reads it', translated: true },
  { at: /\/handler$/, when: isServer, why: 'the packager bundles the server’s main file', translated: true },
  { at: /\/(http|apigw)\/path$/, when: isServer, why: 'a server finds its routes itself', translated: true },
  { at: /\/logs$/, value: false, why: 'the platform collects none unless it is told to', translated: true },
  { at: /\/diskSize$/, value: 512, on: /^tencent$/, why: 'what every function has', translated: true },
  { at: /\/port$/, value: 9000, why: 'where the platform calls servers; it refuses others', translated: true },
  { at: /^\/deployType(\/|$)/, why: 'the application is the artifact: the packager reads it', translated: true },
  { at: /\/url$/, on: ONE_ADDRESS, value: true, why: 'the address of the http trigger is the URL', translated: true },
  {
    at: /^\/aggregation\/[^/]+\/events\/\d+\/(http|apigw)\/path$/,
    on: ONE_ADDRESS,
    why: 'a function has one address, and the members have the routes',
    translated: true,
  },
  { at: /\/vpc\/id$/, on: /^aws$/, why: 'the subnets say which network it is', translated: true },
  { at: /\/(http|apigw)\/name$/, on: /^aws$/, why: 'a route is known by its method and path', translated: true },
  { at: /^\/functions\//, why: 'it is not deployed', when: ({ deploy }) => deploy === false, translated: true },
]

// What is written for one provider means nothing to another.
function isOther(path: readonly string[], stage: string): boolean {
  const index = path.findIndex((key) => key === 'overrides' || key === 'resources')
  return index >= 0 && stage !== READING && path[index + 1] !== stage.split('-')[0]
}

// A member of an aggregate that says what the aggregate says anyway.
function isSameInAggregate(path: readonly string[], value: unknown, tree: unknown): boolean {
  const [top, name, ...rest] = path
  if (top !== 'functions' || name === undefined || rest.length === 0) return false
  const own = Object.values((valueAt(tree, ['aggregation']) ?? {}) as Tree)
  return [...own, valueAt(tree, ['provider'])].some((holder) => Object.is(valueAt(holder, rest), value))
}

// A default that no deployed function falls back to.
function isOverridden([top, key = '']: readonly string[], tree: unknown, stage: string): boolean {
  if (top !== 'provider' || stage === READING) return false
  const aggregates = Object.values((valueAt(tree, ['aggregation']) ?? {}) as Tree)
  return aggregates.length > 0 && aggregates.every((own) => (own as Tree)[key] !== undefined)
}

function isServer({ runtime, image, container, custom }: Tree): boolean {
  return runtime === 'custom' || (image ?? container ?? custom) !== undefined
}

/** Whether a leaf has nothing to say at a stage, by a rule that is written down. */
export function meansNothing({ path, value }: Leaf, tree: unknown, stage: string): boolean {
  // An empty map says nothing.
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return true
  if (isOther(path, stage) || isSameInAggregate(path, value, tree) || isOverridden(path, tree, stage)) return true
  const pointer = joinPointer(path)
  const fn = {
    runtime: valueAt(tree, ['provider', 'runtime']),
    ...(valueAt(tree, path.slice(0, 2)) as Tree | undefined),
  }
  const holder = (valueAt(tree, path.slice(0, -1)) ?? {}) as Tree
  return NOTHING.some(
    (rule) =>
      rule.at.test(pointer) &&
      (rule.value === undefined || rule.value === value) &&
      (rule.when === undefined || rule.when(fn, holder)) &&
      (rule.on === undefined || rule.on.test(stage)) &&
      !(rule.translated && stage === READING),
  )
}
