import { CallFailure } from './failure.ts'
import type { Slot } from './slot.ts'

interface Waiter {
  readonly resolve: (slot: Slot) => void
  readonly reject: (failure: unknown) => void
}

export interface Patience {
  /** How many may wait. */
  readonly limit: number
  readonly maxMs: number
  /** Tells when nobody needs the place any more. */
  readonly signal?: AbortSignal | undefined
  readonly name: string
}

/** Calls that wait for a place in a process, the oldest first. */
export class WaitingLine {
  readonly #waiters = new Set<Waiter>()

  get length(): number {
    return this.#waiters.size
  }

  /** Resolves with the place; the slot has been entered. Rejects with `throttle` when the line is full or moves too slowly. */
  join({ limit, maxMs, signal, name }: Patience): Promise<Slot> {
    if (this.#waiters.size >= limit) {
      return Promise.reject(new CallFailure('throttle', `the function "${name}" has as many calls as it takes`))
    }
    return new Promise<Slot>((resolve, reject) => {
      const forget = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', leave)
        this.#waiters.delete(waiter)
      }
      const give = (failure: unknown): void => {
        forget()
        reject(failure)
      }
      const timer = setTimeout(
        () => give(new CallFailure('throttle', `no process of the function "${name}" became free in time`)),
        maxMs,
      )
      const leave = (): void => give(new CallFailure('gone', 'the client has gone'))
      signal?.addEventListener('abort', leave, { once: true })
      const waiter: Waiter = {
        resolve: (slot) => {
          forget()
          resolve(slot)
        },
        reject: give,
      }
      this.#waiters.add(waiter)
    })
  }

  /** Gives a place to the oldest. */
  serve(slot: Slot): void {
    const [oldest] = this.#waiters
    if (!oldest) return
    slot.enter()
    oldest.resolve(slot)
  }

  fail(failure: unknown): void {
    for (const waiter of this.#waiters) waiter.reject(failure)
  }
}
