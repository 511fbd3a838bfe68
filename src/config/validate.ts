import { type Diagnostic, error, isSecret, type Pointer } from '@anyfaas/kit'
import {
  clip,
  type Mistake,
  type Name,
  namesType,
  numberMistake,
  takesType,
  textMistake,
  typeMistake,
  unknownKeyHelp,
} from './mistakes.ts'
import { under } from './pointer.ts'
import type { RootSchema, Schema } from './schema.ts'
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

/**
 * A place of the tree: the value, and its holder, so that a soft text can become what is needed. Where it is follows from the
 * places above it, and is put together only when there is something to say.
 */
interface Spot {
  readonly value: unknown
  readonly holder: Tree | unknown[]
  readonly key: string
  /** The place of the holder; of the root, its pointer. */
  readonly above: Spot | Pointer
}

function pointerOf({ above, key }: Spot): Pointer {
  return typeof above === 'string' ? above : under(pointerOf(above), key)
}

/**
 * Every mistake of a tree by its schema, one a place. `null` counts as absent. Texts from outside are
 * changed in place to the number or switch that the schema wants.
 */
export function validate(root: Tree, pointer: Pointer, validation: Validation): readonly Diagnostic[] {
  const walk: Walk = { ...validation, found: [] }
  check(walk, validation.schema, { value: root, above: pointer, holder: { root }, key: 'root' })
  if (walk.found.length <= MOST) return walk.found
  const rest = walk.found.length - MOST
  return [...walk.found.slice(0, MOST), error('SLS1003', `and ${rest} more mistakes`, { pointer, on: 'key' })]
}

function check(walk: Walk, given: Schema, spot: Spot): void {
  const schema = target(walk, given)
  // A variable without a value has been reported already.
  if (typeof spot.value === 'symbol') return
  const mistake = isSecret(spot.value) ? secretMistake(schema, spot) : valueMistake(walk, schema, spot)
  if (mistake) tell(walk, mistake, pointerOf(spot), 'value')
}

// Checks a value itself and what is in it; the mistake of the value itself is the answer.
function valueMistake(walk: Walk, schema: Schema, spot: Spot): Mistake | undefined {
  const value = soften(walk, schema, spot)
  if (!takesType(schema, value)) return typeMistake(schema, value, nameIn(spot))
  if (typeof value === 'string') return textMistake(schema, value, nameIn(spot))
  if (typeof value === 'number') return numberMistake(schema, value, nameIn(spot))
  if (Array.isArray(value)) checkItems(walk, schema, value, spot)
  else if (isTree(value)) checkTree(walk, schema, value, spot)
  return undefined
}

function secretMistake(schema: Schema, spot: Spot): Mistake | undefined {
  if (schema.secret || schema.type === undefined) return undefined
  const help = ['secrets can stand in environment, callbacks, brokers, certificates and raw settings']
  return { code: 'SLS1025', message: `a secret cannot stand in ${nameOf(spot)}`, help }
}

function checkItems(walk: Walk, { items: rule }: Schema, items: unknown[], above: Spot): void {
  if (!rule) return
  for (let index = 0; index < items.length; index++)
    check(walk, rule, { value: items[index], above, holder: items, key: String(index) })
}

function checkTree(walk: Walk, schema: Schema, tree: Tree, spot: Spot): void {
  let count = 0
  for (const key in tree) {
    const rule = ruleOf(schema, key)
    if (rule === undefined) continue
    count++
    const value = tree[key]
    if (schema.propertyNames || !isPlain(rule, value))
      checkKey(walk, schema, rule, { value, above: spot, holder: tree, key })
  }
  checkCount(walk, schema, count, spot)
  const { required } = schema
  if (walk.partial || required === undefined) return
  for (const key of required) {
    const value = get(tree, key)
    if (value !== undefined && value !== null) continue
    tell(walk, { code: 'SLS1004', message: `"${key}" is missing in ${nameOf(spot)}` }, pointerOf(spot), 'key')
  }
}

function checkKey(walk: Walk, schema: Schema, rule: Schema | boolean, spot: Spot): void {
  if (rule === false) {
    const help = unknownKeyHelp(walk.schema, schema, spot.key, { map: spot.holder, pointer: pointerOf(spot) })
    const { above } = spot
    const where = typeof above === 'string' || pointerOf(above) === '' ? '' : ` in ${nameOf(above)}`
    tell(
      walk,
      { code: 'SLS1002', message: `unknown key "${clip(spot.key)}"${where}`, ...(help && { help: [help] }) },
      pointerOf(spot),
      'key',
    )
    return
  }
  if (schema.propertyNames) checkName(walk, schema.propertyNames, spot)
  if (rule === true || (spot.value === null && !namesType(target(walk, rule), 'null'))) return
  check(walk, rule, spot)
}

