/** The part of JSON Schema (draft 7) that service files need. No `oneOf`, so that one mistake is one error. */
export interface Schema {
  readonly type?: Type | readonly Type[]
  readonly description?: string
  readonly enum?: readonly (string | number | boolean)[]
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly pattern?: string
  /** What the pattern means, for people; not a JSON Schema word, left out of the published file. */
  readonly patternWords?: string
  /** A check that a pattern cannot say; left out of the published file. */
  readonly form?: Form
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly propertyNames?: Schema
  readonly minProperties?: number
  readonly maxProperties?: number
  /** A text in which `${secret:NAME}` may stand; left out of the published file. */
  readonly secret?: true
  readonly $ref?: string
}

export type Type = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'null'

/** Texts with a grammar of their own; `config/forms.ts` checks them. */
export type Form = 'schedule' | 'interval' | 'timezone' | 'route' | 'path' | 'method'

export type RootSchema = Schema & { readonly $defs: Readonly<Record<string, Schema>> }
