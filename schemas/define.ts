import type { Schema, Type } from '../src/config/schema.ts'

export type { Schema, Type }

type Extra = Omit<Schema, 'type' | 'description'>

export const text = (description: string, extra: Extra = {}): Schema => ({
  type: 'string',
  description,
  minLength: 1,
  ...extra,
})
export const secretText = (description: string): Schema => ({ type: 'string', description, secret: true })
export const flag = (description: string, extra: Extra = {}): Schema => ({ type: 'boolean', description, ...extra })
export const choice = (description: string, values: readonly string[], extra: Extra = {}): Schema => ({
  type: 'string',
  description,
  enum: values,
  ...extra,
})
export const anything = (description: string): Schema => ({ description })
export const ref = (name: string, description?: string): Schema => ({
  $ref: `#/$defs/${name}`,
  ...(description && { description }),
})

export function int(description: string, minimum: number, maximum?: number, extra: Extra = {}): Schema {
  return { type: 'integer', description, minimum, ...(maximum !== undefined && { maximum }), ...extra }
}

export function num(description: string, minimum: number, maximum?: number): Schema {
  return { type: 'number', description, minimum, ...(maximum !== undefined && { maximum }) }
}

/** A list; a single item may stand without it. */
export function list(description: string, items: Schema, extra: Extra = {}): Schema {
  return { type: 'array', description, items, ...extra }
}

/** Names to things of one kind. */
export function map(description: string, values: Schema, extra: Extra = {}): Schema {
  return { type: 'object', description, additionalProperties: values, ...extra }
}

/** A closed map: unknown keys are errors. */
export function keys(description: string, properties: Readonly<Record<string, Schema>>, extra: Extra = {}): Schema {
  return { type: 'object', description, properties, additionalProperties: false, ...extra }
}

/** One text or a list of texts. */
export function texts(description: string, extra: Extra = {}): Schema {
  const { form, ...rest } = extra
  const item = { minLength: 1, ...(form && { form }) }
  return { type: ['string', 'array'], description, ...item, items: { type: 'string', ...item }, ...rest }
}

/** The schema with further types beside its own: shorthands such as `http: GET /a` or `logs: false`. */
export function or(schema: Schema, types: readonly Type[], extra: Extra = {}): Schema {
  const own = schema.type === undefined ? [] : [schema.type].flat()
  return { ...schema, ...extra, type: [...own, ...types] as readonly Type[] }
}
