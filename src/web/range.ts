export interface Range {
  readonly start: number
  /** Inclusive. */
  readonly end: number
}

/**
 * The one range that a `range` header asks for, of a body with so many bytes. Undefined for what may be answered whole:
 * no header, several ranges, a header that is malformed. https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
export function readRange(header: string | undefined, size: number): Range | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.replace(/\s/g, '') ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '')
    return last === '0' || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - Number(last)), end: size - 1 }
  const start = Number(first)
  if (start >= size) return 'unsatisfiable'
  if (last !== '' && Number(last) < start) return undefined
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}
