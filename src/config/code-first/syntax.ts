import { parse } from '@babel/parser'

/** A node of a source's syntax tree, with offsets into its text. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

/** The statements of a TypeScript file; mistakes of it are left to its compiler. */
export function parseSource(text: string): readonly Node[] {
  const file = parse(text, {
    sourceType: 'module',
    plugins: ['typescript', 'decorators-legacy'],
    errorRecovery: true,
    attachComment: false,
    allowReturnOutsideFunction: true,
  })
  return file.program.body as unknown as readonly Node[]
}

/** A part of a node that is a node itself. */
export function partOf(node: Node | undefined, key: string): Node | undefined {
  const part = node?.[key]
  return isNode(part) ? part : undefined
}

/** A part of a node that is a list of nodes; holes are left out. */
export function partsOf(node: Node | undefined, key: string): readonly Node[] {
  const parts = node?.[key]
  return Array.isArray(parts) ? parts.filter(isNode) : []
}

/** The name of an identifier, or the text of a quoted name. */
export function nameOf(node: Node | undefined): string | undefined {
  if (node?.type === 'Identifier') return String(node['name'])
  return node?.type === 'StringLiteral' || node?.type === 'NumericLiteral' ? String(node['value']) : undefined
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}
