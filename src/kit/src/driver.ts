import type { Call } from './call.ts'
import type { Reason } from './reason.ts'
import type { Id, Resource } from './resource.ts'

/** How the engine treats a field of a spec when it differs from what is live. `update` when no rule names it. */
export type FieldRule = 'update' | 'replace' | 'ignore' | 'secret' | 'unordered'

/** Dotted path -> rule. */
export type FieldRules = Readonly<Record<string, FieldRule>>

/** A call that changes what is there, and why: a driver may send just what differs. */
export interface Change extends Call {
  readonly because: readonly Reason[]
}

/** What is there, with the key by which the driver finds it again. */
export interface Live<L extends object = object> {
  /** The id that the same thing has among the desired resources. */
  readonly id: Id
  readonly value: L
  /** The deployed function that it belongs to, where it belongs to one. */
  readonly fn?: string
  /** The ids of what it refers to: those are taken away after it. */
  readonly uses?: readonly Id[]
  /** It stands where a desired one would, and bears no mark of ours: not touched without the user's word. */
  readonly isForeign?: true
}

/** Moves one type of resource. `S` is the desired spec, `L` the platform's answer. */
export interface Driver<S extends object = object, L extends object = object> {
  readonly type: string
  readonly rules: FieldRules
  /** The fields that are the code, such as `code`: all that `--code-only` moves. */
  readonly code?: readonly string[]
  /**
   * Everything of this type that bears our mark for this service and stage, and what stands where a desired one would
   * without it. The number of requests grows with the pages of the platform's lists, not with what is desired.
   */
  list(call: Call, desired: readonly Resource<S>[]): Promise<readonly Live<L>[]>
  /** Resolves when the thing is stable. The answer's fields are what refs to this resource read. */
  create(resource: Resource<S>, call: Call): Promise<L>
  /** Resolves when the thing is stable. Where the live one is foreign it also gets our mark. */
  update(resource: Resource<S>, live: L, change: Change): Promise<L>
  /** Already gone is success. */
  delete(live: Live<L>, call: Call): Promise<void>
  /** The platform's answer in the words of a spec, so that the two can be compared. */
  project(live: L): S
  /** A passing reason, such as a role that is not yet known everywhere. */
  retryable(error: unknown): boolean
  /** A creation found the name taken: by an earlier attempt of ours whose answer was lost, or by somebody else. */
  isTaken?(error: unknown): boolean
  /** What has the name of a resource, whoever made it. Asked only after `isTaken`. */
  find?(resource: Resource<S>, call: Call): Promise<Live<L> | undefined>
}
