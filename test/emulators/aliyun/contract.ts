import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const load = createRequire(import.meta.url)

interface Model {
  names(): Record<string, string>
  types(): Record<string, Type>
}
type Type = string | Model | { type: 'array'; itemType: Type } | { type: 'map'; keyType: Type; valueType: Type }

/**
 * What is wrong with a request's body by the vendor's own models: fields that they do not have, values of other types,
 * and fields that they call required. Nothing in here is a belief of ours.
 */
export function checkBody(library: Library, model: string, body: unknown): string[] {
  const found = (load(library) as Record<string, Model>)[model]
  if (!found) throw new Error(`the vendor has no model ${model}`)
  return check('', body, found)
}

/** What is wrong with the parameters of a call that has all of them in its query: names that the vendor's model does not have. */
export function checkQuery(library: Library, action: string, names: Iterable<string>): string[] {
  const models = load(library) as Record<string, Model | undefined>
  // Lists are sent as text; the model that says so bears this name.
  const model = models[`${action}ShrinkRequest`] ?? models[`${action}Request`]
  if (!model) throw new Error(`the vendor has no call ${action}`)
  const known = new Set(Object.values(model.names()))
  return [...names].filter((name) => !known.has(name)).map((name) => `${name} is unknown`)
}

export type Library = '@alicloud/fc20230330' | '@alicloud/fc-open20210406' | '@alicloud/ram20150501'

function check(path: string, value: unknown, type: Type): string[] {
  if (typeof type === 'string') return isOf(value, type) ? [] : [`${path} is no ${type}`]
  if ('names' in type) return checkModel(path, value, type)
  if (type.type === 'array')
    return Array.isArray(value)
      ? value.flatMap((item, index) => check(`${path}[${index}]`, item, type.itemType))
      : [`${path} is no list`]
  return isMap(value)
    ? Object.entries(value).flatMap(([key, item]) => check(`${path}.${key}`, item, type.valueType))
    : [`${path} is no map`]
}

function checkModel(path: string, value: unknown, model: Model): string[] {
  if (!isMap(value)) return [`${path || 'the body'} is no map`]
  const wire = new Map(Object.entries(model.names()).map(([field, name]) => [name, field]))
  const types = model.types()
  const problems = Object.entries(value).flatMap(([name, item]) => {
    const field = wire.get(name)
    return field === undefined ? [`${path}.${name} is unknown`] : check(`${path}.${name}`, item, types[field] as Type)
  })
  const missing = [...wire].filter(([name, field]) => isRequired(model, field) && value[name] === undefined)
  return [...problems, ...missing.map(([name]) => `${path}.${name} is required`)]
}

const required = new Map<Model, ReadonlySet<string>>()

// The vendor says it in the comments of the declarations only.
function isRequired(model: Model, field: string): boolean {
  let fields = required.get(model)
  if (!fields) {
    fields = readRequired((model as unknown as { name: string }).name)
    required.set(model, fields)
  }
  return fields.has(field)
}

function readRequired(name: string): ReadonlySet<string> {
  const text = declarationOf(name)
  const comments = text.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*?This parameter is required\.(?:(?!\*\/)[\s\S])*?)\*\/\s*(\w+)\??:/g,
  )
  return new Set([...comments].map((match) => match[2] as string))
}

function declarationOf(name: string): string {
  try {
    const folder = dirname(load.resolve('@alicloud/fc20230330'))
    return readFileSync(join(folder, 'models', `${name}.d.ts`), 'utf8')
  } catch {
    // Some files are named in another case than their model; those have no required fields that we send.
    return ''
  }
}

function isOf(value: unknown, type: string): boolean {
  return type === 'any' || typeof value === (type === 'Readable' ? 'object' : type)
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
