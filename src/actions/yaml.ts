/**
 * The YAML of plain data, as UTF-8: no references, no folded lines, no tags. Readers of YAML 1.1 and of 1.2 find the same values
 * in it. Keys that are undefined are left out.
 */
export function writeYaml(data: unknown): Buffer {
  const out: Out = { pieces: [], size: 0, parts: [], held: 0 }
  if (typeof data !== 'object' || data === null) out.pieces[out.size++] = writeScalar(data, '\n  ')
  else if (!writeBlock(data, TOP, out)) out.pieces[out.size++] = emptyBlock(data)
  out.pieces[out.size++] = '\n'
  flush(out)
  const bytes = bytesOf(out.parts)
  // The first line of a block has no line break before it.
  return bytes[0] === LINE_BREAK ? bytes.subarray(1) : bytes
}

function bytesOf(parts: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) at += bytes.write(part, at, 'latin1')
  return bytes
}

const LINE_BREAK = 10

/** What is written, in parts: one large text would be made, measured and turned into bytes outside the processor's caches. */
interface Out {
  /** With a character for each byte of UTF-8: such texts are put together and written at a third of the price. */
  readonly pieces: string[]
  /** How many of them count: the list keeps its length, for to grow it anew for each part costs memory. */
  size: number
  readonly parts: string[]
  /** How many items are begun, each of which still changes its first piece. */
  held: number
}

const MOST_PIECES = 4096

function flush(out: Out): void {
  const { pieces } = out
  out.parts.push(pieces.fill('', out.size).join(''))
  // What one long map made is not gone through for every part behind it.
  if (pieces.length > 2 * MOST_PIECES) pieces.length = 0
  out.size = 0
}

/** A depth of the text. */
interface Indent {
  /** A line break and the blanks. */
  readonly line: string
  readonly dash: string
  /** What begins the pair of a key: line break, blanks, key, colon. The same keys come again in every function. */
  readonly heads: Map<string, string>
  /** The same with a blank behind it. */
  readonly starts: Map<string, string>
  deeper: Indent | undefined
}

function createIndent(line: string): Indent {
  return { line, dash: `${line}- `, heads: new Map(), starts: new Map(), deeper: undefined }
}

const TOP = createIndent('\n')

function deeper(indent: Indent): Indent {
  indent.deeper ??= createIndent(`${indent.line}  `)
  return indent.deeper
}

type Tree = Readonly<Record<string, unknown>>

function emptyBlock(value: object): string {
  return Array.isArray(value) ? '[]' : '{}'
}

/** Writes what is in a map or a list, and tells whether there was anything. */
function writeBlock(value: object, indent: Indent, out: Out): boolean {
  return Array.isArray(value) ? writeItems(value, indent, out) : writePairs(value as Tree, indent, out)
}

function writeItems(items: readonly unknown[], indent: Indent, out: Out): boolean {
  const inner = deeper(indent)
  const { pieces } = out
  for (let index = 0; index < items.length; index++) {
    const item = items[index]
    pieces[out.size++] = indent.dash
    const first = out.size
    if (typeof item !== 'object' || item === null) pieces[out.size++] = writeScalar(item, inner.line)
    else {
      out.held++
      const isEmpty = !writeBlock(item, inner, out)
      out.held--
      if (isEmpty) pieces[out.size++] = emptyBlock(item)
      // The first line of an item stands beside its dash.
      else pieces[first] = (pieces[first] as string).slice(inner.line.length)
    }
  }
  return items.length > 0
}

function writePairs(tree: Tree, indent: Indent, out: Out): boolean {
  const { pieces } = out
  const inner = deeper(indent)
  let { size } = out
  let isEmpty = true
  for (const key in tree) {
    const value = tree[key]
    if (value === undefined) continue
    isEmpty = false
    if (typeof value !== 'object' || value === null) {
      pieces[size++] = indent.starts.get(key) ?? startPair(key, indent)
      pieces[size++] = writeScalar(value, inner.line)
    } else {
      pieces[size++] = indent.heads.get(key) ?? headOf(key, indent)
      out.size = size
      if (!writeBlock(value, inner, out)) pieces[out.size++] = ` ${emptyBlock(value)}`
      // Between two pairs: what is written of one decides how it began.
      if (out.held === 0 && out.size > MOST_PIECES) flush(out)
      size = out.size
    }
  }
  out.size = size
  return !isEmpty
}

