import { error, isSecret, type Pointer, type SecretName, SlsError } from '@anyfaas/kit'
import type { Places } from '../places.ts'
import { under } from '../pointer.ts'
import { put, type Tree } from '../tree.ts'
import { isRaw, lookup } from './lookup.ts'
import { type Expression, hasVariables, Malformed, parseTemplate, type Template } from './parse.ts'
import { type Cursor, type Found, type Resolver, report, step, UNRESOLVED } from './resolver.ts'
import type { VariableContext } from './sources.ts'

// Aliases share one object in memory but not in a walk: ten lines of them can stand for 10^9 values.
// A file may unfold to this many values whatever its size, and to more only as it is longer itself.
const VALUES_OF_ANY_FILE = 500_000

export function createResolver(root: Tree, context: VariableContext, places: Places): Resolver {
  const resolver: Resolver = {
    root,
    context,
    places,
    diagnostics: [],
    moves: new Map(),
    soft: new Set(),
    busy: [],
    done: new Map(),
    files: new Map(),
    templates: new Map(),
    evaluated: new Map(),
    brought: new WeakSet(),
    inPlace: false,
    values: 0,
    resolve: (value, cursor) => resolveValue(resolver, value, cursor),
    name: (template, cursor) => resolveName(resolver, template, cursor),
  }
  return resolver
}

function resolveValue(resolver: Resolver, value: unknown, cursor: Cursor): unknown {
  count(resolver)
  if (typeof value === 'string') return hasVariables(value) ? resolveText(resolver, value, cursor) : value
  if (typeof value !== 'object' || value === null || resolver.brought.has(value)) return value
  const out = ownOf(resolver, value, cursor)
  if (Array.isArray(out)) {
    for (let index = 0; index < out.length; index++) resolveUnder(resolver, out, cursor, index)
    return out
  }
  for (const key in out) {
    const given = out[key]
    // Most values are texts without a variable, and need no place of their own.
    if (typeof given !== 'string' || given.includes('${')) resolveUnder(resolver, out, cursor, key)
    else resolver.values++
  }
  return out
}

// What is not ours alone is copied before it is written to.
function ownOf(resolver: Resolver, value: object, cursor: Cursor): Tree {
  if (resolver.inPlace && !cursor.source) return value as Tree
  return (Array.isArray(value) ? [...value] : { ...value }) as Tree
}

// Most values are plain ones, and need no place of their own.
function resolveUnder(resolver: Resolver, holder: Tree, cursor: Cursor, key: string | number): void {
  const given = holder[key]
  const isPlain = typeof given === 'string' ? !hasVariables(given) : typeof given !== 'object' || given === null
  if (isPlain) {
    count(resolver)
    return
  }
  const found = resolveValue(resolver, given, step(cursor, key))
  if (found === given) return
  // Its texts are done, though some may look as if they had variables: `$${` stands for a literal `${`.
  if (typeof found === 'object' && found !== null && typeof given === 'string') resolver.brought.add(found)
  put(holder, String(key), found)
}

function resolveText(resolver: Resolver, text: string, cursor: Cursor): unknown {
  if (cursor.source) return evaluateText(resolver, text, cursor)
  if (!resolver.done.has(cursor.pointer)) resolver.done.set(cursor.pointer, evaluateText(resolver, text, cursor))
  return resolver.done.get(cursor.pointer)
}

function evaluateText(resolver: Resolver, text: string, cursor: Cursor): unknown {
  const template = resolver.templates.get(text) ?? parseTemplate(text)
  resolver.templates.set(text, template)
  if (template instanceof Malformed) {
    const message = `"${template.text}" is not a variable: ${template.reason}`
    return report(
      resolver,
      'SLS1023',
      { cursor, text: template.text },
      { message, help: ['$${ stands for a literal ${'] },
    )
  }
  const first = template[0]
  if (template.length === 1 && typeof first === 'object')
    return take(resolver, evaluate(resolver, first, cursor), cursor)
  return join(resolver, template, cursor)
}

function join(resolver: Resolver, template: Template, cursor: Cursor): unknown {
  const parts = template.map((part) => (typeof part === 'string' ? part : textOf(resolver, part, cursor)))
  if (parts.includes(UNRESOLVED)) return UNRESOLVED
  if (parts.every((part) => typeof part === 'string')) {
    if (template.some((part) => typeof part !== 'string')) resolver.soft.add(cursor.pointer)
    return parts.join('')
  }
  return { $secret: parts.flatMap((part) => (isSecret(part) ? part.$secret : [part as string | SecretName])) }
}

