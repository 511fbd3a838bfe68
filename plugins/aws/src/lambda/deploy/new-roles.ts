import { clock } from '@anyfaas/kit'
import { isSpreading } from '../../account/failures.ts'

/**
 * The roles that this deploy makes. One takes seconds to be known everywhere, and until then whoever uses it is refused: so one
 * caller asks again and again, and the others wait for it instead of spending calls that count.
 */
export class NewRoles {
  /** Role -> settled when the one who tries it now has. */
  readonly #roles = new Map<unknown, Promise<unknown>>()

  add(arn: unknown): void {
    this.#roles.set(arn, Promise.resolve())
  }

  /** Does what needs a role. Rejects with what it rejects with: with a refusal of the role only when that lasts. */
  async use<T>(arn: unknown, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let before: unknown; ; ) {
      const turn = this.#roles.get(arn)
      if (turn === undefined) return await work()
      if (turn === before) return await this.#first(arn, work, signal)
      before = turn
      await turn.catch(() => undefined)
    }
  }

  async #first<T>(arn: unknown, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const trying = untilKnown(work, signal)
    this.#roles.set(arn, trying)
    const made = await trying
    this.#roles.delete(arn)
    return made
  }
}

const FIRST_LOOK_MS = 250
const LOOK_MS = 1000
const LASTS_MS = 60_000

async function untilKnown<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const end = clock.now() + LASTS_MS
  for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(LOOK_MS, waitMs * 1.25)) {
    try {
      return await work()
    } catch (cause) {
      if (!isSpreading(cause) || clock.now() >= end) throw cause
      await clock.wait(waitMs, signal)
    }
  }
}
