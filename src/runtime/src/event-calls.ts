import { Call } from './call.ts'
import { type CloudEvent, makeCloudEvent } from './cloud-event.ts'
import { EventContext } from './context.ts'
import { findMember } from './dispatch.ts'
import type { Reading } from './event.ts'
import type { EventInput } from './input.ts'
import type { Manifest, TriggerName } from './manifest.ts'
import { isRaw, type LiveMember } from './member.ts'
import { callRaw } from './raw.ts'
import { asError } from './thrown.ts'

/** The functions of a process, and what they are called. */
export interface Artifact {
  readonly manifest: Manifest
  readonly members: readonly LiveMember[]
}

interface EventResult {
  readonly value: unknown
  /** What the handler said `ctx.fail` of. */
  readonly failed: readonly unknown[]
}

export type ReadEvents = (reading: Reading) => readonly EventInput[]

/**
 * Calls the functions that the events are for, one after the other: most platforms count on their order. Rejects with
 * the handler's error, or with that of reading.
 */
export async function callEvents(read: ReadEvents, artifact: Artifact): Promise<unknown> {
  const stacks = await Promise.all(artifact.members.map((member) => member.openLayers()))
  const adapters = stacks.flatMap((stack) => stack?.layer.events ?? [])
  const triggers = artifact.members.flatMap((member) => member.scope.member.triggers)
  const declares = (kind: string) => triggers.some((trigger) => trigger.kind === kind)
  const results: unknown[] = []
  for (const input of read({ declares, adapters })) results.push(await callEvent(input, artifact))
  return results.length === 1 ? results[0] : results
}

async function callEvent(input: EventInput, artifact: Artifact): Promise<unknown> {
  const { member, trigger } = findMember(artifact, input)
  if (isRaw(member)) return callRaw(member, input, input.kind)
  const named = withName(input, trigger)
  const event = makeCloudEvent(named, member.scope.member.name, artifact.manifest)
  return settle(named, await runEvent(member, named, event))
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

async function runEvent(member: LiveMember, input: EventInput, event: CloudEvent): Promise<EventResult> {
  const call = new Call(member.scope, input, { kind: input.kind, ...(input.trigger && { name: input.trigger }) })
  try {
    const ready = member.ready ?? (await call.guard(member.prepare(input), 'still initializing'))
    const value = await call.guard(Promise.resolve(ready.handler?.event(new EventContext(call), event)))
    if (call.isWaiting) await call.settle()
    return { value, failed: call.failed }
  } catch (thrown) {
    call.logFailure(thrown)
    if (call.isWaiting) await call.settle()
    throw asError(thrown)
  }
}
