/** What is left to the whole parser. */
export const NOT_PLAIN = Symbol('not plain')

/** The value of an unquoted text; NOT_PLAIN for the rarer forms of numbers. */
export function scalarOf(text: string): unknown {
  const word = text.length <= 5 ? WORDS.get(text) : undefined
  if (word !== undefined) return word
  if (text.charCodeAt(0) > 0x39 || !NUMBER.test(text)) return text
  return SIMPLE_NUMBER.test(text) ? Number(text) : NOT_PLAIN
}

// https://yaml.org/spec/1.2.2/#103-core-schema
const WORDS = new Map([
  ...['~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
])
const NUMBER =
  /^(?:[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\dA-Fa-f]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const SIMPLE_NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/
