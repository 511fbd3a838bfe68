import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readText } from '../read.ts'
import { type Node, nameOf, parseSource, partOf, partsOf } from './syntax.ts'

/** A source file of the project, read and not run. */
export interface Module {
  /** Absolute path. */
  readonly file: string
  readonly text: string
  readonly classes: readonly Node[]
  /** Constants and enums by name; exported ones or not. */
  readonly values: ReadonlyMap<string, Node>
  /** Local name -> where it comes from. */
  readonly imports: ReadonlyMap<string, Import>
}

export interface Import {
  readonly from: string
  /** The name there; `default` or `*`. */
  readonly name: string
}

/** The modules that others import constants and classes from, each parsed once. */
export class Modules {
  readonly #known = new Map<string, Module | undefined>()

  /** Those that were opened. */
  files(): string[] {
    return [...this.#known.keys()]
  }

  /** The module that an import of the project's own means; undefined for packages. */
  follow(module: Module, from: string): Module | undefined {
    if (!from.startsWith('.')) return undefined
    const base = resolve(dirname(module.file), from.replace(/\.js$/, ''))
    const file = [`${base}.ts`, join(base, 'index.ts')].find((candidate) => existsSync(candidate))
    if (file === undefined) return undefined
    if (!this.#known.has(file)) this.#known.set(file, readModule(file, readText(file)))
    return this.#known.get(file)
  }
}

/** Undefined when the parser cannot make anything of the file. */
export function readModule(file: string, text: string): Module | undefined {
  const body = parsed(text)
  if (!body) return undefined
  const classes: Node[] = []
  const values = new Map<string, Node>()
  const imports = new Map<string, Import>()
  for (const statement of body) {
    const node = partOf(statement, 'declaration') ?? statement
    if (node.type === 'ClassDeclaration') classes.push(node)
    else if (node.type === 'TSEnumDeclaration') values.set(nameOf(partOf(node, 'id')) ?? '', node)
    else if (node.type === 'VariableDeclaration' && node['kind'] === 'const') addConstants(node, values)
    else if (node.type === 'ImportDeclaration') addImports(node, imports)
  }
  return { file, text, classes, values, imports }
}

function parsed(text: string): readonly Node[] | undefined {
  try {
    return parseSource(text)
  } catch {
    // The parser gives up on a file only when it is no TypeScript; the caller tells where that is.
    return undefined
  }
}

function addConstants(declaration: Node, values: Map<string, Node>): void {
  for (const declarator of partsOf(declaration, 'declarations')) {
    const name = nameOf(partOf(declarator, 'id'))
    const value = partOf(declarator, 'init')
    if (name !== undefined && value) values.set(name, value)
  }
}

function addImports(declaration: Node, imports: Map<string, Import>): void {
  const from = nameOf(partOf(declaration, 'source')) ?? ''
  for (const specifier of partsOf(declaration, 'specifiers')) {
    const local = nameOf(partOf(specifier, 'local')) ?? ''
    const imported = nameOf(partOf(specifier, 'imported'))
    imports.set(local, { from, name: imported ?? (specifier.type === 'ImportDefaultSpecifier' ? 'default' : '*') })
  }
}
