import type { Code } from '@anyfaas/kit'
import { suggest } from '@anyfaas/kit'
import { checkForm } from './forms.ts'
import { RETIRED_KEYS } from './retired.ts'
import type { RootSchema, Schema, Type } from './schema.ts'

/** How messages call a place; asked for when there is a message. */
export type Name = () => string

/** What is wrong with one value, in words. */
export interface Mistake {
  readonly code: Code
  readonly message: string
  readonly help?: readonly string[]
}

/** What is wrong with a text by its schema, the first thing only. `name` is how messages call the place. */
export function textMistake(schema: Schema, text: string, name: Name): Mistake | undefined {
  if (schema.enum && !schema.enum.includes(text)) {
    const near = suggest(text, schema.enum.map(String))
    const help = [near ? `did you mean "${near}"?` : `it can be ${schema.enum.join(', ')}`]
    return { code: 'SLS1005', message: `${quote(text)} is not a value of ${name()}`, help }
  }
  if (text.length < (schema.minLength ?? 0)) return { code: 'SLS1006', message: `${name()} is empty` }
  if (schema.maxLength !== undefined && text.length > schema.maxLength) {
    return { code: 'SLS1006', message: `${name()} is longer than ${schema.maxLength} characters` }
  }
  if (schema.pattern && !matches(schema.pattern, text)) {
    return { code: 'SLS1007', message: `${quote(text)} cannot be ${name()}: it has to be ${schema.patternWords}` }
  }
  const reason = schema.form && checkForm(schema.form, text)
  return reason ? { code: formCode(schema), message: `${quote(text)} cannot be ${name()}: ${reason}` } : undefined
}

export function numberMistake(schema: Schema, value: number, name: Name): Mistake | undefined {
  if (Number.isNaN(value) || value < (schema.minimum ?? Number.NEGATIVE_INFINITY)) {
    return { code: 'SLS1006', message: `${name()} has to be at least ${schema.minimum}, not ${value}` }
  }
  if (value > (schema.maximum ?? Number.POSITIVE_INFINITY)) {
    return { code: 'SLS1006', message: `${name()} can be at most ${schema.maximum}, not ${value}` }
  }
  return undefined
}

/** Whether a value is of a type that a schema takes. */
export function takesType(schema: Schema, value: unknown): boolean {
  const { type } = schema
  if (type === undefined) return true
  const actual = typeOf(value)
  return type === actual || namesType(schema, actual) || (actual === 'integer' && namesType(schema, 'number'))
}

export function namesType({ type }: Schema, wanted: Type): boolean {
  return type === wanted || (typeof type === 'object' && type.includes(wanted))
}

export function typeMistake(schema: Schema, value: unknown, name: Name): Mistake {
  return { code: 'SLS1003', message: `${name()} has to be ${wordsOf(schema)}, not ${valueWords(value)}` }
}

/** What to say of a key that the schema of a map does not know: what it was meant to be, or where it belongs. */
export function unknownKeyHelp(
  root: RootSchema,
  schema: Schema,
  key: string,
  { map, pointer }: Place,
): string | undefined {
  if (Object.hasOwn(RETIRED_KEYS, key)) return RETIRED_KEYS[key]
  const known = Object.keys(schema.properties ?? {})
  const within = homesWithin(root, schema, key)
  const beside = within.filter((name) => Object.hasOwn(map, name))
  if (beside.length > 0) return belongs(key, beside)
  const near = suggest(key, known)
  if (near) return `did you mean "${near}"?`
  const home = homeOf(root, key, pointer) ?? belongs(key, within)
  if (home) return home
  return known.length > 0 && known.length <= 12 ? `known are ${known.join(', ')}` : undefined
}

/** Where a key stands. */
interface Place {
  /** What has it. */
  readonly map: object
  /** Of the key. */
  readonly pointer: string
}

export function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function quote(text: string): string {
  return `"${clip(text)}"`
}

// The schema has few patterns, and a file may have thousands of texts for one of them.
const PATTERNS = new Map<string, RegExp>()

function matches(pattern: string, text: string): boolean {
  const known = PATTERNS.get(pattern) ?? new RegExp(pattern, 'u')
  PATTERNS.set(pattern, known)
  return known.test(text)
}

function formCode(schema: Schema): Code {
  if (schema.form === 'path' || schema.form === 'route') return 'SLS1041'
  return schema.form === 'method' ? 'SLS1007' : 'SLS1040'
}

// A key at the wrong level is as common as a misspelt one. What the key stands in comes first.
function homeOf(root: RootSchema, key: string, pointer: string): string | undefined {
  const homes: readonly (readonly [string, Schema | undefined, string])[] = [
    ['/functions/', root.$defs['function'], 'of a function'],
    ['/provider/', root.properties?.['provider'], 'under "provider"'],
    ['/', root, 'at the top of the file'],
  ]
  const having = homes.filter(([, schema]) => Object.hasOwn(schema?.properties ?? {}, key))
  const near = having.filter(([start]) => start !== '/' && pointer.startsWith(start))
  const words = [...new Set([...near, ...having])].map(([, , where]) => where)
  return words.length > 0 ? `"${key}" is a key ${words.join(' or ')}` : undefined
}

// So is one that stands beside the map that it belongs in.
function homesWithin(root: RootSchema, { properties = {} }: Schema, key: string): readonly string[] {
  return Object.keys(properties).filter((name) => {
    const { $ref, properties: own } = properties[name] ?? {}
    return Object.hasOwn(own ?? root.$defs[$ref?.slice('#/$defs/'.length) ?? '']?.properties ?? {}, key)
  })
}

function belongs(key: string, homes: readonly string[]): string | undefined {
  const words = homes.slice(0, MOST_HOMES).map((home) => `"${home}"`)
  return words.length > 0 ? `"${key}" belongs under ${words.join(' or ')}` : undefined
}

const MOST_HOMES = 3

function typeOf(value: unknown): Type {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value as Type
}

const WORDS: Readonly<Record<Type, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
  null: 'empty',
}

function wordsOf(schema: Schema): string {
  const { type: given = [] } = schema
  const types = (typeof given === 'string' ? [given] : given).filter((type) => type !== 'null')
  const words = [...new Set(types.map((type) => WORDS[type]))]
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? 'something else')
}

function valueWords(value: unknown): string {
  if (typeof value === 'string') return `the text "${clip(value)}"`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return WORDS[typeOf(value)]
}