// Parsers look for the colon of a plain key in 1024 characters; behind a question mark a key may be longer.
function headOf(key: string, { line, heads }: Indent): string {
  const isOrdinary = ORDINARY.test(key)
  const text = isOrdinary ? key : writeInline(key)
  const written = text.length > 1024 ? `${line}? ${text}${line}:` : `${line}${text}:`
  const head = isOrdinary ? written : narrow(written)
  heads.set(key, head)
  return head
}

function startPair(key: string, indent: Indent): string {
  const start = `${headOf(key, indent)} `
  indent.starts.set(key, start)
  return start
}

function narrow(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1')
}

function writeScalar(value: unknown, line: string): string {
  if (typeof value !== 'string') return typeof value === 'number' ? writeNumber(value) : String(value ?? null)
  if (ORDINARY.test(value)) return value
  if (value.includes('\n')) return narrow(writeLines(value, line))
  return value.length < SHORT ? writeShort(value) : narrow(writeInline(value))
}

// YAML 1.1 wants a point before an exponent.
function writeNumber(value: number): string {
  if (Number.isSafeInteger(value) && value !== 0) return String(value)
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  return Object.is(value, -0) ? '-0.0' : String(value).replace(/^(-?\d+)e/, '$1.e')
}

// Blanks at the start or more than one line break at the end would need a header of their own: such a text is quoted.
function writeLines(text: string, line: string): string {
  if (UNPRINTABLE.test(text) || /^\n* |^\s*$|\n\n$/.test(text)) return writeQuoted(text)
  const isClosed = text.endsWith('\n')
  const lines = (isClosed ? text.slice(0, -1) : text).split('\n')
  return (isClosed ? '|' : '|-') + lines.map((one) => (one === '' ? '\n' : line + one)).join('')
}

// Short texts are mostly words of a platform, which come again in every function.
const SHORT = 6
const shorts = new Map<string, string>()

function writeShort(text: string): string {
  const known = shorts.get(text)
  if (known !== undefined) return known
  const written = narrow(writeInline(text))
  shorts.set(text, written)
  return written
}

function writeInline(text: string): string {
  if (UNPRINTABLE.test(text) || BLANK.test(text)) return writeQuoted(text)
  if (NOT_PLAIN.test(text) || AMBIGUOUS.test(text)) return `'${text.replaceAll("'", "''")}'`
  return text
}

function writeQuoted(text: string): string {
  return JSON.stringify(text).replace(INVISIBLE, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase()
    return `\\u${code.padStart(4, '0')}`
  })
}

// Most texts, at a tenth of the price: it begins with a letter, is too long for "false", and neither a value nor a comment
// begins in it.
const ORDINARY = /^[A-Za-z/](?:[!-9;-~]|:(?=[!-~])| (?=[!"$-~])){5,}$/

// https://yaml.org/spec/1.2.2/#51-character-set, and what nobody would see.
const INVISIBLE = /[\x7F-\xA0\u2028\u2029\uFEFF\uFFFE\uFFFF]/g
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not be written as they are
  /[\0-\x09\x0B-\x1F\x7F-\xA0\u2028\u2029\uFEFF\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/
const BLANK = /^\s+$|\n/

// Begins like something else, ends with a blank, or holds the beginning of a value or of a comment.
const NOT_PLAIN = /^$|^[\s,[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|^---|^\.\.\.|:(?:\s|$)|\s#|\s$/

// What some reader takes for null, a switch, a number, a time, a merge or a default.
const AMBIGUOUS = new RegExp(
  [
    '~|<<|=|null|true|false|yes|no|on|off|y|n',
    // Hexadecimal, octal and binary; decimal, in parts of sixty too, with and without a fraction or an exponent.
    '[-+]?0x[\\da-f_]+|[-+]?0o[0-7_]+|[-+]?0b[01_]+',
    '[-+]?\\d[\\d_]*(?::[0-5]?\\d)*(?:\\.[\\d_]*)?(?:e[-+]?\\d+)?',
    '[-+]?\\.[\\d_]*(?:e[-+]?\\d+)?|[-+]?\\.inf|\\.nan',
    '\\d{4}-\\d\\d?-\\d\\d?(?:[t\\s].*)?',
  ]
    .map((form) => `^(?:${form})$`)
    .join('|'),
  'i',
)
