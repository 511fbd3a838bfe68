import type { Range } from './range.ts'
import type { Fn } from './service.ts'
import type { Trigger, TriggerKind, TriggerOf } from './trigger.ts'

/**
 * One row of a table: what becomes of one field of the model on one platform. A table has a row for
 * every field of the model, so a field that somebody forgot does not compile.
 */
export type Rule<T, K extends keyof T> = To<T, K> | Rows<T, K> | Refuse | Lossy | Emulated | Elsewhere

/** Translated: written at a dotted path of the platform's spec, converted when `as` is there. */
export interface To<T, K extends keyof T> {
  readonly to: string
  /** `root` is the object that the outermost table reads. Undefined leaves the field out. A verdict (`refused`, `adjusted`, `noted`) says what is wrong with the value. */
  readonly as?: (value: NonNullable<T[K]>, whole: T, root: unknown) => unknown
  /** The numbers that the platform takes: rounded up to the next one with a warning, refused above the last. */
  readonly range?: Range
  /** The platform has no such thing and it is built from others: said so in the matrix. */
  readonly emulated?: string
  /** What the converter takes, in words, when that is not everything: for the docs. */
  readonly takes?: string
}

/** A field with fields of its own: a table for them. */
export interface Rows<T, K extends keyof T> {
  readonly rows: FieldTable<NonNullable<T[K]>>
}

/** An error: the platform cannot do it. */
export interface Refuse {
  readonly refuse: string
  readonly instead?: string
}

/** A warning (an error with --strict): left out, and the function still works. */
export interface Lossy {
  readonly lossy: string
  readonly instead?: string
  /** The values that are lost; others are what the platform does anyway. Without it, all of them. */
  readonly when?: (value: unknown) => boolean
}

/** Does what it says although the platform has no word for it; the text tells how. */
export interface Emulated {
  readonly emulated: string
  /** The values that it holds for; others are native. Without it, all of them. */
  readonly when?: (value: unknown) => boolean
}

/** Handled by the structure of the spec, not by a field of it; the words say where. */
export interface Elsewhere {
  readonly elsewhere: string
}

export type FieldTable<T> = { readonly [K in keyof T]-?: Rule<T, K> }

/** What becomes of a function's fields. */
export type FnTable = FieldTable<Fn>

/** What becomes of one kind of trigger. */
export interface TriggerRow<T extends Trigger> {
  /** The platform's word for it, such as `HttpApi` or `timer`. */
  readonly type: string
  readonly fields: FieldTable<T>
  /** What the platform wants in every such trigger; the fields are laid over it. */
  readonly always?: Readonly<Record<string, unknown>>
  /** How it is built when the platform has no such trigger of its own. */
  readonly emulated?: string
  /** The platform's trigger cannot be switched off: a disabled one is not made. */
  readonly switchless?: true
}

export type TriggerTable = { readonly [K in TriggerKind]: TriggerRow<TriggerOf<K>> | Refuse }

export function refuse(reason: string, instead?: string): Refuse {
  return instead === undefined ? { refuse: reason } : { refuse: reason, instead }
}

export function lossy(reason: string, instead?: string): Lossy {
  return instead === undefined ? { lossy: reason } : { lossy: reason, instead }
}

export function emulated(how: string, when?: Emulated['when']): Emulated {
  return when === undefined ? { emulated: how } : { emulated: how, when }
}

export function elsewhere(where: string): Elsewhere {
  return { elsewhere: where }
}

export function to<T, K extends keyof T>(path: string, as?: To<T, K>['as']): To<T, K> {
  return as === undefined ? { to: path } : { to: path, as }
}

/** The row of `enabled` where the platform's trigger cannot be switched off. */
export const NOT_MADE: Emulated = emulated('a disabled one is not made', (isEnabled) => isEnabled === false)

/** The row of a route's `path` where a function has one address. */
export const ROUTED_INSIDE: Emulated = emulated(
  'a function has one address; the router inside finds the route, and a custom domain sends its paths',
  (path) => path !== '/*',
)
