import { type Diagnostic, type Pointer, warning } from '@anyfaas/kit'
import { under } from '../pointer.ts'
import { put, type Tree } from '../tree.ts'
import type { Module, Modules } from './modules.ts'
import type { Reading } from './reading.ts'
import { type Node, nameOf, partOf, partsOf } from './syntax.ts'
import { TRIGGER_ENUMS, TRIGGER_WORDS } from './words.ts'

/** Stands where a value is not known before the program runs. It is reported once, where the decorator says it. */
export const UNREADABLE = Symbol('unreadable')

/** The value of an expression, as far as it can be known; parts that cannot are left out, and told. */
export function read(reading: Reading, node: Node, pointer: Pointer, skipped?: ReadonlySet<string>): unknown {
  reading.ranges.set(pointer, { start: node.start, end: node.end })
  const inner = unwrap(node)
  if (inner.type === 'ObjectExpression') return readObject(reading, inner, pointer, skipped)
  if (inner.type === 'ArrayExpression')
    return partsOf(inner, 'elements')
      .map((element, index) => read(reading, element, under(pointer, index)))
      .filter((value) => value !== UNREADABLE)
  const value = evaluate({ ...reading, busy: new Set() }, inner)
  if (value === UNREADABLE) reading.diagnostics.push(unreadable(reading.module, node))
  return value
}

/** Says that a part of the source is not known before it runs. */
export function unreadable(module: Module, node: Node): Diagnostic {
  const words = module.text.slice(node.start, node.end).split('\n', 1)[0]
  return warning('SLS1050', `"${words}" is known only when the program runs, so it is left out`, {
    at: { file: module.file, start: node.start, end: node.end },
    help: ['write a literal or a constant, or say it under "functions" in the service file'],
  })
}

function readObject(reading: Reading, node: Node, pointer: Pointer, skipped?: ReadonlySet<string>): Tree {
  const tree: Tree = {}
  for (const property of partsOf(node, 'properties')) {
    const key = partOf(property, 'key')
    const value = partOf(property, 'value')
    const name = property['computed'] === true ? undefined : nameOf(key)
    if (property.type !== 'ObjectProperty' || name === undefined || !key || !value) {
      const spread = spreadOf(reading, property)
      if (spread === undefined) reading.diagnostics.push(unreadable(reading.module, property))
      else for (const [own, item] of Object.entries(spread)) put(tree, own, item)
      continue
    }
    if (skipped?.has(name) && !READ_BY_US.has(name)) continue
    const at = under(pointer, name)
    const item = read(reading, value, at)
    reading.ranges.set(at, { start: value.start, end: value.end, key: { start: key.start, end: key.end } })
    if (item !== UNREADABLE && item !== undefined) put(tree, name, item)
  }
  return tree
}

// Of what is the framework's own, the names of functions and handlers concern the file too.
const READ_BY_US: ReadonlySet<string> = new Set(['functionName', 'handlerName'])

function spreadOf(reading: Reading, property: Node): Tree | undefined {
  const argument = property.type === 'SpreadElement' ? partOf(property, 'argument') : undefined
  const value = argument ? evaluate({ ...reading, busy: new Set() }, argument) : undefined
  return typeof value === 'object' && value !== null ? (value as Tree) : undefined
}

/** Where an expression is evaluated; `busy` holds the constants on the way to it, to see circles. */
interface Scope {
  readonly module: Module
  readonly modules: Modules
  readonly busy: Set<Node>
}

function evaluate(scope: Scope, given: Node): unknown {
  const node = unwrap(given)
  return EVALUATORS[node.type]?.(scope, node) ?? (node.type === 'NullLiteral' ? null : UNREADABLE)
}

const EVALUATORS: Readonly<Record<string, (scope: Scope, node: Node) => unknown>> = {
  StringLiteral: (_, node) => node['value'],
  NumericLiteral: (_, node) => node['value'],
  BooleanLiteral: (_, node) => node['value'],
  TemplateLiteral: (scope, node) => evaluateTemplate(scope, node),
  UnaryExpression: (scope, node) => {
    const value = evaluate(scope, node['argument'] as Node)
    return node['operator'] === '-' && typeof value === 'number' ? -value : UNREADABLE
  },
  BinaryExpression: (scope, node) =>
    operate(String(node['operator']), evaluate(scope, node['left'] as Node), evaluate(scope, node['right'] as Node)),
  ArrayExpression: (scope, node) => whole(partsOf(node, 'elements').map((element) => evaluate(scope, element))),
  ObjectExpression: (scope, node) => evaluateObject(scope, node),
  Identifier: (scope, node) => evaluateName(scope, String(node['name'])),
  MemberExpression: (scope, node) => evaluateMember(scope, node),
}

