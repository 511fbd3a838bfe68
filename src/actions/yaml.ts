/**
 * The YAML of plain data: no references, no folded lines, no tags. Readers of YAML 1.1 and of 1.2 find the same values in it.
 * Keys that are undefined are left out.
 */
export function writeYaml(data: unknown): string {
  if (typeof data !== 'object' || data === null) return `${writeScalar(data, '\n  ')}\n`
  // The line break before the first line goes last: a text that was put together of parts is made whole but once.
  const block = writeBlock(data, TOP)
  return block === '' ? `${emptyBlock(data)}\n` : `${block}\n`.slice(1)
}

/** A depth of the text. */
interface Indent {
  /** A line break and the blanks. */
  readonly line: string
  readonly dash: string
  /** What begins the pair of a key: line break, blanks, key, colon, blank. The same keys come again in every function. */
  readonly starts: Map<string, string>
  deeper: Indent | undefined
}

function createIndent(line: string): Indent {
  return { line, dash: `${line}- `, starts: new Map(), deeper: undefined }
}

const TOP = createIndent('\n')

function deeper(indent: Indent): Indent {
  indent.deeper ??= createIndent(`${indent.line}  `)
  return indent.deeper
}

type Tree = Readonly<Record<string, unknown>>

// What is in a map or a list, each line behind its line break.
function writeBlock(value: object, indent: Indent): string {
  return Array.isArray(value) ? writeItems(value, indent) : writePairs(value as Tree, indent)
}

function emptyBlock(value: object): string {
  return Array.isArray(value) ? '[]' : '{}'
}

function writeItems(items: readonly unknown[], indent: Indent): string {
  const inner = deeper(indent)
  let lines = ''
  for (const item of items) {
    lines += indent.dash
    if (typeof item !== 'object' || item === null) lines += writeScalar(item, inner.line)
    else {
      const block = writeBlock(item, inner)
      // The first line of an item stands beside its dash.
      lines += block === '' ? emptyBlock(item) : block.slice(inner.line.length)
    }
  }
  return lines
}

function writePairs(tree: Tree, indent: Indent): string {
  const { starts } = indent
  const inner = deeper(indent)
  let lines = ''
  for (const key in tree) {
    const value = tree[key]
    if (value === undefined) continue
    const start = starts.get(key) ?? startPair(key, indent)
    if (typeof value !== 'object' || value === null) {
      lines += start
      lines += writeScalar(value, inner.line)
    } else {
      const block = writeBlock(value, inner)
      lines += block === '' ? start + emptyBlock(value) : start.slice(0, -1)
      lines += block
    }
  }
  return lines
}

// Parsers look for the colon of a plain key in 1024 characters; behind a question mark a key may be longer.
function startPair(key: string, { line, starts }: Indent): string {
  const text = writeInline(key)
  const start = text.length > 1024 ? `${line}? ${text}${line}: ` : `${line}${text}: `
  starts.set(key, start)
  return start
}

function writeScalar(value: unknown, line: string): string {
  if (typeof value !== 'string') return typeof value === 'number' ? writeNumber(value) : String(value ?? null)
  if (ORDINARY.test(value)) return value
  if (value.includes('\n')) return writeLines(value, line)
  return value.length < SHORT ? writeShort(value) : writeInline(value)
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
  const written = writeInline(text)
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
