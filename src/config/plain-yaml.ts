import { AFTER_END, atDash, atEnd, decode, nextLine, type Reader, skipBlanks } from './plain-reader.ts'
import { NOT_PLAIN, scalarOf } from './plain-scalar.ts'
import { plainTextOf } from './plain-text.ts'
import { evened, type Tree } from './tree.ts'

/**
 * The value of a YAML text, given as valid UTF-8, when it is written in the plain part of YAML that service files are: maps and lists by indent,
 * texts in one line with and without quotes, `|` blocks, and `{…}` and `[…]` in one line. Undefined for everything else,
 * mistakes included: then a whole parser reads it. Three times as fast as that one; what a file says is the same by both.
 */
export function readPlainYaml(bytes: Buffer): { readonly value: unknown } | undefined {
  const text = plainTextOf(bytes)
  if (text === undefined) return undefined
  const reader: Reader = { text, at: 0, indent: 0, depth: 0, wide: 0 }
  nextLine(reader)
  if (reader.indent === AFTER_END) return undefined
  const value = readBlock(reader)
  return value === NOT_PLAIN || reader.indent !== AFTER_END ? undefined : { value }
}

const MOST_DEPTH = 50
const LONGEST_KEY = 1000

function readBlock(reader: Reader): unknown {
  if (++reader.depth > MOST_DEPTH) return NOT_PLAIN
  const value = atDash(reader) ? readList(reader, reader.indent) : readMap(reader, reader.indent)
  reader.depth--
  return value
}

function readMap(reader: Reader, indent: number): unknown {
  const map: Tree = {}
  let size = 0
  while (reader.indent === indent) {
    const { at } = reader
    const line = readLine(reader)
    const key = line ? keyOf(decode(reader, line[1] as string, at)) : readKey(reader, KEY)
    if (key === undefined || Object.hasOwn(map, key)) return NOT_PLAIN
    const value = line ? readRest(reader, line, at, indent) : readValue(reader, indent)
    if (value === NOT_PLAIN) return NOT_PLAIN
    map[key] = value
    size++
  }
  return reader.indent > indent ? NOT_PLAIN : evened(map, size)
}

// What most lines are, in one step: a key, its text with or without quotes, and the way to the next line that counts.
function readLine(reader: Reader): RegExpExecArray | null {
  LINE.lastIndex = reader.at
  const line = LINE.exec(reader.text)
  if (line === null) return null
  reader.at = LINE.lastIndex
  reader.indent = (line[4] as string).length
  return line
}

function readRest(reader: Reader, line: RegExpExecArray, at: number, indent: number): unknown {
  const plain = line[2]
  const quoted = line[3]
  if (plain === undefined && quoted === undefined) return readBelow(reader, indent, false)
  if (reader.indent > indent) return NOT_PLAIN
  return plain === undefined ? decode(reader, quoted as string, at) : scalarOf(decode(reader, plain, at))
}

function readList(reader: Reader, indent: number): unknown {
  const list: unknown[] = []
  while (reader.indent === indent && atDash(reader)) {
    const dash = reader.at++
    skipBlanks(reader)
    // Behind the dash can stand the first line of a list or of a map.
    const isBlock = atDash(reader) || isKey(reader)
    if (isBlock) reader.indent = indent + reader.at - dash
    const value = isBlock ? readBlock(reader) : readValue(reader, indent, true)
    if (value === NOT_PLAIN) return NOT_PLAIN
    list.push(value)
  }
  return reader.indent > indent ? NOT_PLAIN : list
}

// What stands behind a colon or a dash, and the way to the next line that counts.
function readValue(reader: Reader, indent: number, isItem = false): unknown {
  skipBlanks(reader)
  if (atEnd(reader)) {
    nextLine(reader)
    return readBelow(reader, indent, isItem)
  }
  const value = reader.text[reader.at] === '|' ? readLines(reader, indent) : readInline(reader, PLAIN)
  if (value === NOT_PLAIN || !atEnd(reader)) return NOT_PLAIN
  nextLine(reader)
  // A text goes on in lines that are indented more.
  return reader.indent > indent ? NOT_PLAIN : value
}

// The list of a key may stand in the key's own column.
function readBelow(reader: Reader, indent: number, isItem: boolean): unknown {
  const isBelow = reader.indent > indent || (!isItem && reader.indent === indent && atDash(reader))
  return isBelow ? readBlock(reader) : null
}

// A value in one line, and the blanks behind it.
function readInline(reader: Reader, plain: RegExp): unknown {
  const first = reader.text[reader.at]
  const isQuoted = first === '"' || first === "'"
  const value =
    first === '['
      ? readFlowList(reader)
      : first === '{'
        ? readFlowMap(reader)
        : isQuoted
          ? readQuoted(reader)
          : readPlain(reader, plain)
  skipBlanks(reader)
  return value
}

function readFlowList(reader: Reader): unknown {
  const list: unknown[] = []
  if (++reader.depth > MOST_DEPTH) return NOT_PLAIN
  for (let isOpen = openFlow(reader, ']'); isOpen; isOpen = nextFlow(reader, ']')) {
    const value = readInline(reader, FLOW_PLAIN)
    if (value === NOT_PLAIN) return NOT_PLAIN
    list.push(value)
  }
  return closeFlow(reader, ']') ? list : NOT_PLAIN
}

function readFlowMap(reader: Reader): unknown {
  const map: Tree = {}
  if (++reader.depth > MOST_DEPTH) return NOT_PLAIN
  for (let isOpen = openFlow(reader, '}'); isOpen; isOpen = nextFlow(reader, '}')) {
    const key = readKey(reader, FLOW_KEY)
    if (key === undefined || Object.hasOwn(map, key)) return NOT_PLAIN
    skipBlanks(reader)
    const value = readInline(reader, FLOW_PLAIN)
    if (value === NOT_PLAIN) return NOT_PLAIN
    map[key] = value
  }
  return closeFlow(reader, '}') ? map : NOT_PLAIN
}

