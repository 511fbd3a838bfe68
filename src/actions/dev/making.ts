import type { Fn } from '@anyfaas/kit'
import type { FunctionSpec } from '../../local/spec.ts'
import type { ActionIo } from '../io.ts'
import type { Platform, Project } from '../project.ts'

/** What a function in development is made from. */
export interface Making {
  readonly project: Project
  /** Whose events it sees. */
  readonly platform: Platform
  readonly fn: Fn
  /** What the local platform runs. */
  readonly spec: FunctionSpec
  readonly debugPort?: number
  readonly io: ActionIo
}
