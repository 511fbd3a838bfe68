import type { Diagnostic, Pointer } from '@anyfaas/kit'
import type { Range } from '../source.ts'
import type { Module, Modules } from './modules.ts'
import type { Node } from './syntax.ts'

/** What decorators' arguments are read in. */
export interface Reading {
  readonly module: Module
  readonly modules: Modules
  /** Where values stand in the module's text. */
  readonly ranges: Map<Pointer, Range>
  readonly diagnostics: Diagnostic[]
}

/** A class that is being read. */
export interface ClassReading extends Reading {
  /** The framework's major version. */
  readonly major: number
  readonly className: string
  /** What the injection container calls it. */
  readonly id: string
  /** Makes the place of the next function. */
  next(node: Node): Pointer
}
