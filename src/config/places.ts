import type { Diagnostic, Note, Place, Pointer, Span } from '@anyfaas/kit'
import type { Source } from './source.ts'
import { spanOf } from './spans.ts'

/** Where a value was before one step of the loading: in the same file unless another is named. */
export interface Origin {
  readonly source?: Source
  readonly pointer: Pointer
}

/** One step's moves: pointer after the step -> where that value was before it. Everything else stayed. */
export type Moves = Map<Pointer, Origin>

/**
 * Turns pointers into spans. Values carry no positions on their way through stages, variables and older
 * spellings; each step leaves the list of what it moved, and a pointer is walked back through them.
 */
export interface Places {
  readonly main: Source
  readonly steps: Moves[]
}

export function span(places: Places, pointer: Pointer, on: 'key' | 'value' = 'value'): Span {
  let at = pointer
  for (const moves of places.steps.toReversed()) {
    const origin = trace(moves, at)
    if (origin.source) return spanOf(origin.source, origin.pointer, on)
    at = origin.pointer
  }
  return spanOf(places.main, at, on)
}

/** The diagnostic with spans for its pointers. */
export function locate(places: Places, diagnostic: Diagnostic): Diagnostic {
  const notes = diagnostic.notes?.map((note) => resolved(places, note))
  return { ...resolved(places, diagnostic), ...(notes && { notes }) }
}

function resolved<T extends Place & (Diagnostic | Note)>(places: Places, thing: T): T {
  if (thing.at || thing.pointer === undefined) return thing
  return { ...thing, at: span(places, thing.pointer, thing.on ?? 'value') }
}

// Things moved inside what moved: a pointer is walked back until no part of it came from elsewhere.
function trace(moves: Moves, pointer: Pointer): Origin {
  let origin: Origin = { pointer }
  for (let hops = 0; hops < MOST_HOPS && !origin.source; hops++) {
    const before = moveOf(moves, origin.pointer)
    if (!before) break
    origin = before
  }
  return origin
}

const MOST_HOPS = 32

// The move of the longest part of a pointer, with the rest of the pointer behind it.
function moveOf(moves: Moves, pointer: Pointer): Origin | undefined {
  if (moves.size === 0) return undefined
  for (let end = pointer.length; end >= 0; end = end === 0 ? -1 : pointer.lastIndexOf('/', end - 1)) {
    const origin = moves.get(pointer.slice(0, end))
    if (origin) return { ...origin, pointer: origin.pointer + pointer.slice(end) }
  }
  return undefined
}
