import type { EventInput, Input } from './input.ts'
import { isShape, type Shape } from './shape.ts'

/** One kind of event of one platform: how it is recognized, and what it says. A platform has a list of them. */
export interface EventRow {
  /** The trigger kind of the service file. */
  readonly kind: string
  /** By its shape alone; `declares` tells whether the artifact has triggers of a kind, for what has no shape of its own. */
  readonly matches: (event: Shape, declares: Declares, whole: unknown) => boolean
  /** A list where one event of the platform is several of the service file. */
  readonly read: (event: Shape, whole: unknown) => EventWords | readonly EventWords[]
}

export type EventWords = Omit<EventInput, keyof Input | 'kind'>

export type Declares = (kind: string) => boolean

/** What the artifact itself knows about its events. */
export interface Reading {
  readonly declares: Declares
  /** Rows of layers; they come first. */
  readonly adapters: readonly EventRow[]
}

/** The event in the words of the service file; what no row knows is a plain `event`, as it was sent. */
export function readEvents(
  rows: readonly EventRow[],
  event: unknown,
  input: Input,
  { declares, adapters }: Reading,
): readonly EventInput[] {
  const shape = isShape(event) ? event : EMPTY
  const row = [...adapters, ...rows].find((candidate) => candidate.matches(shape, declares, event))
  const found = row ? [row.read(shape, event)].flat() : []
  // Getters of a class do not spread.
  const { args, event: origin, context, requestId, remainingMs, logger, signal } = input
  const call = { args, event: origin, context, requestId, remainingMs, logger, signal }
  if (!row || found.length === 0) return [{ ...call, kind: 'event', data: event }]
  return found.map((words) => ({ ...call, kind: row.kind, ...words }))
}

const EMPTY: Shape = {}
