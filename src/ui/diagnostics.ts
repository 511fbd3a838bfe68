import type { Diagnostic, Note, Severity } from '@anyfaas/kit'
import { type Folded, type Found, fold } from './fold.ts'
import { drawFrame, type Frame, gutterOf } from './frame.ts'
import { createFindLines, type FindLines, isWholeFile } from './source.ts'
import type { Format, Style } from './style.ts'
import { clean } from './width.ts'

/** Where diagnostics are drawn. */
export interface View {
  readonly style: Style
  readonly columns: number
  /** The file as the reader should see it. */
  readonly name: (file: string) => string
}

/** Draws diagnostics with their code frames, in file order, and one line that counts them. */
export function drawDiagnostics(found: readonly Found[], view: View): string {
  if (found.length === 0) return ''
  const folded = fold(found)
  const findLines = createFindLines()
  const explained = new Set<string>()
  const drawn = folded.map((one) => {
    const { code } = one.diagnostic
    const isFirst = !explained.has(code)
    explained.add(code)
    return drawOne(one, { ...view, findLines, isFirst })
  })
  const summary = summarize(folded, view)
  return `${[...drawn, ...(summary ? [summary] : [])].join('\n\n')}\n`
}

const TONES: Readonly<Record<Severity, Format>> = { error: 'red', warning: 'yellow', note: 'cyan' }

// More places than these are counted, not listed.
const MOST_PLACES = 4

interface Sheet extends View {
  readonly findLines: FindLines
  /** The first of its code says where to read more. */
  readonly isFirst: boolean
}

function drawOne(one: Folded, sheet: Sheet): string {
  const { code, severity, message, label, notes = [], help = [] } = one.diagnostic
  const { paint } = sheet.style
  const tone = TONES[severity]
  const main = frameOf(one.diagnostic, { one, sheet, tone, label })
  const framed = notes.map((note) => ({ note, frame: frameOf(note, { one, sheet, tone: 'cyan', label: undefined }) }))
  const gutter = Math.max(
    2,
    ...[main, ...framed.map(({ frame }) => frame)].map((frame) => (frame ? gutterOf(frame) : 0)),
  )
  const indent = ' '.repeat(gutter + 1)
  const draw = (part: Diagnostic | Note, frame: Frame | undefined): string[] =>
    frame
      ? drawFrame(frame, { style: sheet.style, columns: sheet.columns, gutter })
      : namePlace(part, sheet).map((text) => indent + text)
  const remark = (name: string, text: string): string =>
    `${indent}${paint('bold', `${name}:`)} ${tidy(text, `${indent}  `)}`
  return [
    paint(['bold', tone], `${severity}[${code}]`) + paint('bold', `: ${tidy(message, '  ')}`),
    ...draw(one.diagnostic, main),
    ...framed.flatMap(({ note, frame }) => [remark('note', note.message), ...draw(note, frame)]),
    ...(one.also.length > 0 ? [remark('note', `also at ${listPlaces(one, sheet)}`)] : []),
    ...help.map((text) => remark('help', text)),
    ...(sheet.isFirst ? [`${indent}${paint('dim', `docs: sls explain ${code}`)}`] : []),
  ].join('\n')
}

interface Look {
  readonly one: Folded
  readonly sheet: Sheet
  readonly tone: Format
  readonly label: string | undefined
}

function frameOf({ at: span }: Diagnostic | Note, { one, sheet, tone, label }: Look): Frame | undefined {
  if (!span || isWholeFile(span)) return undefined
  const lines = sheet.findLines(span.file, one.sources)
  if (!lines || span.start > lines.text.length) return undefined
  return { lines, span, name: sheet.name(span.file), tone, ...(label !== undefined && { label }) }
}

// Without a text to show, the place is named.
function namePlace(part: Diagnostic | Note, sheet: Sheet): string[] {
  const label = 'label' in part && part.label ? tidy(part.label, '  ') : ''
  const where = part.at ? sheet.name(part.at.file) : part.pointer
  if (!where) return label ? [label] : []
  return [`at ${tidy(where, '')}${label ? `: ${label}` : ''}`]
}

function listPlaces({ diagnostic, also, sources }: Folded, sheet: Sheet): string {
  const shown = also.slice(0, MOST_PLACES).map((span) => {
    const at = sheet.findLines(span.file, sources)?.at(span.start)
    if (!at) return sheet.name(span.file)
    const place = `${at.line}:${at.column}`
    return span.file === diagnostic.at?.file ? place : `${sheet.name(span.file)}:${place}`
  })
  const more = also.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function tidy(text: string, indent: string): string {
  return clean(text).split(/\n/).join(`\n${indent}`)
}

function summarize(folded: readonly Folded[], view: View): string | undefined {
  const files = [...new Set(folded.flatMap(({ diagnostic }) => (diagnostic.at ? [diagnostic.at.file] : [])))]
  if (folded.length === 1 && files.length === 0) return undefined
  const counts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const same = folded.filter((one) => one.diagnostic.severity === severity)
    const total = same.reduce((sum, one) => sum + 1 + one.also.length, 0)
    return total === 0 ? [] : [view.style.paint(TONES[severity], `${total} ${severity}${total === 1 ? '' : 's'}`)]
  })
  const where = files.length > 1 ? ` in ${files.length} files` : files.map((file) => ` in ${view.name(file)}`).join('')
  return counts.join(', ') + where
}
