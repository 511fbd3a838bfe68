import { relative } from 'node:path'
import { inspect } from 'node:util'
import { splitLines } from '@anyfaas/kit'
import { firstFrame, isOwnFrame, textOf } from '../stack.ts'
import { mappedSource } from './mapped-source.ts'

const CONTEXT = 2
const LONGEST_LINE = 160
// Shared with the runtime of any platform, which is a bundle of its own: see its `frames.ts`.
const LOOK = Symbol.for('anyfaas.look')
const SEEN = new WeakSet<object>()

/**
 * From here on a failed call's error has its stack in the places of the sources, without frames of this tool, and, in
 * development, the lines around the place where the user's code failed, as far as that source is there.
 */
export function lookAtFailures(folder: string, environment: Readonly<Record<string, string>>): void {
  const development = (environment['NODE_ENV'] ?? 'development') === 'development'
  const look = (error: unknown): void => beautify(error, development ? folder : undefined)
  Object.assign(globalThis, { [LOOK]: look })
}

/** Logs an error that no runtime has logged: what a raw handler throws is the platform's business. */
export function logUnseen(error: unknown, requestId: string, name: string): void {
  if (typeof error === 'object' && error !== null && SEEN.has(error)) return
  const look = Reflect.get(globalThis, LOOK) as ((error: unknown) => void) | undefined
  look?.(error)
  process.stderr.write(`[${requestId}] function "${name}" failed: ${inspect(error)}\n`)
}

function beautify(error: unknown, folder: string | undefined): void {
  if (!(error instanceof Error) || SEEN.has(error)) return
  SEEN.add(error)
  const { stack } = error
  if (typeof stack !== 'string' || !Object.getOwnPropertyDescriptor(error, 'stack')?.writable) return
  const shown = folder === undefined ? [] : codeFrame(stack, folder)
  const lines = stack.split('\n').filter((line) => !/^\s+at /.test(line) || !isToolsOwn(line))
  // Whoever called the first of the user's functions is ours, also where it has no place.
  while (/^\s+at .*<anonymous>\)?$/.test(lines.at(-1) ?? '')) lines.pop()
  const first = lines.findIndex((line) => /^\s+at /.test(line))
  lines.splice(first < 0 ? lines.length : first, 0, ...shown)
  error.stack = lines.join('\n')
}

function isToolsOwn(line: string): boolean {
  return line.includes('node:internal') || isOwnFrame(line)
}

// What was bundled is there by its map only.
function sourceOf(file: string): string | undefined {
  return textOf(file) ?? mappedSource(file)
}

function codeFrame(stack: string, folder: string): string[] {
  const at = firstFrame(stack, folder, sourceOf)
  const text = at && sourceOf(at.file)
  if (!at || text === undefined) return []
  const source = splitLines(text)
  const { line, column } = source.at(at.start)
  const width = String(line).length
  const rows: string[] = []
  let number = Math.max(1, line - CONTEXT)
  while (number < line && source.line(number).trim() === '') number++
  for (; number <= line; number++) {
    const label = String(number).padStart(width)
    rows.push(`  ${number === line ? '>' : ' '} ${label} | ${source.line(number).slice(0, LONGEST_LINE)}`.trimEnd())
  }
  // Tabs stay tabs, so that the mark stands under its word whatever they are worth.
  const before = source
    .line(line)
    .slice(0, column - 1)
    .replace(/[^\t]/g, ' ')
  const mark = `    ${' '.repeat(width)} | ${before}${'^'.repeat(Math.max(1, at.end - at.start))}`
  return [
    '',
    `  ${relative(folder, at.file)}:${line}:${column}`,
    ...rows,
    ...(column <= LONGEST_LINE ? [mark] : []),
    '',
  ]
}
