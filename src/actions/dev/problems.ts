import { relative } from 'node:path'
import { type Diagnostic, hasErrors, type Sources, splitLines } from '@anyfaas/kit'
import type { FrameLine, Problem } from '../../local/dev/problems.ts'

const CONTEXT_LINES = 2
const LONGEST_LINE = 400

/** The errors among diagnostics, as a page shows them. Paths are relative to the folder. */
export function problemsOf(diagnostics: readonly Diagnostic[], folder: string, sources: Sources): Problem[] {
  const shown = hasErrors(diagnostics) ? diagnostics.filter(({ severity }) => severity === 'error') : diagnostics
  return shown.map((diagnostic) => ({
    title: `${diagnostic.code}: ${diagnostic.message}`,
    notes: [...(diagnostic.notes ?? []).map(({ message }) => message), ...(diagnostic.help ?? [])],
    ...frameOf(diagnostic, folder, sources),
  }))
}

function frameOf({ at }: Diagnostic, folder: string, sources: Sources): Pick<Problem, 'place' | 'frame'> {
  const text = at && sources(at.file)
  if (!at || text === undefined) return {}
  const lines = splitLines(text)
  const from = lines.at(at.start)
  const to = lines.at(at.end)
  const frame: FrameLine[] = []
  for (let number = Math.max(1, from.line - CONTEXT_LINES); number <= from.line; number++) {
    const line = lines.line(number).slice(0, LONGEST_LINE)
    const end = to.line === from.line ? to.column - 1 : line.length
    frame.push({ number, text: line, ...(number === from.line && { mark: [from.column - 1, end] }) })
  }
  return { place: `${relative(folder, at.file)}:${from.line}:${from.column}`, frame }
}
