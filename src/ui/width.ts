import { stripVTControlCharacters } from 'node:util'

/** One character as a reader sees it: a letter with its accents, an emoji with its joiners. */
export interface Cell {
  readonly text: string
  /** Columns on the screen: 0, 1 or 2. */
  readonly width: number
  /** UTF-16 offset in the measured text. */
  readonly start: number
}

/** Columns that a text takes on the screen; colours take none. */
export function widthOf(text: string): number {
  if (isPlain(text)) return text.length
  return cellsOf(stripVTControlCharacters(text)).reduce((sum, cell) => sum + cell.width, 0)
}

/** The characters of one line, in order. */
export function cellsOf(text: string): readonly Cell[] {
  if (isPlain(text)) return Array.from(text, (char, start) => ({ text: char, width: 1, start }))
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), ({ segment, index }) => ({
    text: segment,
    width: widthOfOne(segment),
    start: index,
  }))
}

/** The text in at most so many columns; what does not fit is replaced by the ellipsis. */
export function cut(text: string, columns: number, ellipsis: string): string {
  if (widthOf(text) <= columns) return text
  let width = widthOf(ellipsis)
  let kept = ''
  for (const cell of cellsOf(text)) {
    width += cell.width
    if (width > columns) break
    kept += cell.text
  }
  return kept + ellipsis
}

/** Fills with spaces up to so many columns. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)))
}

/** Rows of at most so many columns, broken between words; a longer word has a row of its own. Backquotes hold together. */
export function wrap(text: string, columns: number, indent = ''): string[] {
  const rows: string[] = []
  let row = ''
  for (const word of text.match(WORD) ?? []) {
    if (row !== '' && widthOf(row) + 1 + widthOf(word) > columns) {
      rows.push(row)
      row = indent + word
    } else row = row === '' ? word : `${row} ${word}`
  }
  return [...rows, row]
}

/**
 * What the text may do to a terminal is taken out: control characters and those that turn the
 * direction of reading (https://trojansource.codes). Tabs and line ends stay.
 */
export function clean(text: string): string {
  return text.replace(HARMFUL, '\uFFFD')
}

const WORD = /(?:`[^`]*`|\S)+/g

let segmenter: Intl.Segmenter | undefined

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go
const HARMFUL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g

function isPlain(text: string): boolean {
  return /^[\x20-\x7E]*$/.test(text)
}

function widthOfOne(segment: string): number {
  if (/^[\p{Cc}\p{Cf}\p{Mn}\p{Me}]+$/u.test(segment)) return 0
  if (/\p{Emoji_Presentation}|\uFE0F/u.test(segment)) return 2
  return isWide(segment.codePointAt(0) ?? 0) ? 2 : 1
}

// East Asian Width W and F (https://www.unicode.org/reports/tr11/), without the emoji.
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x3247],
  [0x3250, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
]

function isWide(code: number): boolean {
  return code >= 0x1100 && WIDE.some(([from, to]) => code >= from && code <= to)
}