function checkName(walk: Walk, schema: Schema, spot: Spot): void {
  if (!textMistake(schema, spot.key, () => '')) return
  const message = `"${clip(spot.key)}" cannot be a name: it has to be ${schema.patternWords}`
  tell(walk, { code: 'SLS1047', message }, pointerOf(spot), 'key')
}

function checkCount(walk: Walk, schema: Schema, count: number, spot: Spot): void {
  if (!walk.partial && count < (schema.minProperties ?? 0)) {
    tell(walk, { code: 'SLS1004', message: `${nameOf(spot)} is empty` }, pointerOf(spot), 'value')
  }
  if (count <= (schema.maxProperties ?? Number.POSITIVE_INFINITY)) return
  const keys = Object.keys(spot.value as Tree).filter((key) => ruleOf(schema, key) !== undefined)
  const message = `${nameOf(spot)} has several keys: ${clip(keys.join(', '))}`
  const help = ['one item is one trigger: begin a new item with "- ", or indent its options']
  tell(walk, { code: 'SLS1003', message, help }, under(pointerOf(spot), keys[1] ?? ''), 'key')
}

function target(walk: Walk, schema: Schema): Schema {
  return schema.$ref ? (walk.schema.$defs[schema.$ref.slice('#/$defs/'.length)] ?? schema) : schema
}

// Undefined for a key of somebody else, which no rule is for.
function ruleOf({ properties, additionalProperties }: Schema, key: string): Schema | boolean | undefined {
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key] ?? true
  if (key.startsWith('x-')) return undefined
  return key === '__proto__' ? false : (additionalProperties ?? true)
}

// Most values of a file stand where any of their type may: nothing can be wrong with them.
function isPlain(rule: Schema | boolean, value: unknown): boolean {
  if (typeof rule === 'boolean' || value === '') return false
  const { texts, flags, least, most } = takenWhole.get(rule) ?? judge(rule)
  if (typeof value === 'string') return texts
  if (typeof value === 'boolean') return flags
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
}

/** What a schema takes without a further look: all texts but the empty one, both switches, whole numbers from the least to the most. */
interface Taken {
  readonly texts: boolean
  readonly flags: boolean
  readonly least: number
  readonly most: number
}

function judge(rule: Schema): Taken {
  const { enum: values, pattern, form, maxLength, minimum, maximum } = rule
  const isFree = values === undefined && pattern === undefined && form === undefined && maxLength === undefined
  const takesNumbers = isFree && takesType(rule, 1)
  const taken: Taken = {
    texts: isFree && namesType(rule, 'string'),
    flags: isFree && namesType(rule, 'boolean'),
    least: minimum ?? Number.NEGATIVE_INFINITY,
    most: takesNumbers ? (maximum ?? Number.POSITIVE_INFINITY) : Number.NEGATIVE_INFINITY,
  }
  takenWhole.set(rule, taken)
  return taken
}

const takenWhole = new WeakMap<Schema, Taken>()

function soften(walk: Walk, schema: Schema, spot: Spot): unknown {
  const { value } = spot
  if (typeof value !== 'string' || takesType(schema, value) || !walk.soft.has(pointerOf(spot))) return value
  let changed: unknown = value
  const isNumber = namesType(schema, 'integer') || namesType(schema, 'number')
  if (isNumber && /^-?\d+(\.\d+)?$/.test(value)) changed = Number(value)
  else if (namesType(schema, 'boolean') && /^(true|false)$/.test(value)) changed = value === 'true'
  if (changed !== value) put(spot.holder as Tree, spot.key, changed)
  return changed
}

function nameIn(spot: Spot): Name {
  return () => nameOf(spot)
}

function nameOf(spot: Spot): string {
  if (spot.key === 'root' && pointerOf(spot).split('/').length <= 1) return 'the file'
  return /^\d+$/.test(spot.key) ? `item ${Number(spot.key) + 1}` : `"${clip(spot.key)}"`
}

function tell(walk: Walk, mistake: Mistake, pointer: Pointer, on: 'key' | 'value'): void {
  const { code, message, help } = mistake
  walk.found.push(error(code, message, { pointer, on, ...(help && { help }) }))
}
