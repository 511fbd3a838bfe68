import type { Mark } from '../once/once-wire.ts'
import type { Run, Wrap } from './handlers.ts'

/** Notes how long the parts of a call take, from the start of the process on. */
export class Stopwatch {
  readonly marks: Mark[] = []

  /** Everything until now, which was Node.js. */
  boot(): void {
    this.marks.push({ name: 'Node.js starts', startMs: 0, durationMs: performance.now() })
  }

  /** Settles as the work does. */
  async time<T>(name: string, work: () => T): Promise<Awaited<T>> {
    const startMs = performance.now()
    try {
      return await work()
    } finally {
      this.marks.push({ name, startMs, durationMs: performance.now() - startMs })
    }
  }

  readonly wrap: Wrap = (run: Run, owner) => {
    const timed = (...args: unknown[]): unknown => {
      const startMs = performance.now()
      const note = (): void => {
        this.marks.push({ name: `handler ${run.name}`.trim(), startMs, durationMs: performance.now() - startMs })
      }
      const result = run.apply(owner, args)
      // A promise is passed on as it is: what runs after it runs in the same order.
      if (result instanceof Promise) result.then(note, note)
      else note()
      return result
    }
    return Object.defineProperties(timed, { name: { value: run.name }, length: { value: run.length } })
  }
}
