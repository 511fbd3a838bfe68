import { type Code, type Diagnostic, error, isSecret, type Pointer } from '@anyfaas/kit'
import { checkForm } from './forms.ts'
import { under } from './pointer.ts'
import type { RootSchema, Schema, Type } from './schema.ts'
import { suggest } from './suggest.ts'
import { get, isTree, put, type Tree } from './tree.ts'

/** How a tree is checked. */
export interface Validation {
  readonly schema: RootSchema
  /** Pointers of texts that may become a number or a switch. */
  readonly soft: ReadonlySet<Pointer>
  /** A part of a file: nothing is required in it. */
  readonly partial?: boolean
}

/** More than these are not told: the file is something else. */
const MOST = 100

interface Walk extends Validation {
  readonly found: Diagnostic[]
}

/** A place of the tree: the value, where it is, and its holder, so that a soft text can become what is needed. */
interface Spot {
  readonly value: unknown
  readonly pointer: Pointer
  readonly holder: Tree | unknown[]
  readonly key: string
}

/**
 * Every mistake of a tree by its schema, one a place. `null` counts as absent. Texts from outside are
 * changed in place to the number or switch that the schema wants.
 */
export function validate(root: Tree, pointer: Pointer, validation: Validation): readonly Diagnostic[] {
  const walk: Walk = { ...validation, found: [] }
  check(walk, validation.schema, { value: root, pointer, holder: { root }, key: 'root' })
  if (walk.found.length <= MOST) return walk.found
  const rest = walk.found.length - MOST
  return [...walk.found.slice(0, MOST), error('SLS1003', `and ${rest} more mistakes`, { pointer, on: 'key' })]
}

function check(walk: Walk, given: Schema, spot: Spot): void {
  const schema = given.$ref ? (walk.schema.$defs[given.$ref.slice('#/$defs/'.length)] ?? given) : given
  // A variable without a value has been reported already.
  if (typeof spot.value === 'symbol') return
  if (isSecret(spot.value)) return checkSecret(walk, schema, spot)
  const value = soften(walk, schema, spot)
  if (!hasType(schema, value)) {
    const message = `${nameOf(spot)} has to be ${wordsOf(schema)}, not ${typeWords(value)}`
    return tell(walk, 'SLS1003', spot, message)
  }
  if (typeof value === 'string') checkText(walk, schema, value, spot)
  else if (typeof value === 'number') checkNumber(walk, schema, value, spot)
  else if (Array.isArray(value)) checkItems(walk, schema, value, spot)
  else if (isTree(value)) checkKeys(walk, schema, value, spot)
}

function checkSecret(walk: Walk, schema: Schema, spot: Spot): void {
  if (schema.secret || schema.type === undefined) return
  const help = ['secrets can stand in environment, callbacks, addresses of brokers, certificates and raw settings']
  tell(walk, 'SLS1025', spot, `a secret cannot stand in ${nameOf(spot)}`, help)
}

function checkText(walk: Walk, schema: Schema, text: string, spot: Spot): void {
  if (schema.enum && !schema.enum.includes(text)) {
    const near = suggest(text, schema.enum.map(String))
    const help = [near ? `did you mean "${near}"?` : `it can be ${schema.enum.join(', ')}`]
    return tell(walk, 'SLS1005', spot, `"${clip(text)}" is not a value of ${nameOf(spot)}`, help)
  }
  if (text.length < (schema.minLength ?? 0)) return tell(walk, 'SLS1006', spot, `${nameOf(spot)} is empty`)
  if (text.length > (schema.maxLength ?? Number.POSITIVE_INFINITY))
    return tell(walk, 'SLS1006', spot, `${nameOf(spot)} is longer than ${schema.maxLength} characters`)
  if (schema.pattern && !new RegExp(schema.pattern, 'u').test(text))
    return tell(walk, 'SLS1007', spot, `"${clip(text)}" cannot be ${nameOf(spot)}: it has to be ${schema.patternWords}`)
  const reason = schema.form && checkForm(schema.form, text)
  if (reason)
    tell(walk, FORM_CODES[schema.form ?? ''] ?? 'SLS1007', spot, `"${clip(text)}" cannot be ${nameOf(spot)}: ${reason}`)
}

const FORM_CODES: Readonly<Record<string, Code>> = {
  schedule: 'SLS1040',
  interval: 'SLS1040',
  timezone: 'SLS1040',
  path: 'SLS1041',
  route: 'SLS1041',
}

function checkNumber(walk: Walk, schema: Schema, value: number, spot: Spot): void {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema
  if (Number.isNaN(value) || value < minimum)
    tell(walk, 'SLS1006', spot, `${nameOf(spot)} has to be at least ${minimum}, not ${value}`)
  else if (value > maximum) tell(walk, 'SLS1006', spot, `${nameOf(spot)} can be at most ${maximum}, not ${value}`)
}

function checkItems(walk: Walk, schema: Schema, items: unknown[], spot: Spot): void {
  if (!schema.items) return
  for (const [index, value] of items.entries()) {
    check(walk, schema.items, { value, pointer: under(spot.pointer, index), holder: items, key: String(index) })
  }
}

