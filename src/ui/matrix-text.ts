import type { Level } from '@anyfaas/kit'
import type { Matrix, MatrixPart } from '../actions/matrix.ts'
import { explain, type Reason } from './matrix-reasons.ts'
import type { Format, Style } from './style.ts'
import { drawTable } from './table.ts'
import { clean, cut, widthOf, wrap } from './width.ts'

/** The matrix as a table, and below it every reason once with the places that it holds for. */
export function drawMatrix(matrix: Matrix, style: Style, columns: number): string {
  const reasons = explain(matrix)
  const lines = [
    ...drawGrid(matrix, style, columns),
    ...(reasons.length > 0 ? ['', style.paint('bold', 'Why, and what instead')] : []),
    ...reasons.flatMap((reason) => ['', ...drawReason(reason, style, columns)]),
  ]
  return `${lines.join('\n')}\n`
}

const TONES: Readonly<Record<Level, Format>> = { native: 'green', emulated: 'cyan', lossy: 'yellow', refused: 'red' }

const GAP = 2
const LEAST_NAME = 16

function drawGrid(matrix: Matrix, style: Style, columns: number): string[] {
  const labels = matrix.platforms.map(({ platform }) => platform)
  const rows = [...rowsOf(matrix.parts, 0)]
  const cells = labels.reduce((sum, label) => sum + Math.max(widthOf(label), 'emulated'.length) + GAP, 0)
  const head = `${matrix.service} (${matrix.stage})`
  const room = columns - cells - GAP
  if (room < LEAST_NAME) return drawList(matrix, style, columns)
  const name = (text: string): string => cut(clean(text), room, style.signs.ellipsis)
  const total = matrix.platforms.map(({ level }) => style.paint(['bold', TONES[level]], level))
  return drawTable(
    [
      [style.paint('bold', name(head)), ...labels.map((label) => style.paint('bold', label))],
      ...rows.map(({ part, depth }) => [
        name('  '.repeat(depth) + part.name),
        ...labels.map((label) => paintLevel(part.levels[label] ?? 'native', style)),
      ]),
      [style.paint('bold', name('all of it')), ...total],
    ],
    { gap: GAP },
  )
}

// Too many platforms for the width: each row names those that differ.
function drawList({ service, stage, parts, platforms }: Matrix, style: Style, columns: number): string[] {
  const whole = Object.fromEntries(platforms.map(({ platform, level }) => [platform, level]))
  const rows = [...rowsOf(parts, 0)].map(({ part, depth }) => ({ name: part.name, levels: part.levels, depth }))
  return [
    style.paint('bold', `${service} (${stage})`),
    ...[...rows, { name: 'all of it', levels: whole, depth: 0 }].flatMap(({ name, levels, depth }) => [
      cut('  '.repeat(depth) + clean(name), columns, style.signs.ellipsis),
      ...byLevel(levels).map(([level, labels]) => `${'  '.repeat(depth + 2)}${paintLevel(level, style)}: ${labels}`),
    ]),
  ]
}

function byLevel(levels: Readonly<Record<string, Level>>): [Level, string][] {
  const found = new Map<Level, string[]>()
  for (const [label, level] of Object.entries(levels)) found.set(level, [...(found.get(level) ?? []), label])
  return [...found].map(([level, labels]) => [level, labels.join(', ')])
}

function paintLevel(level: Level, style: Style): string {
  return style.paint(level === 'native' ? 'dim' : TONES[level], level)
}

function* rowsOf(parts: readonly MatrixPart[], depth: number): Generator<{ part: MatrixPart; depth: number }> {
  for (const part of parts) {
    yield { part, depth }
    yield* rowsOf(part.parts, depth + 1)
  }
}

function drawReason({ subjects, places, remarks }: Reason, style: Style, columns: number): string[] {
  const subject = style.paint('bold', clean(subjects))
  return [
    `${subject}${places === '' ? '' : `  ${style.paint('dim', clean(places))}`}`,
    ...remarks.flatMap(({ level, platforms, reason, instead, code }) => [
      ...indented(
        `${paintLevel(level, style)} ${platforms.join(', ')}: ${clean(reason)}${code ? style.paint('dim', ` (${code})`) : ''}`,
        columns,
      ),
      ...instead.flatMap((way) => indented(`instead: ${clean(way)}`, columns, '    ')),
    ]),
  ]
}

function indented(text: string, columns: number, indent = '  '): string[] {
  return wrap(text, columns - indent.length, '  ').map((row) => indent + row)
}
