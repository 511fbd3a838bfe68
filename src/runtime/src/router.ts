import { decodePath } from './decode-path.ts'
import { endOf, type Param, type Pattern, parsePattern, SLASH } from './pattern.ts'
import { emptyRecord } from './record.ts'
import { type Found, type Leaf, makeTrie, type Routed, type Trie } from './trie.ts'

/**
 * Finds the most specific route that takes a path and a method. On one path a declared method wins over `any`, and GET
 * answers HEAD when nothing else does. A few routes are gone through; many stand in a trie.
 */
export class Router<T extends Routed> {
  private readonly entries: readonly Found<T>[]
  private trie: Trie<T> | undefined

  constructor(routes: readonly T[]) {
    this.entries = routes.map((route) => ({ route, pattern: parsePattern(route.path) }))
    this.trie = routes.length > FEW ? makeTrie(this.entries) : undefined
  }

  /** Throws an HttpError 400 when the path holds a broken escape. */
  find(method: string, path: string): Found<T> | undefined {
    const isSimple = !this.trie && !path.includes('%')
    return isSimple ? findAmong(this.entries, method, path) : this.many.find(method, path)
  }

  /** Everything that the path could have been, whatever the method; the most specific first. */
  allOf(path: string): readonly Leaf<T>[] {
    return this.many.allOf(path).sort((a, b) => a.rank - b.rank)
  }

  private get many(): Trie<T> {
    this.trie ??= makeTrie(this.entries)
    return this.trie
  }
}

const FEW = 4

/** The parameters of a path by name, decoded; `*` is what `/*` matched, without its first slash. */
export function readParams({ params, segments, wild, head, fixed }: Pattern, path: string): Record<string, string> {
  const read = emptyRecord<string>()
  if (params.length === 0 && !wild) return read
  const escaped = path.includes('%')
  const last = endOf(path)
  // What the pattern begins with stands in the path as it is, unless escapes hide it.
  let start = escaped ? 1 : head.length + 1
  let index = escaped ? 0 : fixed
  for (let at = 0; at < params.length; at++) {
    const param = params[at] as Param
    for (; index < param.index; index++) start = path.indexOf('/', start) + 1
    // Behind the pattern's last segment there is none to look for.
    const slash = param.index < segments.length - 1 || wild ? path.indexOf('/', start) : -1
    const text = path.slice(start, slash < 0 ? last : slash)
    read[param.name] = escaped ? decodePath(text) : text
  }
  if (wild) {
    for (; index < segments.length; index++) start = path.indexOf('/', start) + 1
    // No slash behind the last of the segments: nothing is left.
    const rest = path.slice(start || last, last)
    read['*'] = escaped ? decodePath(rest) : rest
  }
  return read
}

function findAmong<T extends Routed>(entries: readonly Found<T>[], method: string, path: string): Found<T> | undefined {
  if (path.charCodeAt(0) !== SLASH) return undefined
  const end = endOf(path)
  let best: Found<T> | undefined
  let least = NONE
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] as Found<T>
    const { route, pattern } = entry
    const level = levelOf(route.methods, method)
    if (level === NONE || (best && (pattern.rank - best.pattern.rank || level - least) >= 0)) continue
    if (!matches(pattern, path, end)) continue
    best = entry
    least = level
  }
  return best
}

// The lower, the better a route's methods fit.
function levelOf(methods: readonly string[], method: string): number {
  if (methods.length === 0) return 2
  if (methods[0] === method || methods.includes(method)) return 0
  return method === 'HEAD' && methods.includes('GET') ? 1 : NONE
}

const NONE = 3

function matches({ segments, wild, head, fixed }: Pattern, path: string, end: number): boolean {
  const { length } = head
  // To ask for the place costs a third of `startsWith`.
  if (end < length || (end > length && path.charCodeAt(length) !== SLASH) || path.indexOf(head) !== 0) return false
  let start = length + 1
  for (let index = fixed; index < segments.length; index++) {
    if (start > end) return false
    const segment = segments[index] as string | null
    // By characters, for segments are short.
    let stop = start
    while (stop < end && path.charCodeAt(stop) !== SLASH) stop++
    if (segment === null) {
      if (stop === start) return false
    } else if (segment.length !== stop - start || !path.startsWith(segment, start)) return false
    start = stop + 1
  }
  return wild || start > end
}
