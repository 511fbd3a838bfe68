export interface Due {
  readonly id: number
  /** Milliseconds since 1970. */
  readonly deadline: number
}

/** One timer for all calls of a process: nearly all of them end long before it would ring. */
export class Deadlines {
  readonly #calls: Iterable<Due>
  readonly #expire: (id: number) => void
  #timer: NodeJS.Timeout | undefined
  #rings = Number.POSITIVE_INFINITY

  /** Tells of each of these calls that is there when its time is over; every new one has to be watched. */
  constructor(calls: Iterable<Due>, expire: (id: number) => void) {
    this.#calls = calls
    this.#expire = expire
  }

  watch({ deadline }: Pick<Due, 'deadline'>): void {
    if (deadline < this.#rings) this.#arm(deadline)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#rings = Number.NEGATIVE_INFINITY
  }

  #arm(at: number): void {
    clearTimeout(this.#timer)
    this.#rings = at
    this.#timer = setTimeout(() => this.#ring(), at - Date.now())
  }

  #ring(): void {
    const now = Date.now()
    this.#rings = Number.POSITIVE_INFINITY
    for (const call of this.#calls) {
      if (call.deadline <= now) this.#expire(call.id)
      else this.watch(call)
    }
  }
}