function resolveName(resolver: Resolver, template: Template, cursor: Cursor): string | typeof UNRESOLVED {
  const value = join(resolver, template, cursor)
  if (typeof value === 'string' || value === UNRESOLVED) return value
  const text = template.map((part) => (typeof part === 'string' ? part : part.text)).join('')
  report(resolver, 'SLS1025', { cursor, text }, { message: 'a secret cannot be a part of a variable’s name' })
  return UNRESOLVED
}

// An expression that comes again, as in every function, has the same value again: of what is wrong, each place is told.
function evaluate(resolver: Resolver, expression: Expression, cursor: Cursor): Found {
  const known = resolver.evaluated.get(expression)
  if (known) return known
  const before = resolver.diagnostics.length
  const found = firstValue(resolver, expression, cursor)
  const isSteady = resolver.diagnostics.length === before && !isRaw(cursor.pointer)
  if (isSteady && !isSecret(found.value)) resolver.evaluated.set(expression, found)
  return found
}

// The first of an expression's items that has a value.
function firstValue(resolver: Resolver, expression: Expression, cursor: Cursor): Found {
  for (const item of expression.items) {
    if (item.kind === 'literal') return { value: item.value }
    const found = item.inner
      ? evaluateInner(resolver, item.inner, cursor)
      : lookup(resolver, item, { cursor, text: expression.text })
    if (found) return found
  }
  const rest = expression.items.length > 1 ? ' and none of its defaults is' : ''
  const message = `"${expression.text}" is not set${rest}`
  const help = [`give it a default: ${expression.text.slice(0, -1)}, 'value'}`]
  return { value: report(resolver, 'SLS1021', { cursor, text: expression.text }, { message, help }) }
}

// `${opt:stage, ${env:STAGE}}`: an inner variable without a value lets the next default have its turn.
function evaluateInner(resolver: Resolver, inner: Template, cursor: Cursor): Found | undefined {
  const before = resolver.diagnostics.length
  const first = inner[0]
  const found =
    inner.length === 1 && typeof first === 'object'
      ? evaluate(resolver, first, cursor)
      : { value: join(resolver, inner, cursor), soft: true }
  if (found.value !== UNRESOLVED) return found
  const unset = resolver.diagnostics.slice(before).every((diagnostic) => diagnostic.code === 'SLS1021')
  if (!unset) return found
  resolver.diagnostics.length = before
  return undefined
}

function textOf(resolver: Resolver, expression: Expression, cursor: Cursor): unknown {
  const { value } = evaluate(resolver, expression, cursor)
  if (value === UNRESOLVED || isSecret(value) || typeof value === 'string') return value
  if (value === null || typeof value !== 'object') return String(value)
  if (holdsUnresolved(value)) return UNRESOLVED
  const message = `"${expression.text}" is a ${Array.isArray(value) ? 'list' : 'map'} and cannot be a part of a text`
  return report(resolver, 'SLS1023', { cursor, text: expression.text }, { message })
}

// What is wrong inside has been told; that it is also in the wrong place can wait.
function holdsUnresolved(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === UNRESOLVED
  return Object.values(value).some(holdsUnresolved)
}

// Remembers where a value came from, for messages about what is inside it, and copies it: two places must not share it.
function take(resolver: Resolver, found: Found, cursor: Cursor): unknown {
  if (found.soft) resolver.soft.add(cursor.pointer)
  if (!found.origin) return found.value
  const { source, pointer } = found.origin
  if (cursor.source === undefined) {
    resolver.moves.set(cursor.pointer, source ? { source, pointer } : { pointer })
    if (source === undefined) softenLike(resolver, found.value, pointer, cursor.pointer)
  }
  return copy(resolver, found.value)
}

// What was text from outside where it was is so here.
function softenLike(resolver: Resolver, value: unknown, from: Pointer, to: Pointer): void {
  if (resolver.soft.has(from)) resolver.soft.add(to)
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) softenLike(resolver, item, under(from, key), under(to, key))
}

function copy(resolver: Resolver, value: unknown): unknown {
  count(resolver)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => copy(resolver, item))
  const out: Tree = {}
  for (const [key, item] of Object.entries(value)) put(out, key, copy(resolver, item))
  return out
}

function count(resolver: Resolver): void {
  if (++resolver.values <= VALUES_OF_ANY_FILE) return
  const most = VALUES_OF_ANY_FILE + resolver.places.main.text.length
  if (resolver.values <= most) return
  const at = { file: resolver.places.main.file, start: 0, end: 0 }
  const help = ['look for aliases (*name) or variables that repeat each other']
  throw new SlsError(error('SLS1013', `the file unfolds to more than ${most} values`, { at, help }))
}
