import type { Diagnostic, Sources, Span } from '@anyfaas/kit'
import { isWholeFile } from './source.ts'

/** A diagnostic with the texts of the files that it points into. */
export interface Found {
  readonly diagnostic: Diagnostic
  readonly sources?: Sources
}

/** A diagnostic to show once, and the other places of equal ones. */
export interface Folded extends Found {
  readonly also: readonly Span[]
}

/** In the order of the files: what came twice is there once, equal warnings and notes are one with several places. */
export function fold(found: readonly Found[]): readonly Folded[] {
  const groups = new Map<string, Found & { also: Span[] }>()
  const seen = new Set<string>()
  for (const one of inFileOrder(found)) {
    if (!isFirst(one, seen)) continue
    const key = sameness(one.diagnostic)
    const group = groups.get(key)
    if (!group) groups.set(key, { ...one, also: [] })
    else if (one.diagnostic.at && !isAt(one.diagnostic.at, group)) group.also.push(one.diagnostic.at)
  }
  return [...groups.values()]
}

// What stands once for all functions is one place.
function isAt(span: Span, { diagnostic, also }: Folded): boolean {
  return [diagnostic.at, ...also].some((other) => other?.file === span.file && other.start === span.start)
}

/** Whether a diagnostic comes for the first time; it is remembered in `seen`. */
export function isFirst({ diagnostic }: Found, seen: Set<string>): boolean {
  const key = `${sameness(diagnostic)} ${diagnostic.message} ${placeKey(diagnostic)}`
  if (seen.has(key)) return false
  seen.add(key)
  return true
}

function sameness(diagnostic: Diagnostic): string {
  const { code, severity, message, label, help } = diagnostic
  // Without a place of its own there would be nothing left to tell it by.
  if (severity === 'error' || !diagnostic.at) {
    const isOnePlace = diagnostic.at !== undefined && !isWholeFile(diagnostic.at)
    const words = isOnePlace ? message.replace(FUNCTION, '') : message
    return JSON.stringify([code, severity, words, label, help, placeKey(diagnostic)])
  }
  return JSON.stringify([code, severity, message.replace(FUNCTION, ''), label, help])
}

// The same said of several functions is one remark: its places say which ones.
const FUNCTION = /\bfunction "[^"]*"/g

function placeKey({ at, pointer, on }: Diagnostic): string {
  return JSON.stringify(at ? [at.file, at.start, at.end] : [pointer, on])
}

// Files stand in the order in which they were first named; what has no place comes last.
function inFileOrder(found: readonly Found[]): readonly Found[] {
  const files = [...new Set(found.map((one) => one.diagnostic.at?.file))]
  const rank = ({ diagnostic: { at } }: Found): number => (at ? files.indexOf(at.file) : files.length)
  const start = ({ diagnostic: { at } }: Found): number => at?.start ?? 0
  return [...found].sort((a, b) => rank(a) - rank(b) || start(a) - start(b))
}
