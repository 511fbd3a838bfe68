import type { WireReply, WireRequest } from '../emulator.ts'
import { type Member, type Operation, operationsOf, type Schema, type Structure, type Tree } from './schema.ts'
import { fromXml, toXml } from './xml.ts'

type Raw = Omit<WireRequest, 'action'>

/** Which call a request is, by its signature's scope and what its protocol says; undefined for none that the vendor has. */
export function operationOf(request: Raw): Operation | undefined {
  const all = operationsOf(serviceOf(request))
  const target = request.headers['x-amz-target']?.split('.').at(-1)
  const action = target ?? (isForm(request) ? new URLSearchParams(request.body.toString()).get('Action') : undefined)
  if (action) return all.find(({ name }) => name === action)
  const fitting = all.filter((one) => one.http?.[0] === request.method && labelsOf(one, request))
  return fitting.length > 1 ? fitting.sort((a, b) => weight(b) - weight(a))[0] : fitting[0]
}

export function serviceOf({ headers }: Pick<Raw, 'headers'>): string {
  return /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers['authorization'] ?? '')?.[1] ?? ''
}

/** The input of a call in the names of the models. */
export function readInput(operation: Operation, request: Raw): Tree {
  const { protocol, input } = operation
  // Some bodies are code of 50 MB: text is made of those only that are text.
  const text = (): string => request.body.toString()
  if (protocol === 'query') return (readForm(new URLSearchParams(text()), '', input) ?? {}) as Tree
  const isEmpty = request.body.length === 0
  if (protocol === 'json') return (isEmpty ? {} : JSON.parse(text())) as Tree
  const placed = readPlaces(operation, request)
  const payload = [...input.members].find(([, { traits }]) => traits['httpPayload'])
  if (payload) return { ...placed, [payload[0]]: readPayload(payload[1].schema(), request.body, protocol) }
  if (protocol === 'rest-xml' || isEmpty) return placed
  return { ...placed, ...(rename(JSON.parse(text()), input, 'in') as Tree) }
}

/** An answer as the protocol of the call has it. */
export function writeOutput({ protocol, http, name, output }: Operation, answer: Tree): WireReply {
  const headers: Record<string, string> = { 'x-amzn-requestid': REQUEST, 'x-amz-request-id': REQUEST }
  const body: Tree = {}
  let status = http?.[2] ?? 200
  let payload: readonly [Schema, unknown] | undefined
  for (const [key, value] of Object.entries(answer)) {
    const { traits = {}, schema } = output.members.get(key) ?? {}
    if (value === undefined) continue
    if (!schema) throw new Error(`${name} answers nothing like ${key}`)
    if (traits['httpHeader']) headers[String(traits['httpHeader'])] = String(value)
    else if (traits['httpResponseCode']) status = Number(value)
    else if (traits['httpPayload']) payload = [schema(), value]
    else body[key] = value
  }
  if (payload) return { status, headers, body: writePayload(payload[0], payload[1]) }
  const isBare = protocol === 'rest-xml' && output.members.size === 0
  if (isBare || [...output.members.values()].some(({ traits }) => traits['httpPayload'])) return { status, headers }
  if (protocol === 'query')
    return { status, headers: { ...headers, ...XML }, body: xml(queryAnswer(name, output, body)) }
  if (protocol === 'rest-xml') return { status, headers: { ...headers, ...XML }, body: xml(rootOf(output, body)) }
  return { status, headers, body: rename(body, output, 'out') }
}

