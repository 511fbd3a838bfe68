import type { FunctionSpec } from '../../spec.ts'

/** How many processes a function has, and how many calls wait for them. */
export interface Limits {
  readonly min: number
  readonly max: number
  /** Calls at once in one process. */
  readonly instance: number
  readonly queue: number
  /** After how long without calls a process ends that is not among the `min`. */
  readonly idleMs: number
}

const DEFAULT_QUEUE = 100
const DEFAULT_IDLE_SEC = 600
/** Of processes that take a limited number of calls each. */
const DEFAULT_MAX = 8

export function limitsOf({ concurrency = {}, idle = DEFAULT_IDLE_SEC }: FunctionSpec): Limits {
  const { instance, min = 0, max = instance === undefined ? 1 : DEFAULT_MAX, queue = DEFAULT_QUEUE } = concurrency
  return { min, max: Math.max(1, min, max), instance: instance ?? Number.POSITIVE_INFINITY, queue, idleMs: idle * 1000 }
}
