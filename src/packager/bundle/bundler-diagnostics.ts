import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Diagnostic, error, type Note, type Span, warning } from '@anyfaas/kit'
import type { BuildFailure, Location, Message } from 'esbuild'

/** esbuild's messages as diagnostics with spans in the user's files. Doubts about other people's packages are left out. */
export function bundlerDiagnostics(
  messages: readonly Message[],
  severity: 'error' | 'warning',
  serviceDir: string,
): Diagnostic[] {
  const own = messages.filter(({ location }) => severity === 'error' || !location?.file.includes('node_modules'))
  return own.map((message) => {
    const notes = message.notes.map(
      (note): Note => ({ message: lower(note.text), ...place(note.location, serviceDir) }),
    )
    const help = helpFor(message.text)
    const rest = { ...place(message.location, serviceDir), ...(notes.length > 0 && { notes }), ...(help && { help }) }
    return severity === 'error'
      ? error('SLS4002', lower(message.text), rest)
      : warning('SLS4008', lower(message.text), rest)
  })
}

export function isBuildFailure(value: unknown): value is BuildFailure {
  return value instanceof Error && Array.isArray((value as Partial<BuildFailure>).errors)
}

function place(location: Location | null, serviceDir: string): { at?: Span } {
  if (!location || (location.namespace && location.namespace !== 'file')) return {}
  const file = resolve(serviceDir, location.file)
  if (!existsSync(file)) return {}
  const start =
    startOfLine(readFileSync(file, 'utf8'), location.line) + textLength(location.lineText, 0, location.column)
  const length = textLength(location.lineText, location.column, location.column + location.length)
  return { at: { file, start, end: start + length } }
}

function startOfLine(text: string, line: number): number {
  const breaks = /\r\n|[\n\r\u2028\u2029]/g
  for (let at = 1; at < line && breaks.exec(text); at++);
  return breaks.lastIndex
}

// esbuild counts bytes, a span counts UTF-16 units.
function textLength(text: string, startByte: number, endByte: number): number {
  return Buffer.from(text).subarray(startByte, endByte).toString().length
}

function helpFor(text: string): string[] | undefined {
  const name = /^Could not resolve "([^"./][^"]*)"/.exec(text)?.[1]
  if (name) return [`npm install ${name}`, `or list "${name}" under "external" when the platform has it`]
  if (text.startsWith('Top-level await')) return ['set "format: esm" under "package", "bundle"']
  return undefined
}

function lower(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
