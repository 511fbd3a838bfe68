/** Where the reading of a plain text is. */
export interface Reader {
  /** The text of the file, a character for each byte of its UTF-8: V8 reads and cuts such a text at half the price. */
  readonly text: string
  /** Where the reading goes on. */
  at: number
  /** The column of what the line begins with, or of what stands behind its dash. */
  indent: number
  depth: number
  /** Where the next character stands that has several bytes. */
  wide: number
}

/** The indent when there is no line any more. */
export const AFTER_END = -1

/** A part of the text between `from` and where the reading is, in its own characters. */
export function decode(reader: Reader, part: string, from: number): string {
  if (reader.at <= reader.wide) return part
  if (reader.wide < from) {
    WIDE.lastIndex = from
    reader.wide = WIDE.test(reader.text) ? WIDE.lastIndex - 1 : Number.POSITIVE_INFINITY
  }
  return reader.at > reader.wide && WIDE_PART.test(part) ? Buffer.from(part, 'latin1').toString() : part
}

const WIDE = /[\x80-\xFF]/g
const WIDE_PART = /[\x80-\xFF]/

/** Whether an item of a list begins here. */
export function atDash({ text, at }: Reader): boolean {
  if (text.charCodeAt(at) !== DASH) return false
  const next = text.charCodeAt(at + 1)
  return next === BLANK || next === LINE_BREAK || at + 1 >= text.length
}

/** At the end of the line, or at its comment. */
export function atEnd({ text, at }: Reader): boolean {
  const code = text.charCodeAt(at)
  return code === LINE_BREAK || (code === HASH && text.charCodeAt(at - 1) === BLANK) || at >= text.length
}

export function skipBlanks(reader: Reader): void {
  const { text } = reader
  let { at } = reader
  while (text.charCodeAt(at) === BLANK) at++
  reader.at = at
}

/** Goes on with the next line that counts. */
export function nextLine(reader: Reader): void {
  const { text } = reader
  GAP.lastIndex = reader.at
  GAP.test(text)
  const at = GAP.lastIndex
  reader.at = at
  const isOver = at >= text.length || text.charCodeAt(at) === HASH
  reader.indent = isOver ? AFTER_END : at - 1 - text.lastIndexOf('\n', at - 1)
}

// The rest of a line, lines without a value, and the blanks before the next value.
const GAP = /(?: *(?:#[^\n]*)?\n)* */y

const LINE_BREAK = 10
const BLANK = 32
const HASH = 35
const DASH = 45
