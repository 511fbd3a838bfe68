import { type Diagnostic, warning } from '@anyfaas/kit'
import { readText } from '../read.ts'
import type { Findings } from './found.ts'
import { isCurrent, type Memory, type Remembered, recall, remember, stateOf } from './memory.ts'
import type { CodeFirstProject } from './project.ts'
import { sourceFiles } from './sources.ts'
import { DECORATORS } from './words.ts'

/**
 * The functions that a project's classes declare, by its sources alone: nothing of them is run. Files that have not
 * changed since the last time are not read again.
 */
export async function findFunctions({ dir, sourceDir, major }: CodeFirstProject): Promise<Findings> {
  const known = recall(dir, major)
  const files = sourceFiles(sourceDir)
  const current = new Map(files.flatMap((file) => usable(known, file)))
  const rest = files.filter((file) => !current.has(file))
  if (rest.length > 0) {
    for (const [file, found] of await readAll(rest, major)) current.set(file, found)
    remember(dir, major, Object.fromEntries(current))
  }
  const found = files.flatMap((file) => {
    const each = current.get(file)
    return each ? [[file, each] as const] : []
  })
  return {
    functions: found.flatMap(([file, { functions, ranges }]) => {
      const source = { file, text: '', value: undefined, ranges: new Map(ranges) }
      return functions.map((fn) => ({ ...fn, source }))
    }),
    diagnostics: found.flatMap(([, { diagnostics }]) => diagnostics),
  }
}

function usable(known: Memory, file: string): [string, Remembered][] {
  const found = Object.hasOwn(known, file) ? known[file] : undefined
  return found && isCurrent(found) ? [[file, found]] : []
}

async function readAll(files: readonly string[], major: number): Promise<readonly [string, Remembered][]> {
  const texts = files.map((file) => ({ file, state: stateOf(file), text: readText(file) }))
  // Late, because it brings the parser.
  const reader = texts.some(({ text }) => MAY_DECLARE.test(text)) ? await import('./classes.ts') : undefined
  return texts.map(({ file, state, text }) => {
    const empty = { states: [[file, state]], functions: [], ranges: [], diagnostics: [] } as const
    if (!reader || !MAY_DECLARE.test(text)) return [file, empty]
    const found = reader.readClasses({ file, text, major })
    if (!found) return [file, { ...empty, diagnostics: [broken(file)] }]
    const { used, ...own } = found
    return [file, { ...own, states: [[file, state], ...used.map((each) => [each, stateOf(each)] as const)] }]
  })
}

// Most files of a project are services, models and helpers: they are not even parsed.
const MAY_DECLARE = new RegExp(
  [...DECORATORS.func, ...DECORATORS.controller, ...DECORATORS.trigger]
    .map((name) => (/^(Func|Controller|Serverless)/.test(name) ? `\\b${name}\\b` : `@${name}\\b`))
    .join('|'),
)

function broken(file: string): Diagnostic {
  const message = 'the file is not TypeScript that can be read, so its functions are not known'
  return warning('SLS1050', message, { at: { file, start: 0, end: 0 } })
}
