/**
 * The YAML of plain data: no references, no folded lines, no tags. Readers of YAML 1.1 and of 1.2 find the same values in it.
 * Keys that are undefined are left out.
 */
export function writeYaml(data: unknown): string {
  const isBlock = typeof data === 'object' && data !== null
  return `${isBlock ? write(data, '\n', true).slice(1) : writeScalar(data, '\n  ')}\n`
}

// What stands behind "key:" or "-": a blank and a scalar, or lines of their own. `line` is a line break and the indent.
function write(value: unknown, line: string, isItem: boolean): string {
  if (typeof value !== 'object' || value === null) return ` ${writeScalar(value, line)}`
  const lines = Array.isArray(value) ? writeItems(value, line) : writePairs(value as Tree, line)
  if (lines === '') return Array.isArray(value) ? ' []' : ' {}'
  // The first line of an item stands beside its dash.
  return isItem ? ` ${lines.slice(line.length)}` : lines
}

type Tree = Readonly<Record<string, unknown>>

function writeItems(items: readonly unknown[], line: string): string {
  let lines = ''
  for (const item of items) lines += `${line}-${write(item, `${line}  `, true)}`
  return lines
}

function writePairs(tree: Tree, line: string): string {
  let lines = ''
  for (const key of Object.keys(tree)) {
    const value = tree[key]
    if (value !== undefined) lines += `${line}${writeKey(key, line)}:${write(value, `${line}  `, false)}`
  }
  return lines
}

// The same keys come again in every function.
const KEYS = new Map<string, string>()

// Parsers look for the colon of a plain key in 1024 characters; behind a question mark a key may be longer.
function writeKey(key: string, line: string): string {
  const text = KEYS.get(key) ?? writeInline(key)
  KEYS.set(key, text)
  return text.length > 1024 ? `? ${text}${line}` : text
}

function writeScalar(value: unknown, line: string): string {
  if (typeof value === 'string') return value.includes('\n') ? writeLines(value, line) : writeInline(value)
  return typeof value === 'number' ? writeNumber(value) : String(value ?? null)
}

// YAML 1.1 wants a point before an exponent.
function writeNumber(value: number): string {
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

function writeInline(text: string): string {
  if (ORDINARY.test(text)) return text
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

// Most texts, at a tenth of the price: it begins with a letter and is too long for "false".
const ORDINARY = /^[a-z/][\w ./,;=(){}$+-]{4,}[\w/)]$/i

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
