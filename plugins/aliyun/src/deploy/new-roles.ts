import { readFailure } from '../account/failures.ts'

/**
 * Roles that were made just now, by this deploy or by one before it that was killed. One takes its time to be known everywhere,
 * and until then who uses it is denied access; the vendor's own tools ask again for two minutes.
 */
export class NewRoles {
  readonly #arns = new Set<unknown>()
  readonly #passing = new WeakSet<object>()

  add(arn: unknown): void {
    this.#arns.add(arn)
  }

  /** Takes note of a role that is there; `createDate` is an ISO time. */
  see(arn: unknown, createDate: unknown): void {
    if (Date.now() - Date.parse(String(createDate)) < YOUNG_MS) this.add(arn)
  }

  /** Does what uses a role. Rejects with what it rejects with. */
  async use<T>(arn: unknown, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      if (this.#arns.has(arn) && readFailure(cause).code === 'AccessDenied') this.#passing.add(cause as object)
      throw cause
    }
  }

  /** Whether a failure of `use` is one that time mends. */
  isPassing(failure: unknown): boolean {
    return typeof failure === 'object' && failure !== null && this.#passing.has(failure)
  }
}

const YOUNG_MS = 120_000
