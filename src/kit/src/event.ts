import type { LogLine } from './connection.ts'
import type { Diagnostic, Sources } from './diagnostic.ts'
import type { Answer } from './emulate.ts'
import type { Action } from './plan.ts'
import type { Id } from './resource.ts'

/** What a long operation tells while it runs. The engine speaks; only `ui` and `cli` print. */
export type Event = PhaseEvent | StepEvent | DiagnosticEvent | LogEvent | ListeningEvent | RequestEvent | AnswerEvent

/** A part of the work, such as `package` or `start the local platform`; with the state `note` no part of it, but something to say. */
export interface PhaseEvent {
  readonly kind: 'phase'
  readonly name: string
  readonly state: 'start' | 'going' | 'done' | 'failed' | 'note'
  readonly durationMs?: number
  readonly note?: string
  /** How far it is, while it is `going`. */
  readonly progress?: PhaseProgress
  /** Where several are worked on at once. */
  readonly platform?: string
}

/** So much of so much, such as 54 of 143 `MB`. */
export interface PhaseProgress {
  readonly done: number
  readonly total: number
  readonly unit: string
}

/** One step of a plan. */
export interface StepEvent {
  readonly kind: 'step'
  readonly id: Id
  readonly type: string
  readonly action: Action
  readonly state: 'start' | 'done' | 'failed' | 'skipped' | 'note'
  readonly durationMs?: number
  readonly note?: string
  /** Where several are worked on at once. */
  readonly platform?: string
}

export interface DiagnosticEvent {
  readonly kind: 'diagnostic'
  readonly diagnostic: Diagnostic
  /** For its code frame. */
  readonly sources?: Sources
  /** Of another moment than one that is its equal and was told before. */
  readonly isAgain?: true
}

export interface LogEvent {
  readonly kind: 'log'
  readonly line: LogLine
}

/** A service answers. */
export interface ListeningEvent {
  readonly kind: 'listening'
  readonly service: string
  /** The platform whose events its functions see. */
  readonly platform: string
  /** The first is for this machine. */
  readonly urls: readonly string[]
  readonly routes: readonly ListeningRoute[]
  readonly notes: readonly string[]
  readonly durationMs?: number
}

export interface ListeningRoute {
  readonly function: string
  /** Empty means every method. */
  readonly methods: readonly string[]
  readonly path: string
}

/** A request that has been answered. */
export interface RequestEvent {
  readonly kind: 'request'
  /** Milliseconds since 1970, UTC, when it was answered. */
  readonly time: number
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** 0 when the client has gone before there was one. */
  readonly status: number
  readonly durationMs: number
  /** Absent when no function answers there. */
  readonly function?: string
}

/** One answer of several: a function was called again. */
export interface AnswerEvent {
  readonly kind: 'answer'
  readonly function: string
  readonly platform: string
  /** The kind of the trigger that it was called by. */
  readonly by: string
  readonly answer: Answer
  readonly durationMs: number
}

export type Tell = (event: Event) => void
