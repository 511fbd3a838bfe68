import { decodePath } from './decode-path.ts'
import { endOf, type Pattern, SLASH } from './pattern.ts'

/** What a router is built from: any thing with a canonical path and upper-case methods (none means every method). */
export interface Routed {
  readonly path: string
  readonly methods: readonly string[]
}

export interface Found<T> {
  readonly route: T
  readonly pattern: Pattern
}

/** Many routes: fully static paths stand in a map, the others in a trie of segments. */
export interface Trie<T> {
  find(method: string, path: string): Found<T> | undefined
  /** Everything that the path could have been, whatever the method. */
  allOf(path: string): Leaf<T>[]
}

export function makeTrie<T extends Routed>(entries: readonly Found<T>[]): Trie<T> {
  const root = makeNode<T>()
  const statics = new Map<string, Leaf<T>>()
  for (const entry of entries) add(entry, root, statics)
  return {
    find(method, path) {
      const escaped = path.includes('%')
      const leaf = escaped ? undefined : statics.get(path)
      return (leaf && pick(leaf, method)) ?? search(root, { path, method, escaped })
    },
    allOf(path) {
      const leaves: Leaf<T>[] = []
      search(root, { path, method: '', escaped: path.includes('%'), seen: leaves })
      return leaves
    },
  }
}

interface Wanted<T> {
  readonly path: string
  readonly method: string
  readonly escaped: boolean
  readonly seen?: Leaf<T>[]
}

function search<T>(root: Node<T>, { path, method, escaped, seen }: Wanted<T>): Found<T> | undefined {
  if (path.charCodeAt(0) !== SLASH) return undefined
  // What takes every path looks at none.
  if (escaped && (root.statics || root.param)) decodePath(path)
  const found: Search<T> = { path, end: endOf(path), escaped, method, seen, entry: undefined, rank: FAR }
  visit(root, 1, found)
  return found.entry
}

function add<T extends Routed>(entry: Found<T>, root: Node<T>, statics: Map<string, Leaf<T>>): void {
  const { route, pattern } = entry
  let node = root
  node.least = Math.min(node.least, pattern.rank)
  for (const segment of pattern.segments) {
    node = segment === null ? paramOf(node) : childOf(node, segment)
    node.least = Math.min(node.least, pattern.rank)
  }
  const leaf = leafOf(node, pattern)
  if (route.methods.length === 0) leaf.any ??= entry
  for (const method of route.methods) if (!leaf.methods.has(method)) leaf.methods.set(method, entry)
  // An escaped slash would make this key look like another path.
  const literal = !pattern.wild && pattern.params.length === 0 && !route.path.includes('%')
  if (literal) statics.set(`/${pattern.segments.join('/')}`, leaf)
}

interface Node<T> {
  statics: Statics<T> | undefined
  param: Node<T> | undefined
  exact: Leaf<T> | undefined
  wild: Leaf<T> | undefined
  /** The best rank in this part of the trie. */
  least: number
}

interface Statics<T> {
  /** In the order of the file. */
  readonly few: Branch<T>[]
  readonly all: Map<string, Node<T>>
}

interface Branch<T> {
  readonly text: string
  readonly child: Node<T>
}

/** The end of a route's path, with the routes by their methods. */
export interface Leaf<T> {
  readonly rank: number
  readonly methods: Map<string, Found<T>>
  any: Found<T> | undefined
}

interface Search<T> {
  readonly path: string
  /** Where the path's last segment ends. */
  readonly end: number
  readonly escaped: boolean
  readonly method: string
  /** Takes every leaf of the path, whatever its methods; no entry is looked for then. */
  readonly seen: Leaf<T>[] | undefined
  entry: Found<T> | undefined
  rank: number
}

// Beyond every rank.
const FAR = 2 ** 53

function makeNode<T>(): Node<T> {
  return { statics: undefined, param: undefined, exact: undefined, wild: undefined, least: FAR }
}

function paramOf<T>(node: Node<T>): Node<T> {
  node.param ??= makeNode()
  return node.param
}

function childOf<T>(node: Node<T>, segment: string): Node<T> {
  node.statics ??= { few: [], all: new Map() }
  const { few, all } = node.statics
  let child = all.get(segment)
  if (!child) {
    child = makeNode<T>()
    all.set(segment, child)
    few.push({ text: segment, child })
  }
  return child
}

function leafOf<T>(node: Node<T>, pattern: Pattern): Leaf<T> {
  const end = pattern.wild ? 'wild' : 'exact'
  node[end] ??= { rank: pattern.rank, methods: new Map(), any: undefined }
  return node[end]
}

/** Follows the path from where its next segment starts. */
function visit<T>(node: Node<T>, start: number, search: Search<T>): void {
  if (node.least >= search.rank) return
  if (start <= search.end) descend(node, start, search)
  else if (node.exact) take(node.exact, search)
  if (node.wild) take(node.wild, search)
}

function descend<T>({ statics, param }: Node<T>, start: number, search: Search<T>): void {
  if (!statics && !param) return
  const slash = search.path.indexOf('/', start)
  const stop = slash === -1 || slash > search.end ? search.end : slash
  if (statics) {
    const child = childAt(statics, start, stop, search)
    if (child) visit(child, stop + 1, search)
  }
  if (param && stop > start) visit(param, stop + 1, search)
}

// To compare a few texts in place costs less than to cut one out and hash it.
function childAt<T>({ few, all }: Statics<T>, start: number, stop: number, search: Search<T>): Node<T> | undefined {
  const { path, escaped } = search
  if (escaped || few.length > FEW) {
    const segment = path.slice(start, stop)
    return all.get(escaped ? decodePath(segment) : segment)
  }
  for (let index = 0; index < few.length; index++) {
    const one = few[index] as Branch<T>
    if (one.text.length === stop - start && stands(one.text, path, start)) return one.child
  }
  return undefined
}

const FEW = 3

// `startsWith` costs more than to look at the characters of a segment.
function stands(text: string, path: string, start: number): boolean {
  for (let index = 0; index < text.length; index++)
    if (text.charCodeAt(index) !== path.charCodeAt(start + index)) return false
  return true
}

function take<T>(leaf: Leaf<T>, search: Search<T>): void {
  if (search.seen) search.seen.push(leaf)
  if (search.seen || leaf.rank >= search.rank) return
  const entry = pick(leaf, search.method)
  if (!entry) return
  search.entry = entry
  search.rank = leaf.rank
}

function pick<T>(leaf: Leaf<T>, method: string): Found<T> | undefined {
  return leaf.methods.get(method) ?? (method === 'HEAD' ? leaf.methods.get('GET') : undefined) ?? leaf.any
}
