import type { Lines, Position, Span } from '@anyfaas/kit'
import type { Format, Style } from './style.ts'
import { type Cell, cellsOf, clean, widthOf } from './width.ts'

export interface Frame {
  readonly lines: Lines
  readonly span: Span
  /** The file as the reader should see it. */
  readonly name: string
  readonly label?: string
  readonly tone: Format
}

export interface Canvas {
  readonly style: Style
  /** Columns of the screen. */
  readonly columns: number
  /** Columns that line numbers take. */
  readonly gutter: number
}

/** Draws the lines of a span in a box: two lines of context before it, the span underlined. One string a row. */
export function drawFrame(frame: Frame, canvas: Canvas): string[] {
  const { open, close } = canvas.style.signs.frame
  const { from, to } = edges(frame)
  const code = from.line === to.line ? drawLine(frame, canvas) : drawBlock(frame, canvas)
  const edge = ' '.repeat(canvas.gutter + 1)
  const name = `${frame.name}:${from.line}:${from.column}`
  return [`${edge}${canvas.style.paint('dim', open)} ${name}`, ...code, `${edge}${canvas.style.paint('dim', close)}`]
}

/** Columns that the line numbers of a frame need. */
export function gutterOf(frame: Frame): number {
  return String(edges(frame).to.line).length
}

// Enough for any screen; a line of megabytes is not measured whole.
const CLIP_BEFORE = 500
const CLIP_AFTER = 1500
const CONTEXT = 2
// A longer block shows its first and last lines only.
const BLOCK = 6

interface Window {
  /** UTF-16 units of every line that are dropped before it is measured. */
  readonly offset: number
  /** Columns that are scrolled away. */
  readonly skip: number
  /** Columns that there are. */
  readonly room: number
}

// What a parser counts to a block often ends with the white space after it.
function edges(frame: Frame): { from: Position; to: Position } {
  const { start, end } = frame.span
  const length = frame.lines.text.slice(start, end).trimEnd().length
  return { from: frame.lines.at(start), to: frame.lines.at(start + length) }
}

function drawLine(frame: Frame, canvas: Canvas): string[] {
  const { from, to } = edges(frame)
  const room = canvas.columns - canvas.gutter - 3
  const offset = Math.max(0, from.column - 1 - CLIP_BEFORE)
  const cells = readCells(frame.lines.line(from.line), offset)
  const first = columnOf(cells, from.column - 1 - offset)
  const width = Math.max(1, columnOf(cells, to.column - 1 - offset) - first)
  const window = { offset, skip: scroll(totalOf(cells), first, first + width, room), room }
  const before = firstLine(frame, from.line)
  const rows = range(before, from.line - 1).map((number) =>
    row(canvas, number, dim(canvas, slice(frame, number, window, canvas))),
  )
  return [
    ...rows,
    row(canvas, from.line, slice(frame, from.line, window, canvas)),
    ...underline(frame, canvas, { column: first - window.skip, width, room }),
  ]
}

function firstLine(frame: Frame, line: number): number {
  let first = Math.max(1, line - CONTEXT)
  while (first < line && frame.lines.line(first).trim() === '') first++
  return first
}

// The window stays at the left while the span is in it, and else puts the span at a third of it.
function scroll(total: number, first: number, end: number, room: number): number {
  if (total <= room || end < room) return 0
  return Math.max(0, Math.min(first - Math.floor(room / 3), total - room))
}

function underline(frame: Frame, canvas: Canvas, at: { column: number; width: number; room: number }): string[] {
  const { paint, signs } = canvas.style
  const width = Math.min(at.width, Math.max(1, at.room - at.column))
  const line = ' '.repeat(at.column) + paint(frame.tone, signs.frame.underline.repeat(width))
  if (!frame.label) return [row(canvas, undefined, line)]
  const label = oneLine(frame.label)
  const wide = widthOf(label)
  if (at.column + width + 1 + wide <= at.room) return [row(canvas, undefined, `${line} ${paint(frame.tone, label)}`)]
  const indent = ' '.repeat(Math.max(0, Math.min(at.column, at.room - wide)))
  return [row(canvas, undefined, line), row(canvas, undefined, indent + paint(frame.tone, label))]
}

function drawBlock(frame: Frame, canvas: Canvas): string[] {
  const { from, to } = edges(frame)
  const { paint, signs } = canvas.style
  const window = { offset: 0, skip: 0, room: canvas.columns - canvas.gutter - 5 }
  const whole = to.line - from.line < BLOCK
  const heads = whole ? range(from.line, to.line) : range(from.line, from.line + 1)
  const tails = whole ? [] : range(to.line - 1, to.line)
  const draw = (number: number): string => {
    const sign = number === from.line ? signs.frame.first : signs.frame.middle
    return row(canvas, number, `${paint(frame.tone, sign)} ${slice(frame, number, window, canvas)}`)
  }
  const gap = whole
    ? []
    : [`${' '.repeat(canvas.gutter + 1)}${paint('dim', signs.frame.gap)} ${paint(frame.tone, signs.frame.gap)}`]
  const end = frame.label ? `${signs.frame.last} ${oneLine(frame.label)}` : signs.frame.last
  return [...heads.map(draw), ...gap, ...tails.map(draw), row(canvas, undefined, paint(frame.tone, end))]
}

function row(canvas: Canvas, number: number | undefined, text: string): string {
  const { paint, signs } = canvas.style
  const label = String(number ?? '').padStart(canvas.gutter)
  return `${paint('dim', `${label} ${signs.frame.bar}`)} ${text}`.trimEnd()
}

function dim(canvas: Canvas, text: string): string {
  return canvas.style.paint('dim', text)
}

function slice(frame: Frame, number: number, window: Window, canvas: Canvas): string {
  const cells = readCells(frame.lines.line(number), window.offset)
  const { ellipsis } = canvas.style.signs
  const total = totalOf(cells)
  const end = window.skip + window.room
  const left = window.skip > 0 && total > 0 ? ellipsis : ''
  const right = total > end ? ellipsis : ''
  return (left + between(cells, window.skip + left.length, Math.min(total, end - right.length)) + right).trimEnd()
}

// A wide character that stands across an edge leaves a space.
function between(cells: readonly Cell[], from: number, to: number): string {
  let text = ''
  let column = 0
  for (const cell of cells) {
    const end = column + cell.width
    if (column >= from && end <= to) text += cell.text
    else if (end > from && column < to) text += ' '.repeat(Math.min(end, to) - Math.max(column, from))
    column = end
  }
  return text
}

function readCells(line: string, offset: number): readonly Cell[] {
  const cells = cellsOf(clean(line.slice(offset, offset + CLIP_BEFORE + CLIP_AFTER)))
  return cells.map((cell) => (cell.text === '\t' ? { ...cell, text: '  ', width: 2 } : cell))
}

function columnOf(cells: readonly Cell[], offset: number): number {
  return totalOf(cells.filter((cell) => cell.start < offset))
}

function totalOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0)
}

function oneLine(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim()
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
}
