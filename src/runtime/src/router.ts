import { HttpError } from './error.ts'
import { endOf, type Pattern, parsePattern } from './pattern.ts'
import { emptyRecord } from './record.ts'

/** What a router is built from: any thing with a canonical path and upper-case methods (none means every method). */
export interface Routed {
  readonly path: string
  readonly methods: readonly string[]
}

export interface Found<T> {
  readonly route: T
  readonly pattern: Pattern
}

/**
 * Finds the most specific route that takes a path and a method. Fully static paths stand in a map, the others in
 * a trie of segments. On one path a declared method wins over `any`, and GET answers HEAD when nothing else does.
 */
export class Router<T extends Routed> {
  readonly #root = makeNode<T>()
  readonly #statics = new Map<string, Leaf<T>>()

  constructor(routes: readonly T[]) {
    for (const route of routes) this.#add(route)
  }

  /** Throws an HttpError 400 when the path holds a broken escape. */
  find(method: string, path: string): Found<T> | undefined {
    const escaped = path.includes('%')
    const leaf = escaped ? undefined : this.#statics.get(path)
    const found = leaf && pick(leaf, method)
    return found ?? this.#search(method, path, escaped, undefined)
  }

  /** Everything that the path could have been, whatever the method; the most specific first. */
  allOf(path: string): readonly Leaf<T>[] {
    const leaves: Leaf<T>[] = []
    this.#search('', path, path.includes('%'), leaves)
    return leaves.sort((a, b) => a.rank - b.rank)
  }

  #search(method: string, path: string, escaped: boolean, seen: Leaf<T>[] | undefined): Found<T> | undefined {
    if (path[0] !== '/') return undefined
    if (escaped) decode(path)
    const end = endOf(path)
    const search: Search<T> = { path, end, escaped, method, seen, entry: undefined, rank: FAR }
    visit(this.#root, 1, search)
    return search.entry
  }

  #add(route: T): void {
    const pattern = parsePattern(route.path)
    let node = this.#root
    node.least = Math.min(node.least, pattern.rank)
    for (const segment of pattern.segments) {
      node = segment === null ? paramOf(node) : childOf(node, segment)
      node.least = Math.min(node.least, pattern.rank)
    }
    const leaf = leafOf(node, pattern)
    const entry = { route, pattern }
    if (route.methods.length === 0) leaf.any ??= entry
    for (const method of route.methods) if (!leaf.methods.has(method)) leaf.methods.set(method, entry)
    // An escaped slash would make this key look like another path.
    const literal = !pattern.wild && pattern.params.length === 0 && !route.path.includes('%')
    if (literal) this.#statics.set(`/${pattern.segments.join('/')}`, leaf)
  }
}

/** The parameters of a path by name, decoded; `*` is what `/*` matched, without its first slash. */
export function readParams(pattern: Pattern, path: string): Record<string, string> {
  const params = emptyRecord<string>()
  const last = endOf(path)
  let start = 1
  let index = 0
  for (const param of pattern.params) {
    for (; index < param.index; index++) start = path.indexOf('/', start) + 1
    const slash = path.indexOf('/', start)
    params[param.name] = decoded(path.slice(start, slash === -1 ? last : slash))
  }
  if (!pattern.wild) return params
  for (; index < pattern.segments.length && start > 0; index++) start = path.indexOf('/', start) + 1
  params['*'] = start > 0 && start < last ? decoded(path.slice(start, last)) : ''
  return params
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
  readonly few: [string, Node<T>][]
  readonly all: Map<string, Node<T>>
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
    few.push([segment, child])
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
    return all.get(escaped ? decode(segment) : segment)
  }
  for (const [text, child] of few) if (text.length === stop - start && path.startsWith(text, start)) return child
  return undefined
}

const FEW = 3

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

function decoded(text: string): string {
  return text.includes('%') ? decode(text) : text
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new HttpError(400, 'the path holds a broken escape')
  }
}
