import { type Diagnostic, error, type Pointer, type Span } from '@anyfaas/kit'
import { EVENT_ID, type Event, getScalarValue } from 'js-yaml'
import { joinPointer, splitPointer } from './pointer.ts'
import type { Range, Source } from './source.ts'

/** A value in the text. Aliases share the node that they name, so what they bring is found where it is written. */
interface Node {
  readonly start: number
  readonly end: number
  readonly children: Map<string, Child>
  readonly merged: Node[]
}

interface Child {
  readonly keyStart: number
  readonly keyEnd: number
  node: Node
}

interface Walk {
  readonly source: Source
  readonly events: readonly Event[]
  at: number
  readonly anchors: Map<string, Node>
  /** Called for a key that its map has already. */
  readonly duplicate?: (path: readonly string[], child: Child) => void
}

const trees = new WeakMap<Source, Node | undefined>()

/** Where a pointer stands in its file; the longest part of it that is there. */
export function spanOf(source: Source, pointer: Pointer, on: 'key' | 'value'): Span {
  if (source.ranges) return rangedSpan(source.file, source.ranges, pointer, on)
  const root = treeOf(source)
  let node = root
  let span: Span | undefined
  for (const key of splitPointer(pointer)) {
    const child = node && findChild(node, key)
    if (!child) break
    node = child.node
    // A value that was left empty stands nowhere: its key does.
    const isEmpty = node.start < 0
    const hasKey = child.keyEnd > child.keyStart
    if (isEmpty && !hasKey) continue
    const range = hasKey && (isEmpty || on === 'key') ? { start: child.keyStart, end: child.keyEnd } : node
    span = { file: source.file, start: range.start, end: range.end }
  }
  return span ?? { file: source.file, start: 0, end: 0 }
}

function rangedSpan(file: string, ranges: ReadonlyMap<Pointer, Range>, pointer: Pointer, on: 'key' | 'value'): Span {
  for (let end = pointer.length; end > 0; end = pointer.lastIndexOf('/', end - 1)) {
    const range = ranges.get(pointer.slice(0, end))
    const { start, end: until } = (on === 'key' && end === pointer.length ? range?.key : undefined) ?? range ?? {}
    if (start !== undefined && until !== undefined) return { file, start, end: until }
  }
  return { file, start: 0, end: 0 }
}

/** Every key that stands twice in its map. */
export function findDuplicates(source: Source): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  readTree(source, (path, child) => {
    const at = { file: source.file, start: child.keyStart, end: child.keyEnd }
    found.push(
      error('SLS1012', `"${path.at(-1)}" is there twice`, {
        at,
        label: 'again',
        notes: [{ message: `in ${joinPointer(path.slice(0, -1)) || 'the file'}` }],
      }),
    )
  })
  return found
}

function treeOf(source: Source): Node | undefined {
  if (!trees.has(source)) trees.set(source, readTree(source))
  return trees.get(source)
}

function readTree(source: Source, duplicate?: Walk['duplicate']): Node | undefined {
  const events = source.events?.() ?? []
  if (events[0]?.type !== EVENT_ID.DOCUMENT) return undefined
  return readNode({ source, events, at: 1, anchors: new Map(), ...(duplicate && { duplicate }) }, [])
}

function findChild(node: Node, key: string): Child | undefined {
  const own = node.children.get(key)
  if (own) return own
  for (const other of node.merged) {
    const child = findChild(other, key)
    if (child) return child
  }
  return undefined
}

function readNode(walk: Walk, path: readonly string[]): Node | undefined {
  const event = walk.events[walk.at++]
  if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return undefined
  if (event.type === EVENT_ID.ALIAS) return walk.anchors.get(walk.source.text.slice(event.anchorStart, event.anchorEnd))
  if (event.type === EVENT_ID.SCALAR) return keep(walk, event, leaf(event.valueStart, event.valueEnd))
  const line = walk.source.text.indexOf('\n', event.start)
  const node = keep(walk, event, leaf(event.start, line < 0 ? walk.source.text.length : line))
  if (event.type === EVENT_ID.SEQUENCE) readItems(walk, node, path)
  else readPairs(walk, node, path)
  return node
}

function readItems(walk: Walk, node: Node, path: readonly string[]): void {
  for (let index = 0; !atEnd(walk); index++) {
    const child = readNode(walk, [...path, String(index)])
    if (child) node.children.set(String(index), { keyStart: 0, keyEnd: 0, node: child })
  }
  walk.at++
}

function readPairs(walk: Walk, node: Node, path: readonly string[]): void {
  while (!atEnd(walk)) {
    const keyEvent = walk.events[walk.at]
    const keyNode = readNode(walk, path)
    const key = keyEvent?.type === EVENT_ID.SCALAR ? getScalarValue(walk.source.text, keyEvent) : ''
    const value = readNode(walk, [...path, key])
    if (key === '<<' && value)
      node.merged.push(...(value.children.has('0') ? [...value.children.values()].map((c) => c.node) : [value]))
    if (!value || !keyNode) continue
    const child = { keyStart: keyNode.start, keyEnd: keyNode.end, node: value }
    if (node.children.has(key)) walk.duplicate?.([...path, key], child)
    node.children.set(key, child)
  }
  walk.at++
}

function atEnd(walk: Walk): boolean {
  const event = walk.events[walk.at]
  return event === undefined || event.type === EVENT_ID.POP
}

function leaf(start: number, end: number): Node {
  return { start, end, children: new Map(), merged: [] }
}

function keep(walk: Walk, event: { anchorStart: number; anchorEnd: number }, node: Node): Node {
  if (event.anchorStart >= 0) walk.anchors.set(walk.source.text.slice(event.anchorStart, event.anchorEnd), node)
  return node
}
