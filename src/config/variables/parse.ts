/** A text with variables, taken apart. */
export type Template = readonly (string | Expression)[]

/** `${first, second, 'last'}`: the first item that has a value. */
export interface Expression {
  readonly kind: 'expression'
  readonly text: string
  readonly items: readonly Item[]
}

export type Item = Literal | Reference

export interface Literal {
  readonly kind: 'literal'
  readonly value: unknown
}

/** `source:address`, `source(argument):address`, or the older `source.address`. */
export interface Reference {
  readonly kind: 'reference'
  readonly source: string
  readonly argument?: Template
  readonly address: Template
  /** Instead of all these: a variable that stands as an item itself. */
  readonly inner?: Template
}

/** What is wrong with a text, or undefined. */
export class Malformed {
  readonly text: string
  readonly reason: string

  constructor(text: string, reason: string) {
    this.text = text
    this.reason = reason
  }
}

export function hasVariables(text: string): boolean {
  return text.includes('${')
}

/** Takes a text apart. `$${` stands for a literal `${`, and `${{` is left alone: it belongs to other tools. */
export function parseTemplate(text: string): Template | Malformed {
  const parts: (string | Expression)[] = []
  let literal = ''
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('${', at)
    if (open < 0) break
    const end = closeOf(text, open + 2)
    if (end < 0) return new Malformed(text.slice(open), 'the closing } is missing')
    const escaped = text[open - 1] === '$' && open > at - 1
    if (escaped || text[open + 2] === '{') {
      literal += text.slice(at, escaped ? open - 1 : open) + text.slice(open, end + 1)
    } else {
      literal += text.slice(at, open)
      const expression = parseExpression(text.slice(open, end + 1))
      if (expression instanceof Malformed) return expression
      if (literal) parts.push(literal)
      literal = ''
      parts.push(expression)
    }
    at = end + 1
  }
  literal += text.slice(at)
  if (literal) parts.push(literal)
  return parts
}

function parseExpression(text: string): Expression | Malformed {
  const items: Item[] = []
  for (const raw of splitItems(text.slice(2, -1))) {
    const item = parseItem(raw.trim(), text)
    if (item instanceof Malformed) return item
    items.push(item)
  }
  return { kind: 'expression', text, items }
}

const REFERENCE = /^([A-Za-z][\w-]*)(\(|:|\.)/

function parseItem(raw: string, whole: string): Item | Malformed {
  if (raw === '') return new Malformed(whole, 'a name is missing')
  const quoted = /^'([^']*)'$|^"([^"]*)"$/.exec(raw)
  if (quoted) return { kind: 'literal', value: quoted[1] ?? quoted[2] }
  const match = REFERENCE.exec(raw)
  if (!match || raw.startsWith('${')) return parseBare(raw, whole)
  const source = match[1] as string
  if (match[2] === '(') return parseCall(source, raw, whole)
  const address = parseTemplate(raw.slice(match[0].length).trim())
  return address instanceof Malformed ? address : { kind: 'reference', source, address }
}

function parseCall(source: string, raw: string, whole: string): Item | Malformed {
  const close = raw.indexOf(')')
  if (close < 0) return new Malformed(whole, 'the closing ) is missing')
  const rest = raw.slice(close + 1)
  if (rest !== '' && !rest.startsWith(':')) return new Malformed(whole, `":" has to follow "${source}(…)"`)
  const argument = parseTemplate(raw.slice(source.length + 1, close).trim())
  if (argument instanceof Malformed) return argument
  const address = parseTemplate(rest.slice(1).trim())
  return address instanceof Malformed ? address : { kind: 'reference', source, argument, address }
}

// A bare word is a text, a number or a switch; one that is itself a variable is that variable.
function parseBare(raw: string, whole: string): Item | Malformed {
  if (hasVariables(raw)) {
    const inner = parseTemplate(raw)
    if (inner instanceof Malformed) return inner
    return { kind: 'reference', source: '', address: [], inner }
  }
  if (/^(true|false|null)$/.test(raw)) return { kind: 'literal', value: JSON.parse(raw) as unknown }
  if (/^-?\d+(\.\d+)?$/.test(raw)) return { kind: 'literal', value: Number(raw) }
  return /["'{}]/.test(raw) ? new Malformed(whole, `cannot read "${raw}"`) : { kind: 'literal', value: raw }
}

// Where the brace that was opened before `from` is closed; quotes and inner braces are skipped.
function closeOf(text: string, from: number): number {
  let depth = 1
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const char = text[at] as string
    if (quote) quote = char === quote ? '' : quote
    else if ((char === "'" || char === '"') && startsItem(text, at)) quote = char
    else if (char === '{') depth++
    else if (char === '}' && --depth === 0) return at
  }
  return -1
}

// An apostrophe inside a word is not a quote.
function startsItem(text: string, at: number): boolean {
  return /[{,:(\s]/.test(text[at - 1] ?? '')
}

function splitItems(text: string): string[] {
  const items: string[] = []
  let depth = 0
  let quote = ''
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (quote) quote = char === quote ? '' : quote
    else if ((char === "'" || char === '"') && (at === 0 || startsItem(text, at))) quote = char
    else if (char === '{' || char === '(') depth++
    else if (char === '}' || char === ')') depth--
    else if (char === ',' && depth === 0) {
      items.push(text.slice(from, at))
      from = at + 1
    }
  }
  items.push(text.slice(from))
  return items
}
