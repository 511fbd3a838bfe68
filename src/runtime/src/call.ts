import type { Deadlines, Timed } from './deadline.ts'
import { logFailed } from './frames.ts'
import type { Input } from './input.ts'
import { lateError, limitOf, makeController, settleAll } from './lateness.ts'
import type { Manifest, Member, TriggerName } from './manifest.ts'

/** How a platform sends data to one of its outputs. Rejects when nobody has it. */
export type Sender = (output: string, data: unknown) => Promise<void>

/** What every call of one member shares. */
export interface Scope {
  readonly manifest: Manifest
  readonly member: Member
  /** The member's own view of the environment. */
  readonly env: Environment
  readonly deadlines: Deadlines
  /** Absent where the platform has none. */
  readonly send?: Sender | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/** What fired: the trigger's kind, and its deployed name or the route's path where there is one. */
export type Trigger = Pick<TriggerName, 'kind'> & Partial<TriggerName>

/** Who hears what a work comes to: one of the two, once. */
export interface Outcome<T> {
  done(value: T): void
  fail(error: unknown): void
}

/**
 * The life of one call: its deadline, its signal, and what it still waits for. Handlers never see it, so its fields are
 * private to the compiler only: a class with `#fields` takes longer to load.
 */
export class Call implements Timed {
  readonly scope: Scope
  readonly input: Input
  readonly trigger: Trigger
  /** Of the handler, and of the layers around it. */
  state?: Record<string, unknown>
  endsAt: number | undefined
  before: Timed | undefined
  after: Timed | undefined
  private outcome: Outcome<never> | undefined
  // What few calls have is set when they have it.
  private doing?: string | undefined
  private limit?: number
  private late?: Error
  private controller?: AbortController
  private waiting?: PromiseLike<unknown>[] | undefined
  private items?: readonly unknown[]

  constructor(scope: Scope, input: Input, trigger: Trigger) {
    this.scope = scope
    this.input = input
    this.trigger = trigger
    this.endsAt = undefined
    this.before = undefined
    this.after = undefined
    this.outcome = undefined
  }

  /** Hands over what `work` comes to, or a TimeoutError at the deadline. One work at a time. */
  watch<T>(work: PromiseLike<T>, outcome: Outcome<T>): void {
    this.outcome = outcome
    this.scope.deadlines.add(this)
    work.then(
      (value) => this.take(outcome) && outcome.done(value),
      (error) => this.take(outcome) && outcome.fail(error),
    )
  }

  /** The same as a promise. `doing` says in the error what was not finished. */
  guard<T>(work: PromiseLike<T>, doing?: string): Promise<T> {
    return new Promise((resolve, reject) => {
      this.doing = doing
      this.watch(work, { done: resolve, fail: reject })
    })
  }

  /** Asked by the clock. */
  limitMs(): number {
    this.limit ??= limitOf(this.scope.member.timeoutSec, this.input.remainingMs)
    return this.limit
  }

  /** Called by the clock. */
  expire(): void {
    const late = lateError(this.scope.member, this.limitMs(), this.doing)
    this.late = late
    const { outcome } = this
    this.outcome = undefined
    this.controller?.abort(late)
    outcome?.fail(late)
  }

  get signal(): AbortSignal {
    this.controller ??= makeController(this.late, this.input.signal)
    return this.controller.signal
  }

  /** Items of a batch that have to come again. */
  get failed(): readonly unknown[] {
    return this.items ?? []
  }

  failItem(item: unknown, error: unknown): void {
    this.items = [...this.failed, item]
    if (error !== undefined) this.logFailure(error)
  }

  waitUntil(work: PromiseLike<unknown>): void {
    this.waiting ??= []
    this.waiting.push(work)
  }

  get isWaiting(): boolean {
    return this.waiting !== undefined
  }

  /** Waits for what `waitUntil` was given, also for what is given meanwhile. Failures are logged: the answer is made already. */
  settle(): Promise<void> {
    return settleAll(this, () => {
      const { waiting } = this
      this.waiting = undefined
      return waiting
    })
  }

  logFailure(error: unknown): void {
    logFailed(error, this.input.requestId, this.scope.member.name)
  }

  // False for what comes after the deadline.
  private take(outcome: Outcome<never>): boolean {
    if (this.outcome !== outcome) return false
    this.outcome = undefined
    if (this.doing) this.doing = undefined
    this.scope.deadlines.delete(this)
    return true
  }
}
