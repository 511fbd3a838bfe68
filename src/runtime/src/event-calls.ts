import { type CloudEvent, makeCloudEvent } from './cloud-event.ts'
import { findMember } from './dispatch.ts'
import type { EventInput } from './input.ts'
import type { Manifest, TriggerName } from './manifest.ts'
import type { LiveMember } from './member.ts'
import { isRaw } from './raw.ts'

/** What the core of the runtime lends to the part that knows events. */
export interface EventHost {
  readonly manifest: Manifest
  readonly members: readonly LiveMember[]
  raw(member: LiveMember, input: EventInput): Promise<unknown>
  /** Rejects with the handler's error. */
  run(member: LiveMember, input: EventInput, event: CloudEvent): Promise<EventResult>
}

export interface EventResult {
  readonly value: unknown
  /** What the handler said `ctx.fail` of. */
  readonly failed: readonly unknown[]
}

/**
 * Calls the functions that the events are for, one after the other: most platforms count on their order. Rejects with
 * the handler's error, or with that of reading.
 */
export async function callEvents(read: () => readonly EventInput[], host: EventHost): Promise<unknown> {
  const results: unknown[] = []
  for (const input of read()) results.push(await callEvent(input, host))
  return results.length === 1 ? results[0] : results
}

async function callEvent(input: EventInput, host: EventHost): Promise<unknown> {
  const { member, trigger } = findMember(host, input)
  if (isRaw(member)) return host.raw(member, input)
  const named = withName(input, trigger)
  const event = makeCloudEvent(named, member.scope.member.name, host.manifest)
  return settle(named, await host.run(member, named, event))
}

// The event of a queue bears the queue's name; the trigger that listens to it has one of its own.
function withName(input: EventInput, trigger: TriggerName | undefined): EventInput {
  return input.trigger === undefined && trigger ? { ...input, trigger: trigger.name } : input
}

/** The result in which a platform reads which items of a batch have to come again; where it reads none, the whole batch fails. */
function settle({ batch, data }: EventInput, { value, failed }: EventResult): unknown {
  if (!batch) {
    if (failed.length === 0) return value
    throw new Error(`${failed.length} of the event's items failed, and the platform can repeat it as a whole only`)
  }
  if (isReport(value)) return value
  const items = (data as Readonly<Record<string, readonly unknown[]>>)[batch.list] ?? []
  const identifiers = failed.map((item) => batch.ids[indexOf(items, item)])
  const unknown = identifiers.indexOf(undefined)
  if (unknown >= 0) throw new Error(`ctx.fail was given what is no item of the batch: ${String(failed[unknown])}`)
  return { batchItemFailures: [...new Set(identifiers)].map((itemIdentifier) => ({ itemIdentifier })) }
}

function indexOf(items: readonly unknown[], wanted: unknown): number {
  return items.findIndex((item) => {
    const { id, sequence } = (item ?? {}) as { id?: unknown; sequence?: unknown }
    return item === wanted || (wanted !== undefined && (id === wanted || sequence === wanted))
  })
}

function isReport(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'batchItemFailures' in value
}
