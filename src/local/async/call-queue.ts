import type { QueueMessage } from './message.ts'

/** A call that somebody has accepted and that is not finished. */
export interface QueuedCall {
  readonly id: string
  readonly message: QueueMessage
  /** Milliseconds since 1970, UTC. */
  readonly accepted: number
  readonly attempts: number
  /** When it is tried again; undefined for one that nobody tries any more. */
  readonly next: number | undefined
  /** Why the last attempt failed. */
  readonly reason?: string
}

/** Of calls that are in the queue and not here. */
export interface Backlog {
  /** No platform has them yet. */
  readonly unseen: number
  /** Other platforms have them. */
  readonly elsewhere: number
}

/** Where accepted calls are kept until they are finished. Each method resolves when a crash cannot undo it any more. */
export interface CallQueue {
  /** Brings back what was not finished. `onArrival` hears of calls that somebody else has put. */
  open(onArrival: () => void): Promise<void>
  /** False when a call of this id was accepted before: it is the same one, and is kept once. */
  put(call: QueuedCall): Promise<boolean>
  /** After an attempt that failed. */
  keep(call: QueuedCall): Promise<void>
  finish(id: string): Promise<void>
  /** Leaves a call to another platform that shares the queue; false when none is to be hoped for. */
  pass(id: string): Promise<boolean>
  /** What there is besides `calls`. Brings `dead` up to date where others change it too. */
  look(): Promise<Backlog>
  /** Those that are still tried, by id, the oldest first. */
  readonly calls: ReadonlyMap<string, QueuedCall>
  /** Of the bodies of these that are in memory here. */
  readonly heldBytes: number
  /** Those that were given up; a body that is not in memory is empty here, and is there again after `keep`. */
  readonly dead: ReadonlyMap<string, QueuedCall>
  close(): Promise<void>
}