function openFlow(reader: Reader, close: string): boolean {
  reader.at++
  skipBlanks(reader)
  return reader.text[reader.at] !== close
}

function nextFlow(reader: Reader, close: string): boolean {
  return reader.text[reader.at] === ',' && openFlow(reader, close)
}

function closeFlow(reader: Reader, close: string): boolean {
  reader.depth--
  return reader.text[reader.at++] === close
}

// Keys and texts. Indicators begin neither of them, and keys begin as names and paths do.
const KEY = /(?:[A-Za-z_$/][^\n:#]*(?::+[^ \n:#]+)*|"[^"\\\n]*"|'[^'\n]*'):(?=[ \n]|$)/y
const FLOW_KEY = /(?:[A-Za-z_$/][^ \n:#,[\]{}]*|"[^"\\\n]*"|'[^'\n]*'): /y
const PLAIN = /(?:[^ \n?:,[\]{}#&*!|>'"%@`-]|-(?=[^ \n]))(?:[^ \n:]|:(?=[^ \n])| +(?=[^ \n#:]))*/y
// The key, its text, the same in quotes, and the blanks before the next line that counts.
const LINE = new RegExp(
  `([A-Za-z_$/][^\\n:#]*):(?: +(?:(${PLAIN.source})|"([^"\\\\\\n]*)"))?(?: +#[^\\n]*| *)\\n(?: *(?:#[^\\n]*)?\\n)*( *)(?=[^ \\n#])`,
  'y',
)
const FLOW_PLAIN =
  /(?:[^ \n?:,[\]{}#&*!|>'"%@`-]|-(?=[^ \n,[\]{}]))(?:[^ \n:,[\]{}]|:(?=[^ \n,[\]{}])| +(?=[^ \n#:,[\]{}]))*/y

function isKey(reader: Reader): boolean {
  KEY.lastIndex = reader.at
  return KEY.test(reader.text)
}

function readKey(reader: Reader, form: RegExp): string | undefined {
  const { text, at } = reader
  form.lastIndex = at
  if (!form.test(text)) return undefined
  reader.at = form.lastIndex
  return keyOf(decode(reader, text.slice(at, form === KEY ? reader.at - 1 : reader.at - 2), at))
}

function keyOf(written: string): string | undefined {
  const known = KEYS.get(written)
  if (known !== undefined) return known
  const key = checkKey(written)
  if (key !== undefined) KEYS.set(written, key)
  return key
}

// The same keys come again in every function, and a text that has been a key before is quicker to find a map's place by.
const KEYS = new Map<string, string>()

function checkKey(written: string): string | undefined {
  const isQuoted = written[0] === '"' || written[0] === "'"
  const key = isQuoted ? written.slice(1, -1) : scalarOf(written)
  const isPlain = typeof key === 'string' && key.length < LONGEST_KEY && !key.endsWith(' ')
  return isPlain && key !== '<<' && key !== '__proto__' ? key : undefined
}

function readPlain(reader: Reader, form: RegExp): unknown {
  const { text, at } = reader
  form.lastIndex = at
  if (!form.test(text)) return NOT_PLAIN
  reader.at = form.lastIndex
  return scalarOf(decode(reader, text.slice(at, reader.at), at))
}

const QUOTED = /"(?:[^"\\\n]|\\["\\/bfnrt]|\\u(?![Dd][89A-Fa-f])[\dA-Fa-f]{4})*"|'(?:[^'\n]|'')*'/y

function readQuoted(reader: Reader): unknown {
  const { text, at } = reader
  QUOTED.lastIndex = at
  if (!QUOTED.test(text)) return NOT_PLAIN
  reader.at = QUOTED.lastIndex
  const inside = decode(reader, text.slice(at + 1, reader.at - 1), at)
  if (text[at] === "'") return inside.includes("'") ? inside.replaceAll("''", "'") : inside
  return inside.includes('\\') ? JSON.parse(`"${inside}"`) : inside
}

// A block behind `|` or `|-`. Lines of blanks in it are left to the whole parser.
function readLines(reader: Reader, indent: number): unknown {
  const { text } = reader
  const isClosed = text[++reader.at] !== '-'
  if (!isClosed) reader.at++
  skipBlanks(reader)
  if (!atEnd(reader)) return NOT_PLAIN
  const begin = text.indexOf('\n', reader.at) + 1
  INDENT.lastIndex = begin
  const own = INDENT.exec(text)?.[1]?.length ?? 0
  const form = formOfLines(own)
  form.lastIndex = begin
  if (begin === 0 || own <= indent || !form.test(text)) return NOT_PLAIN
  reader.at = form.lastIndex - 1
  const lines = decode(reader, text.slice(begin, form.lastIndex), begin)
  if (BLANK_LINE.test(lines)) return NOT_PLAIN
  const value = lines.replaceAll(`\n${' '.repeat(own)}`, '\n').slice(lines.startsWith('\n') ? 0 : own)
  return value.replace(/\n+$/, isClosed ? '\n' : '')
}

const INDENT = /\n*( *)/y
const BLANK_LINE = /(?:^|\n) +(?:\n|$)/
const LINES = new Map<number, RegExp>()

function formOfLines(indent: number): RegExp {
  const form = LINES.get(indent) ?? new RegExp(`(?: {${indent}}[^\\n]*\\n|\\n)+`, 'y')
  LINES.set(indent, form)
  return form
}
