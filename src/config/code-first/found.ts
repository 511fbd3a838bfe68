import type { Diagnostic, Pointer } from '@anyfaas/kit'
import type { Source } from '../source.ts'
import type { Tree } from '../tree.ts'

/** A function that the source declares, in the words of a service file. */
export interface DeclaredFunction {
  readonly name: string
  /** The name that the framework knows it by. */
  readonly handler: string
  /** Its keys besides `handler` and `events`. */
  readonly own: Tree
  /** Items of its `events`. */
  readonly events: readonly unknown[]
  /** Declared by the older decorator, whose functions only a file without any of its own takes over. */
  readonly older: boolean
  /** Where it stands in the source: `own` and `events` are below it. */
  readonly at: Pointer
}

export interface FoundFunction extends DeclaredFunction {
  readonly source: Source
}

export interface Findings {
  readonly functions: readonly FoundFunction[]
  /** What cannot be read, at its place in the source. */
  readonly diagnostics: readonly Diagnostic[]
}
