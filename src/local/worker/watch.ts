import type { Answer } from '@anyfaas/kit'
import type { OnceResult } from '../once/once-wire.ts'
import type { WireError } from '../wire/wire.ts'
import { describeError } from './error.ts'
import type { Wrap } from './handlers.ts'

/** Remembers what the user's code threw: a runtime turns it into an answer, which does not say where it was thrown. */
export class Watch {
  thrown: WireError | undefined

  readonly wrap: Wrap = (run, owner) => {
    const watched = (...args: unknown[]): unknown => this.settle(() => run.apply(owner, args))
    return Object.defineProperties(watched, { name: { value: run.name }, length: { value: run.length } })
  }

  /** Settles as the work does. */
  settle<T>(work: () => T): T {
    try {
      const result = work()
      if (result instanceof Promise) result.catch((error: unknown) => this.#keep(error))
      return result
    } catch (error) {
      this.#keep(error)
      throw error
    }
  }

  #keep(error: unknown): void {
    this.thrown = describeError(error)
  }
}

/** What a call's answer says, with what was thrown where a runtime made a failed answer of it. */
export function resultOf(answer: Answer, watch: Watch): OnceResult {
  const isFailed = answer.kind === 'http' && answer.status >= 500
  return { kind: 'answer', answer, ...(isFailed && watch.thrown && { error: watch.thrown }) }
}
