import type { InstanceStatus } from '../../api.ts'
import type { Instance } from './instance.ts'

/** How long an event loop may be silent before its process gets no more calls, and before it is ended when it has none. */
export const BLOCKED_MS = 2000
export const DEAD_MS = 5000

/** A process and how busy it is. */
export class Slot {
  readonly instance: Instance
  readonly #started = Date.now()
  isReady = false
  isEnding = false
  isBlocked = false
  running = 0
  calls = 0
  usedAt = Date.now()

  constructor(instance: Instance) {
    this.instance = instance
  }

  get livedMs(): number {
    return Date.now() - this.#started
  }

  canTake(limit: number): boolean {
    return this.isReady && !this.isEnding && !this.isBlocked && this.instance.isOpen && this.running < limit
  }

  /** It will take calls sooner or later, so it counts among the processes that a function may have. */
  get counts(): boolean {
    return !this.isEnding && !this.isBlocked && this.instance.isOpen
  }

  enter(): void {
    this.running++
    this.calls++
  }

  leave(): void {
    this.running--
    this.usedAt = Date.now()
  }

  /** Ends the process; calls that run fail. */
  async end(): Promise<void> {
    this.isEnding = true
    await this.instance.end()
  }

  status(): InstanceStatus {
    const { isEnding, isReady, isBlocked, running, calls } = this
    const isGoing = isEnding || (isReady && !this.instance.isOpen)
    const state = isGoing ? 'ending' : !isReady ? 'starting' : isBlocked ? 'blocked' : 'ready'
    const { pid } = this.instance
    return { state, running, calls, started: new Date(this.#started).toISOString(), ...(pid !== undefined && { pid }) }
  }
}
