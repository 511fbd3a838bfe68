import { SourceMap } from 'node:module'
import type { Location } from 'esbuild'

/** A place in compiled code as one in its source. `map` is JSON. Columns and lengths are bytes of UTF-8, as esbuild counts. */
export function sourcePlace(location: Location, source: string, map: string): Location {
  const { line, column, length, lineText } = location
  const units = Buffer.from(lineText).subarray(0, column).toString().length
  const entry = new SourceMap(JSON.parse(map)).findEntry(line - 1, units)
  if (!('originalLine' in entry)) return { ...location, line: 1, column: 0, length: 0, lineText: firstLine(source) }
  const text = source.split(/\r\n|[\n\r\u2028\u2029]/)[entry.originalLine] ?? ''
  // The map knows where something begins; what was asked for may be within it.
  const start = entry.originalColumn + units - (entry.generatedColumn ?? units)
  const named = Buffer.from(lineText)
    .subarray(column, column + length)
    .toString()
  const at = text.startsWith(named, start) ? start : Math.max(text.indexOf(named, entry.originalColumn), -1)
  const [from, bytes] = at < 0 ? [entry.originalColumn, 0] : [at, length]
  return {
    ...location,
    line: entry.originalLine + 1,
    column: Buffer.byteLength(text.slice(0, from)),
    length: bytes,
    lineText: text,
  }
}

function firstLine(source: string): string {
  return /^[^\r\n]*/.exec(source)?.[0] ?? ''
}
