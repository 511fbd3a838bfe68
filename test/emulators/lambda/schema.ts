import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const load = createRequire(resolve(import.meta.dirname, '../../../plugins/aws/package.json'))

export type Tree = Record<string, unknown>

/** A type by the vendor's own models, as its clients carry them. */
export type Schema =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'time' | 'blob' | 'any' }
  | { readonly kind: 'list'; readonly member: Member }
  | { readonly kind: 'map'; readonly value: Member }
  | {
      readonly kind: 'structure'
      readonly name: string
      readonly traits: Tree
      readonly members: ReadonlyMap<string, Member>
    }

export interface Member {
  readonly schema: () => Schema
  readonly traits: Tree
  readonly isRequired: boolean
}

export interface Operation {
  readonly service: string
  readonly name: string
  readonly protocol: Protocol
  /** `POST`, `/2015-03-31/functions`, `201`. */
  readonly http?: readonly [string, string, number]
  readonly input: Structure
  readonly output: Structure
}

export type Structure = Extract<Schema, { kind: 'structure' }>
export type Protocol = 'rest-json' | 'json' | 'query' | 'rest-xml'

// The name in the scope of a signature -> the client that has its models.
const SERVICES: Readonly<Record<string, readonly [string, Protocol]>> = {
  apigateway: ['apigatewayv2', 'rest-json'],
  events: ['eventbridge', 'json'],
  iam: ['iam', 'query'],
  lambda: ['lambda', 'rest-json'],
  iot: ['iot', 'rest-json'],
  logs: ['cloudwatch-logs', 'json'],
  monitoring: ['cloudwatch', 'json'],
  s3: ['s3', 'rest-xml'],
  scheduler: ['scheduler', 'rest-json'],
  sns: ['sns', 'query'],
  sts: ['sts', 'query'],
  tagging: ['resource-groups-tagging-api', 'json'],
}

const known = new Map<string, readonly Operation[]>()

/** The operations of a service; none when nobody calls it here. */
export function operationsOf(service: string): readonly Operation[] {
  const found = known.get(service)
  if (found) return found
  const [client, protocol] = SERVICES[service] ?? []
  if (client === undefined || protocol === undefined) return []
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  const exports = Object.values(load(`@aws-sdk/client-${client}`) as Tree)
  const operations = exports.flatMap((one): Operation[] => {
    if (!Array.isArray(one) || one[0] !== 9) return []
    const [, , name, traits, input, output] = one as [number, string, string, Tree, unknown, unknown]
    const { http: given } = traitsOf(traits) as { http?: readonly [string, string, number] }
    // The vendor's client puts the bucket in front, by the rules of endpoints.
    const http = given && service === 's3' ? ([given[0], `/{Bucket}${given[1]}`, given[2]] as const) : given
    return [{ service, name, protocol, ...(http && { http }), input: structure(input), output: structure(output) }]
  })
  known.set(service, operations)
  return operations
}

function structure(raw: unknown): Structure {
  const schema = read(raw)
  if (schema.kind === 'structure') return schema
  return { kind: 'structure', name: '', traits: {}, members: new Map() }
}

// https://github.com/smithy-lang/smithy-typescript: packages/core, schema sentinels
function read(raw: unknown): Schema {
  const value = typeof raw === 'function' ? (raw as () => unknown)() : raw
  if (typeof value === 'number') return simple(value)
  const [code, , name, traits, ...rest] = value as [number, string, string, unknown, ...unknown[]]
  if (code === 0) return read(rest[0])
  if (code === 1) return { kind: 'list', member: member(rest[0]) }
  if (code === 2) return { kind: 'map', value: member(rest[1]) }
  const [names = [], members = [], required = 0] = rest as [string[], unknown[], number]
  const all = names.map((key, index): [string, Member] => [key, member(members[index], index < required)])
  return { kind: 'structure', name, traits: traitsOf(traits), members: new Map(all) }
}

function simple(code: number): Schema {
  if (code >= 128) return { kind: 'map', value: member(code - 128) }
  if (code >= 64) return { kind: 'list', member: member(code - 64) }
  if (code === 21 || code === 42) return { kind: 'blob' }
  if (code >= 4 && code <= 7) return { kind: 'time' }
  return { kind: code === 0 ? 'string' : code === 1 ? 'number' : code === 2 ? 'boolean' : 'any' }
}

function member(raw: unknown, isRequired = false): Member {
  const isTuple = Array.isArray(raw) && raw.length === 2
  let made: Schema | undefined
  const schema = (): Schema => {
    made ??= read(isTuple ? raw[0] : raw)
    return made
  }
  return { schema, traits: isTuple ? traitsOf(raw[1]) : {}, isRequired }
}

const BITS = [
  'httpLabel',
  'idempotent',
  'idempotencyToken',
  'sensitive',
  'httpPayload',
  'httpResponseCode',
  'httpQueryParams',
]

function traitsOf(raw: unknown): Tree {
  if (typeof raw === 'object' && raw !== null) return raw as Tree
  return Object.fromEntries(BITS.filter((_, bit) => (Number(raw ?? 0) >> bit) & 1).map((name) => [name, 1]))
}

/** What is wrong with a request by the models: members they do not have, values of other types, and what is missing. */
export function check(path: string, value: unknown, schema: Schema): string[] {
  if (schema.kind === 'any') return []
  if (schema.kind === 'list')
    return Array.isArray(value)
      ? value.flatMap((item, index) => check(`${path}[${index}]`, item, schema.member.schema()))
      : [`${path} is no list`]
  if (schema.kind === 'map' || schema.kind === 'structure') return checkFields(path, value, schema)
  if (schema.kind === 'time') return ['number', 'string'].includes(typeof value) ? [] : [`${path} is no time`]
  if (schema.kind === 'blob') return typeof value === 'string' || Buffer.isBuffer(value) ? [] : [`${path} is no blob`]
  return typeof value === schema.kind ? [] : [`${path} is no ${schema.kind}`]
}

function checkFields(path: string, value: unknown, schema: Extract<Schema, { kind: 'map' | 'structure' }>): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no map`]
  const fields = Object.entries(value)
  if (schema.kind === 'map')
    return fields.flatMap(([key, item]) => check(`${path}.${key}`, item, schema.value.schema()))
  const missing = [...schema.members].filter(([key, one]) => one.isRequired && (value as Tree)[key] === undefined)
  return [
    ...missing.map(([key]) => `${path}.${key} is required`),
    ...fields.flatMap(([key, item]) => {
      const one = schema.members.get(key)
      return one ? check(`${path}.${key}`, item, one.schema()) : [`${path}.${key} is unknown`]
    }),
  ]
}
