import { codes, type Diagnostic, type Note, type Sources, type Span } from '@anyfaas/kit'
import type { Found } from './fold.ts'
import { createFindLines, type FindLines, isWholeFile } from './source.ts'

/** A place in a file for machines. Lines and columns count from 1, offsets from 0, both in UTF-16 units. */
export interface JsonPlace {
  readonly file: string
  readonly start?: JsonPosition
  readonly end?: JsonPosition
}

export interface JsonPosition {
  readonly offset: number
  readonly line: number
  readonly column: number
}

/** Diagnostics as data, in the order in which they came, each with its place spelled out. */
export function describeDiagnostics(found: readonly Found[]): readonly object[] {
  const findLines = createFindLines()
  return found.map(({ diagnostic, sources }) => describe(diagnostic, (span) => locate(span, findLines, sources)))
}

/** The place of a span; without positions when the text is not at hand. */
export function locate(span: Span, findLines: FindLines, sources: Sources | undefined): JsonPlace {
  const lines = isWholeFile(span) ? undefined : findLines(span.file, sources)
  if (!lines) return { file: span.file }
  const position = (offset: number): JsonPosition => ({ offset, ...lines.at(offset) })
  return { file: span.file, start: position(span.start), end: position(span.end) }
}

function describe(diagnostic: Diagnostic, at: (span: Span) => JsonPlace): object {
  const { code, severity, message, label, notes, help } = diagnostic
  return {
    code,
    severity,
    title: codes[code].title,
    message,
    ...(label !== undefined && { label }),
    ...placeOf(diagnostic, at),
    ...(notes && { notes: notes.map((note) => ({ message: note.message, ...placeOf(note, at) })) }),
    ...(help && { help }),
  }
}

function placeOf(part: Diagnostic | Note, at: (span: Span) => JsonPlace): object {
  return { ...(part.pointer !== undefined && { pointer: part.pointer }), ...(part.at && { at: at(part.at) }) }
}
