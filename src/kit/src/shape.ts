import { type Diagnostic, error, type Pointer, warning } from './diagnostic.ts'
import { isMap } from './merge.ts'
import { suggest } from './suggest.ts'
import { isSecret } from './value.ts'

/**
 * What raw settings may look like by a vendor's contract: `s` a text, `n` a number, `b` a switch, `*` anything; a list of one
 * shape; or a map of names, in which `*` stands for every other name.
 */
export type Shape = string | readonly [Shape] | { readonly [name: string]: Shape }

export interface RawPlace {
  readonly pointer: Pointer
  /** What has these properties, for the messages: `AWS::Serverless::Function`. */
  readonly name: string
}

/**
 * Holds raw settings against a shape. A name that is one slip away from a known one is an error; any other unknown name is
 * a warning, for the platform may be newer than the contract. `null` takes a key away and is always right.
 */
export function checkShape(given: unknown, shape: Shape, place: RawPlace): readonly Diagnostic[] {
  if (shape === '*' || given === null || isOpen(given)) return []
  if (typeof shape === 'string') return KINDS[shape]?.(given) ? [] : [mismatch(given, WORDS[shape] as string, place)]
  if (isList(shape)) {
    if (!Array.isArray(given)) return [mismatch(given, 'a list', place)]
    return given.flatMap((item, index) =>
      checkShape(item, shape[0], { ...place, pointer: `${place.pointer}/${index}` }),
    )
  }
  if (!isMap(given)) return [mismatch(given, 'a map', place)]
  return Object.entries(given).flatMap(([key, value]) => {
    const pointer = `${place.pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const rule = Object.hasOwn(shape, key) ? shape[key] : shape['*']
    if (rule === undefined) return [checkName(key, Object.keys(shape), { ...place, pointer })]
    return checkShape(value, rule, { ...place, pointer })
  })
}

/** What to say of a name that is not among those that are known. */
export function checkName(key: string, known: readonly string[], { pointer, name }: RawPlace): Diagnostic {
  const near = suggest(key, known, SLIP)
  const message = `${name} has no "${key}"`
  if (near !== undefined) return error('SLS3007', message, { pointer, on: 'key', help: [`did you mean "${near}"?`] })
  const help = ['it is passed on, for the platform may be newer than the contract']
  return warning('SLS3007', `${message} that its contract knows`, { pointer, on: 'key', help })
}

/** What to say of raw settings for a part that is not there. */
export function checkPart(key: string, known: readonly string[], { pointer, name }: RawPlace): Diagnostic {
  const near = suggest(key, known)
  const help = near === undefined ? `there are ${known.join(', ')}` : `did you mean "${near}"?`
  return error('SLS3007', `${name} has no "${key}" to lay settings over`, { pointer, on: 'key', help: [help] })
}

// Further away is another word, and maybe a new one.
const SLIP = 2

function mismatch(given: unknown, wanted: string, { pointer, name }: RawPlace): Diagnostic {
  const key = pointer.slice(pointer.lastIndexOf('/') + 1)
  const actual = Array.isArray(given) ? 'a list' : isMap(given) ? 'a map' : JSON.stringify(given)
  return error('SLS3007', `"${key}" of ${name} is ${wanted} by its contract, not ${actual}`, { pointer, on: 'value' })
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape)
}

// What only the vendor's tool or the deployer knows: a secret, a variable of the tool, a function of the template.
function isOpen(given: unknown): boolean {
  if (typeof given === 'string') return given.includes('${')
  if (isSecret(given)) return true
  const [key, ...others] = isMap(given) ? Object.keys(given) : []
  return others.length === 0 && key !== undefined && /^(Ref|Condition|Fn::\w+)$/.test(key)
}

// Templates take a number for a text, and a text that is a number for one.
const KINDS: Readonly<Record<string, (given: unknown) => boolean>> = {
  s: (given) => typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean',
  n: (given) => typeof given === 'number' || (typeof given === 'string' && /^-?\d+(\.\d+)?$/.test(given)),
  b: (given) => typeof given === 'boolean' || given === 'true' || given === 'false',
}

const WORDS: Readonly<Record<string, string>> = { s: 'a text', n: 'a number', b: 'true or false' }
