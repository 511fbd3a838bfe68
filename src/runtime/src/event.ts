import type { EventInput, Input } from './input.ts'

/** One kind of event of one platform: how it is recognized, and what it says. A platform has a list of them. */
export interface EventRow {
  /** The trigger kind of the service file. */
  readonly kind: string
  /** By its shape alone. */
  readonly matches: (event: Shape) => boolean
  readonly read: (event: Shape) => Omit<EventInput, keyof Input | 'kind'>
}

/** An object of which nothing is known yet. */
export type Shape = Readonly<Record<string, unknown>>

/** The event in the words of the service file; what no row knows is a plain `event`, as it was sent. */
export function readEvent(rows: readonly EventRow[], event: unknown, input: Input): EventInput {
  const row = isShape(event) ? rows.find((candidate) => candidate.matches(event)) : undefined
  // Getters of a class do not spread.
  const { args, event: origin, context, requestId, remainingMs, logger, signal } = input
  const call = { args, event: origin, context, requestId, remainingMs, logger, signal }
  return { ...call, kind: row?.kind ?? 'event', ...(row ? row.read(event as Shape) : { data: event }) }
}

export function isShape(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field of it that should be an object; an empty one when it is none. */
export function shapeOf(value: unknown): Shape {
  return isShape(value) ? value : EMPTY
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

const EMPTY: Shape = {}
