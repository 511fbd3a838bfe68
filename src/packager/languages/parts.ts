import type { LanguageParts, LanguageQuery } from './language.ts'

/** The parts of all languages that the functions of an artifact are written in. A tool that is missing is a warning. */
export async function languageParts(query: LanguageQuery): Promise<LanguageParts> {
  const { functions } = query
  const parts: LanguageParts[] = []
  // Late: a service in JavaScript waits for nothing of this.
  if (functions.some(({ runtime }) => /^python/i.test(runtime))) {
    const { pythonParts } = await import('./python.ts')
    parts.push(await pythonParts(query))
  }
  if (functions.some(({ runtime, code }) => /^go\d/i.test(runtime) || code.kind === 'custom')) {
    const { goParts } = await import('./go.ts')
    parts.push(await goParts(query))
  }
  return {
    entries: parts.flatMap(({ entries }) => entries),
    leavesOut: (name) => parts.some((part) => part.leavesOut(name)),
    diagnostics: parts.flatMap(({ diagnostics }) => diagnostics),
  }
}
