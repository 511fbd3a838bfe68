import type { LanguageParts, LanguageQuery } from './language.ts'

export interface AllParts extends Omit<LanguageParts, 'language' | 'leavesOut'> {
  /** Absent when nothing is left out. Equal keys leave out the same. */
  readonly leavesOut?: { readonly key: string; test(name: string): boolean }
}

/** The parts of all languages that the functions of an artifact are written in. A tool that is missing is a warning. */
export async function languageParts(query: LanguageQuery): Promise<AllParts> {
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
    ...(parts.length > 0 && {
      leavesOut: { key: keyOf(parts), test: (name) => parts.some((part) => part.leavesOut(name)) },
    }),
    diagnostics: parts.flatMap(({ diagnostics }) => diagnostics),
  }
}

// What a language leaves out depends on the folder, and on whether something was built.
function keyOf(parts: readonly LanguageParts[]): string {
  return parts.map(({ language, entries }) => `${language} ${entries.length > 0}`).join()
}
