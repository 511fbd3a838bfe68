import type { LogLine } from './connection.ts'
import type { Diagnostic, Sources } from './diagnostic.ts'
import type { Action } from './plan.ts'
import type { Id } from './resource.ts'

/** What a long operation tells while it runs. The engine speaks; only `ui` and `cli` print. */
export type Event = PhaseEvent | StepEvent | DiagnosticEvent | LogEvent

/** A part of the work, such as `package` or `start the local platform`. */
export interface PhaseEvent {
  readonly kind: 'phase'
  readonly name: string
  readonly state: 'start' | 'done' | 'failed'
  readonly durationMs?: number
  readonly note?: string
  /** Where several are worked on at once. */
  readonly platform?: string
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
}

export interface LogEvent {
  readonly kind: 'log'
  readonly line: LogLine
}

export type Tell = (event: Event) => void
