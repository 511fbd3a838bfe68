import type { Sources, Span } from '@anyfaas/kit'
import { type Lines, splitLines } from '@anyfaas/kit'

/** Finds the lines of a file; a file of many mistakes is cut once. */
export type FindLines = (file: string, sources: Sources | undefined) => Lines | undefined

export function createFindLines(): FindLines {
  const known = new Map<string, Lines>()
  return (file, sources) => {
    const lines = known.get(file)
    if (lines) return lines
    const text = sources?.(file)
    if (text === undefined) return undefined
    const made = splitLines(text)
    known.set(file, made)
    return made
  }
}

/** An empty span at the start is the loader's way to say "this file". */
export function isWholeFile(span: Span): boolean {
  return span.start === 0 && span.end === 0
}
