import type { Live } from './driver.ts'
import type { Id, Resource } from './resource.ts'

export type Action = 'create' | 'update' | 'replace' | 'delete' | 'keep'

/** Why a step is there: one field that differs. Values of secrets never stand here. */
export interface Reason {
  readonly field: string
  readonly from?: unknown
  readonly to?: unknown
  readonly secret?: true
}

export interface Step {
  readonly id: Id
  readonly type: string
  readonly action: Action
  readonly because: readonly Reason[]
  /** Steps that must be done first. */
  readonly needs: readonly Id[]
  readonly desired?: Resource
  readonly live?: Live
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