function checkKeys(walk: Walk, schema: Schema, tree: Tree, spot: Spot): void {
  let count = 0
  for (const [key, value] of Object.entries(tree)) {
    const rule = ruleOf(schema, key)
    const inner = { value, pointer: under(spot.pointer, key), holder: tree, key }
    if (key.startsWith('x-') && !(schema.properties && Object.hasOwn(schema.properties, key))) continue
    count++
    if (rule === false) unknownKey(walk, schema, inner, spot)
    else if (schema.propertyNames && !walk.partial) checkName(walk, schema.propertyNames, inner)
    if (typeof rule === 'object' && (value !== null || allowsNull(walk, rule))) check(walk, rule, inner)
  }
  if (count > (schema.maxProperties ?? Number.POSITIVE_INFINITY)) tooMany(walk, tree, spot)
  if (walk.partial) return
  if (count < (schema.minProperties ?? 0)) tell(walk, 'SLS1004', spot, `${nameOf(spot)} is empty`)
  for (const key of schema.required ?? []) {
    if (get(tree, key) === undefined || get(tree, key) === null)
      walk.found.push(error('SLS1004', `"${key}" is missing in ${nameOf(spot)}`, { pointer: spot.pointer, on: 'key' }))
  }
}

function ruleOf(schema: Schema, key: string): Schema | boolean {
  const own = schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined
  return own ?? (key === '__proto__' ? false : (schema.additionalProperties ?? true))
}

function allowsNull(walk: Walk, rule: Schema): boolean {
  const schema = rule.$ref ? walk.schema.$defs[rule.$ref.slice('#/$defs/'.length)] : rule
  return schema?.type !== undefined && typesOf(schema).includes('null')
}

function checkName(walk: Walk, schema: Schema, spot: Spot): void {
  const fits =
    spot.key.length <= (schema.maxLength ?? Number.POSITIVE_INFINITY) &&
    new RegExp(schema.pattern ?? '', 'u').test(spot.key)
  if (!fits)
    walk.found.push(
      error('SLS1047', `"${clip(spot.key)}" cannot be a name: it has to be ${schema.patternWords}`, {
        pointer: spot.pointer,
        on: 'key',
      }),
    )
}

function unknownKey(walk: Walk, schema: Schema, spot: Spot, holder: Spot): void {
  const known = Object.keys(schema.properties ?? {})
  const near = suggest(spot.key, known)
  const elsewhere = near ? undefined : homeOf(walk.schema, spot.key)
  const help = near
    ? `did you mean "${near}"?`
    : (elsewhere ?? (known.length <= 12 ? `known are ${known.join(', ')}` : undefined))
  const message = `unknown key "${clip(spot.key)}"${holder.pointer === '' ? '' : ` in ${nameOf(holder)}`}`
  walk.found.push(error('SLS1002', message, { pointer: spot.pointer, on: 'key', ...(help && { help: [help] }) }))
}

// A key at the wrong level is as common as a misspelt one.
function homeOf(root: RootSchema, key: string): string | undefined {
  const homes: string[] = []
  if (root.properties && Object.hasOwn(root.properties, key)) homes.push('at the top of the file')
  if (root.$defs['function']?.properties && Object.hasOwn(root.$defs['function'].properties, key))
    homes.push('of a function')
  if (root.properties?.['provider']?.properties && Object.hasOwn(root.properties['provider'].properties, key))
    homes.push('under "provider"')
  return homes.length > 0 ? `"${key}" is a key ${homes.join(' or ')}` : undefined
}

function tooMany(walk: Walk, tree: Tree, spot: Spot): void {
  const second = Object.keys(tree)[1] ?? ''
  const help = ['one item is one trigger: begin a new item with "- ", or indent its options']
  walk.found.push(
    error('SLS1003', `${nameOf(spot)} has several keys: ${Object.keys(tree).join(', ')}`, {
      pointer: under(spot.pointer, second),
      on: 'key',
      help,
    }),
  )
}

function soften(walk: Walk, schema: Schema, spot: Spot): unknown {
  const { value } = spot
  if (
    typeof value !== 'string' ||
    !walk.soft.has(spot.pointer) ||
    schema.type === undefined ||
    typesOf(schema).includes('string')
  )
    return value
  const types = typesOf(schema)
  let changed: unknown = value
  if ((types.includes('integer') || types.includes('number')) && /^-?\d+(\.\d+)?$/.test(value)) changed = Number(value)
  else if (types.includes('boolean') && /^(true|false)$/.test(value)) changed = value === 'true'
  if (changed !== value) put(spot.holder as Tree, spot.key, changed)
  return changed
}

function hasType(schema: Schema, value: unknown): boolean {
  if (schema.type === undefined) return true
  const actual = typeOf(value)
  return typesOf(schema).some((type) => type === actual || (type === 'number' && actual === 'integer'))
}

function typesOf(schema: Schema): readonly Type[] {
  return ([] as readonly Type[]).concat(schema.type ?? [])
}

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
  const words = [
    ...new Set(
      typesOf(schema)
        .filter((type) => type !== 'null')
        .map((type) => WORDS[type]),
    ),
  ]
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? 'something else')
}

function typeWords(value: unknown): string {
  if (typeof value === 'string') return `the text "${clip(value)}"`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value === null || value === undefined ? 'empty' : WORDS[typeOf(value)]
}

function nameOf(spot: Spot): string {
  if (spot.pointer === '') return 'the file'
  return /^\d+$/.test(spot.key) ? `item ${Number(spot.key) + 1}` : `"${clip(spot.key)}"`
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function tell(walk: Walk, code: Code, spot: Spot, message: string, help?: readonly string[]): void {
  walk.found.push(error(code, message, { pointer: spot.pointer, on: 'value', ...(help && { help }) }))
}
