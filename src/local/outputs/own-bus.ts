import { randomUUID } from 'node:crypto'
import type { SourceEvent } from '../sources/source.ts'
import type { TopicSourceSpec } from '../spec.ts'
import { type Bus, type BusMessage, busData } from './bus.ts'
import { refusal } from './refusal.ts'

/** A function that listens to topics of the platform. */
export interface Listener {
  /** `NAME.SERVICE.STAGE`. */
  readonly path: string
  readonly spec: TopicSourceSpec
  readonly accept: (event: SourceEvent, id: string) => Promise<void>
}

/**
 * The topics and queues of a platform by itself: a message goes to those who listen at that moment. Of a queue, one function
 * gets it; of a topic, all of them, or one of each group.
 */
export class OwnBus implements Bus {
  readonly #listeners: () => readonly Listener[]
  #turn = 0

  constructor(listeners: () => readonly Listener[]) {
    this.#listeners = listeners
  }

  async publish(message: BusMessage): Promise<void> {
    const { kind, topic } = message
    const all = this.#listeners().filter(({ spec }) => spec.kind === kind && spec.topics.includes(topic))
    if (kind === 'queue' && all.length === 0) throw refusal('reply', `no function takes the queue "${topic}"`)
    const time = new Date()
    const id = randomUUID()
    const turn = this.#turn++
    const chosen = [...groupsOf(all).values()].map((group) => group[turn % group.length] as Listener)
    await Promise.all(
      chosen.map(async ({ path, spec, accept }) => {
        const data = busData(message, id, time)
        await accept({ kind, trigger: spec.name, time: time.toISOString(), data }, `${id}.${path}`)
      }),
    )
  }
}

function groupsOf(all: readonly Listener[]): Map<string, Listener[]> {
  const groups = new Map<string, Listener[]>()
  for (const one of all) {
    const group = one.spec.kind === 'queue' ? 'queue' : (one.spec.group ?? `${one.path}/${one.spec.name}`)
    groups.set(group, [...(groups.get(group) ?? []), one])
  }
  return groups
}
