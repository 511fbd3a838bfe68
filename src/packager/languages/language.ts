import type { Diagnostic, Fn, Machine } from '@anyfaas/kit'
import type { PackEntry } from '../work/entries-key.ts'

/** What a language other than JavaScript adds to an artifact, and what it takes out of the service folder. */
export interface LanguageParts {
  readonly language: 'python' | 'go'
  /** Programs that were built, packages that were fetched. The service's own files win over them. */
  readonly entries: readonly PackEntry[]
  /** True for files and folders of the service that are of no use on the platform. */
  leavesOut(name: string): boolean
  readonly diagnostics: readonly Diagnostic[]
}

export interface LanguageQuery {
  /** Real path. */
  readonly serviceDir: string
  readonly functions: readonly Fn[]
  readonly machine: Machine
  /** The file that the platform starts of such a function, where it is not the one that the handler names. */
  programOf(fn: Fn): string | undefined
  readonly signal?: AbortSignal
}