function evaluateTemplate(scope: Scope, node: Node): unknown {
  const texts = partsOf(node, 'quasis').map((quasi) => String((quasi['value'] as { cooked?: string }).cooked ?? ''))
  const values = partsOf(node, 'expressions').map((expression) => evaluate(scope, expression))
  if (values.some((value) => typeof value !== 'string' && typeof value !== 'number')) return UNREADABLE
  return texts.map((text, index) => text + String(values[index] ?? '')).join('')
}

function operate(operator: string, left: unknown, right: unknown): unknown {
  if (operator === '+' && [left, right].every((side) => typeof side === 'string' || typeof side === 'number'))
    return typeof left === 'number' && typeof right === 'number' ? left + right : `${left}${right}`
  if (operator === '*' && typeof left === 'number' && typeof right === 'number') return left * right
  return UNREADABLE
}

function evaluateObject(scope: Scope, node: Node): unknown {
  const tree: Tree = {}
  for (const property of partsOf(node, 'properties')) {
    const name = nameOf(partOf(property, 'key'))
    const value = partOf(property, 'value')
    if (property.type !== 'ObjectProperty' || property['computed'] === true || name === undefined || !value)
      return UNREADABLE
    put(tree, name, evaluate(scope, value))
  }
  return Object.values(tree).includes(UNREADABLE) ? UNREADABLE : tree
}

function whole(values: readonly unknown[]): unknown {
  return values.includes(UNREADABLE) ? UNREADABLE : values
}

function evaluateName(scope: Scope, name: string): unknown {
  if (name === 'undefined') return undefined
  const found = findValue(scope, name)
  if (!found || found.node.type === 'TSEnumDeclaration' || scope.busy.has(found.node)) return UNREADABLE
  return evaluate({ ...scope, module: found.module, busy: new Set([...scope.busy, found.node]) }, found.node)
}

interface FoundValue {
  readonly node: Node
  readonly module: Module
}

// A constant or an enum of this file, or one that it imports from another file of the project.
function findValue({ module, modules }: Scope, name: string): FoundValue | undefined {
  const own = module.values.get(name)
  if (own) return { node: own, module }
  const imported = module.imports.get(name)
  const other = imported && modules.follow(module, imported.from)
  const node = imported && other?.values.get(imported.name)
  return node && other ? { node, module: other } : undefined
}

function evaluateMember(scope: Scope, node: Node): unknown {
  const object = partOf(node, 'object')
  const property = partOf(node, 'property')
  const key = node['computed'] === true ? property && evaluate(scope, property) : nameOf(property)
  const name = nameOf(object)
  if (typeof key !== 'string' || !object) return UNREADABLE
  if (name !== undefined) {
    const found = findValue(scope, name)
    if (found?.node.type === 'TSEnumDeclaration') return enumMember(scope, found, key)
    if (!found && TRIGGER_ENUMS.has(scope.module.imports.get(name)?.name ?? name))
      return TRIGGER_WORDS.get(key) ?? key.toLowerCase()
  }
  const value = evaluate(scope, object)
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Tree)[key] : UNREADABLE
}

function enumMember(scope: Scope, { node, module }: FoundValue, key: string): unknown {
  const members = [...partsOf(node, 'members'), ...partsOf(partOf(node, 'body'), 'members')]
  const member = members.find((each) => nameOf(partOf(each, 'id')) === key)
  const value = partOf(member, 'initializer')
  return value ? evaluate({ ...scope, module }, value) : UNREADABLE
}

const WRAPPERS: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'ParenthesizedExpression',
])

function unwrap(node: Node): Node {
  const inner = WRAPPERS.has(node.type) ? partOf(node, 'expression') : undefined
  return inner ? unwrap(inner) : node
}
