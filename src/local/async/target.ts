import type { AsyncSpec } from './retry-rule.ts'

/** A deployed function as asynchronous calls see it. */
export interface AsyncTarget {
  readonly service: string
  readonly stage: string
  readonly name: string
  /** Of the service that it is in. */
  readonly port: number
  readonly spec: AsyncSpec
  /** Calls at once that it takes. */
  readonly places: number
  readonly tell: (text: string) => void
}
