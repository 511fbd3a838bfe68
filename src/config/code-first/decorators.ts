import type { Module } from './modules.ts'
import { type Node, nameOf, partOf, partsOf } from './syntax.ts'

/** A decorator of a class or of a method. */
export interface Decorator {
  /** As its package exports it, whatever it is called here. */
  readonly name: string
  readonly args: readonly Node[]
  readonly node: Node
}

/** The decorators of a class or method, in the order of the text. */
export function decoratorsOf(module: Module, node: Node): readonly Decorator[] {
  return partsOf(node, 'decorators').flatMap((decorator) => {
    const expression = partOf(decorator, 'expression')
    const called = expression?.type === 'CallExpression' ? partOf(expression, 'callee') : expression
    const local = nameOf(called) ?? nameOf(partOf(called, 'property'))
    if (local === undefined) return []
    const name = module.imports.get(local)?.name
    const args = expression?.type === 'CallExpression' ? partsOf(expression, 'arguments') : []
    return [{ name: name === undefined || name === 'default' || name === '*' ? local : name, args, node: decorator }]
  })
}

/** The decorators of one of these names. */
export function named(decorators: readonly Decorator[], names: readonly string[]): readonly Decorator[] {
  return decorators.filter(({ name }) => names.includes(name))
}
