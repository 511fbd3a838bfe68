import { fromBase64, isShape, type Shape, shapeOf } from '@anyfaas/runtime'

/**
 * A value as DynamoDB writes it, `{ N: '1' }`, as a plain one. A number that JavaScript cannot hold stays a text; a set
 * becomes a list; binary becomes bytes.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
export function plainOf(value: unknown): unknown {
  if (!isShape(value)) return value
  const [type = ''] = Object.keys(value)
  return READERS[type]?.(value[type]) ?? (type === 'NULL' ? null : undefined)
}

const READERS: Readonly<Record<string, (value: unknown) => unknown>> = {
  S: String,
  N: numberIn,
  BOOL: Boolean,
  B: (value) => fromBase64(String(value)),
  SS: listOf(String),
  NS: listOf(numberIn),
  BS: listOf((value) => fromBase64(String(value))),
  L: listOf(plainOf),
  M: (value) =>
    Object.fromEntries(Object.entries(shapeOf(value) as Shape).map(([name, item]) => [name, plainOf(item)])),
}

function listOf(read: (value: unknown) => unknown): (value: unknown) => unknown {
  return (value) => (Array.isArray(value) ? value.map(read) : [])
}

function numberIn(value: unknown): number | string {
  const text = String(value)
  const number = Number(text)
  const isExact = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))
  return isExact ? number : text
}
