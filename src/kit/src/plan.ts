import type { Live } from './driver.ts'
import type { Reason } from './reason.ts'
import type { Id, Resource } from './resource.ts'

export type Action = 'create' | 'update' | 'replace' | 'delete' | 'keep'

export interface Step {
  readonly id: Id
  readonly type: string
  readonly action: Action
  readonly because: readonly Reason[]
  /** Steps that must be done first. */
  readonly needs: readonly Id[]
  readonly desired?: Resource
  readonly live?: Live
  /** What is there bears no mark of ours: the step is taken only with the user's word. */
  readonly isForeign?: true
}

export interface Plan {
  readonly service: string
  readonly stage: string
  readonly provider: string
  readonly steps: readonly Step[]
}

export function changes(plan: Plan): readonly Step[] {
  return plan.steps.filter((step) => step.action !== 'keep')
}
