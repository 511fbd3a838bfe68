import type { TriggerKind } from './trigger.ts'

/** One call of a function, told in no platform's words. */
export type PlatformCall = HttpCall | EventCall

export interface HttpCall {
  readonly kind: 'http'
  readonly method: string
  /** Path and query as a client would send them: `/a%20b?x=1`. */
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: Uint8Array
}

export interface EventCall {
  readonly kind: Exclude<TriggerKind, 'http'>
  /** The deployed name of the trigger, where it has one. */
  readonly trigger?: string
  /** What the user gave: the timer's payload, the message's body, or the whole event for `event`. */
  readonly data: unknown
}

export interface CallInfo {
  readonly service: string
  readonly function: string
  readonly stage: string
  readonly requestId: string
  /** Milliseconds since 1970, UTC: the time that the event bears. */
  readonly time: number
  readonly timeoutSec: number
  readonly memoryMb: number
  readonly region: string
}

export type Answer = HttpAnswer | ValueAnswer

export interface HttpAnswer {
  readonly kind: 'http'
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array
}

export interface ValueAnswer {
  readonly kind: 'value'
  readonly value: unknown
}

/** What an artifact's entry file exports: functions in the platform's calling convention. */
export interface Entry {
  readonly handler: (...args: never[]) => unknown
  readonly initializer?: (...args: never[]) => unknown
}

/** Calls an entry as the platform would: with the platform's own event shape and calling convention. */
export interface Emulator {
  /** Kinds of call that it can make. */
  readonly kinds: readonly PlatformCall['kind'][]
  /** Typical events of the kinds that `event` cannot make: it passes their data on as it is. */
  readonly samples?: Samples
  /** The platform's own event for a call. */
  event(call: PlatformCall, info: CallInfo): unknown
  /** Rejects with the handler's own error when the platform counts the call as failed. */
  call(entry: Entry, call: PlatformCall, info: CallInfo): Promise<Answer>
  /** How the platform calls a server behind a command (`runtime: custom`); without it events are posted as CloudEvents. */
  readonly server?: ServerProtocol
}

/** A typical event of each kind that the platform has, JSON. */
export type Samples = Readonly<Partial<Record<TriggerKind, unknown>>>

/** What a platform adds to the calls of a server. Requests pass through as they are; events are posted as the platform's own. */
export interface ServerProtocol {
  /** Names and values. */
  headers(call: PlatformCall, info: CallInfo): readonly (readonly [string, string])[]
  /** Where events are posted; absent where servers get requests only. */
  readonly eventPath?: string
}

/** Settles as the work does, or rejects as a platform does that has waited long enough. For emulators. */
export function orTimeout<T>(work: Promise<T>, timeoutSec: number, message: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(message)), timeoutSec * 1000)
    // A process in which nothing can happen any more may end before its time.
    ;(timer as unknown as { unref?(): void }).unref?.()
    work.finally(() => clearTimeout(timer)).then(resolve, reject)
  })
}

/** What arrives when a value is sent as JSON; nothing arrives as null. For emulators. */
export function throughJson(value: unknown): unknown {
  const text = JSON.stringify(value)
  return text === undefined ? null : JSON.parse(text)
}