/** A refusal as the protocol of the call has it. */
export function writeFailure(
  protocol: Operation['protocol'],
  status: number,
  code: string,
  message: string,
): WireReply {
  const headers = { 'x-amzn-requestid': REQUEST }
  if (protocol === 'rest-json')
    return { status, headers: { ...headers, 'x-amzn-errortype': code }, body: { message, Message: message } }
  if (protocol === 'json') return { status, headers, body: { __type: code, message } }
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message.replace(/[<&]/g, ' ')}</Message></Error>`
  const whole =
    protocol === 'query' ? `<ErrorResponse>${error}<RequestId>${REQUEST}</RequestId></ErrorResponse>` : error
  return { status, headers: { ...headers, ...XML }, body: xml(whole) }
}

const REQUEST = 'c0ffee00-0000-4000-8000-000000000000'
const XML = { 'content-type': 'text/xml' }

function isForm({ headers }: Raw): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
}

function weight({ http }: Operation): number {
  const [path = '', query = ''] = http?.[1].split('?') ?? []
  return path.split('/').filter((part) => !part.startsWith('{')).length * 10 + (query === '' ? 0 : 1)
}

function labelsOf({ http }: Operation, { url, query }: Raw): Tree | undefined {
  const { names, pattern, literals } = templateOf(http?.[1] ?? '')
  const found = pattern.exec(url.split('?')[0] ?? '')
  if (!found || literals.some(([key, value]) => query.get(key) !== value)) return undefined
  return Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? '')]))
}

interface Template {
  readonly names: readonly string[]
  readonly pattern: RegExp
  readonly literals: readonly (readonly [string, string])[]
}

const templates = new Map<string, Template>()

function templateOf(text: string): Template {
  const known = templates.get(text)
  if (known) return known
  const [path = '', literals = ''] = text.split('?')
  const names = [...path.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => name as string)
  const pattern = path.replace(/\{\w+\+\}/g, '(.+)').replace(/\{\w+\}/g, '([^/]+)')
  const made = { names, pattern: new RegExp(`^${pattern}/?$`), literals: [...new URLSearchParams(literals)] }
  templates.set(text, made)
  return made
}

function readPlaces(operation: Operation, request: Raw): Tree {
  const found: Tree = { ...labelsOf(operation, request) }
  for (const [key, { traits, schema }] of operation.input.members) {
    const { httpQuery, httpHeader } = traits as { httpQuery?: string; httpHeader?: string }
    const all = httpQuery === undefined ? [] : request.query.getAll(httpQuery)
    const header = httpHeader === undefined ? undefined : request.headers[httpHeader.toLowerCase()]
    if (all.length > 0) found[key] = schema().kind === 'list' ? all : typed(all[0] as string, schema())
    if (header !== undefined) found[key] = typed(header, schema())
  }
  return found
}

function typed(text: string, { kind }: Schema): unknown {
  return kind === 'number' ? Number(text) : kind === 'boolean' ? text === 'true' : text
}

function readPayload(schema: Schema, body: Buffer, protocol: Operation['protocol']): unknown {
  if (schema.kind === 'blob') return body
  if (protocol === 'rest-json') return rename(JSON.parse(body.toString()), schema, 'in')
  return fromXml(body.toString(), schema)
}

function writePayload(schema: Schema, value: unknown): unknown {
  return schema.kind === 'blob' ? value : xml(toXml(schema.kind === 'structure' ? schema.name : 'x', value, schema))
}

// `Tags.member.1.Key=a&Tags.member.1.Value=b`
function readForm(form: URLSearchParams, prefix: string, schema: Schema): unknown {
  if (schema.kind === 'structure') {
    const fields = [...schema.members].map(([key, { schema: own, traits }]) => [
      key,
      readForm(form, prefix + (traits['xmlName'] ?? key), own()),
    ])
    const given = fields.filter(([, value]) => value !== undefined)
    return given.length > 0 || prefix === '' ? Object.fromEntries(given) : undefined
  }
  if (schema.kind === 'list') return readNumbered(form, `${prefix}.member`, schema.member)
  if (schema.kind === 'map') {
    const keys = [...form.keys()].filter((key) => key.startsWith(`${prefix}.entry.`) && key.endsWith('.key'))
    if (keys.length === 0) return undefined
    return Object.fromEntries(keys.map((key) => [form.get(key), form.get(key.replace(/key$/, 'value'))]))
  }
  const text = form.get(prefix)
  return text === null ? undefined : typed(text, schema)
}

function readNumbered(form: URLSearchParams, prefix: string, member: Member): unknown[] | undefined {
  const found: unknown[] = []
  const schema = member.schema()
  for (let at = 1; ; at++) {
    const value = readForm(form, `${prefix}.${at}${schema.kind === 'structure' ? '.' : ''}`, schema)
    if (value === undefined) return found.length > 0 ? found : undefined
    found.push(value)
  }
}

// JSON has its own names of members, and bytes as base64.
function rename(value: unknown, schema: Schema, way: 'in' | 'out'): unknown {
  if (schema.kind === 'list' && Array.isArray(value))
    return value.map((item) => rename(item, schema.member.schema(), way))
  if (typeof value !== 'object' || value === null) return value
  if (schema.kind === 'map')
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, rename(item, schema.value.schema(), way)]),
    )
  if (schema.kind !== 'structure') return value
  const names = new Map([...schema.members].map(([key, { traits }]) => [key, String(traits['jsonName'] ?? key)]))
  const keys = way === 'out' ? names : new Map([...names].map(([key, name]) => [name, key]))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const key = keys.get(name) ?? name
      const member = schema.members.get(way === 'in' ? key : name)
      return [key, member ? rename(item, member.schema(), way) : item]
    }),
  )
}

function queryAnswer(name: string, output: Structure, body: Tree): string {
  const result = toXml(`${name}Result`, body, output)
  return `<${name}Response>${result}<ResponseMetadata><RequestId>${REQUEST}</RequestId></ResponseMetadata></${name}Response>`
}

function rootOf(output: Structure, body: Tree): string {
  return toXml(String(output.traits['xmlName'] ?? output.name), body, output)
}

function xml(text: string): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`)
}
