import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { isKafka } from '../kafka-address.ts'
import { Queue } from '../queue.ts'
import type { LogSourceSpec, MqttSourceSpec, SourceSpec, TopicSourceSpec } from '../spec.ts'
import { digestOf } from './digest.ts'
import { FileLines } from './file-lines.ts'
import { FolderSource } from './folder-source.ts'
import { LogSource } from './log-source.ts'
import { openMqtt } from './mqtt-source.ts'
import type { Source, SourceContext, SourceEvent } from './source.ts'

export interface SourcesOptions {
  /** `SERVICE.STAGE`. */
  readonly place: string
  /** Of the service: what sources remember lies in it. */
  readonly folder: string
  /** Where buckets lie that are folders. */
  readonly buckets: string
  readonly hear: SourceContext['hear']
  /** Resolves when the event cannot be lost any more. */
  readonly accept: (name: string, event: SourceEvent, id: string) => Promise<void>
  /** Resolves when what was accepted by this id has succeeded or was given up. */
  readonly ended: (id: string) => Promise<void>
  readonly tell: (name: string, text: string) => void
}

/** A trigger that shall be listened to; its secrets are in. */
export interface WantedSource {
  readonly function: string
  readonly spec: SourceSpec
}

interface Running {
  readonly wanted: WantedSource
  readonly source: Source | undefined
}

/** What the functions of a service listen to. A source outlives the versions of its function. */
export class Sources {
  readonly #options: SourcesOptions
  readonly #running = new Map<string, Running>()
  readonly #changes = new Queue()
  #isClosed = false

  constructor(options: SourcesOptions) {
    this.#options = options
  }

  /** Listens to these from now on, and to no others. */
  follow(wanted: readonly WantedSource[]): void {
    if (wanted.length === 0 && this.#running.size === 0) return
    void this.#changes.run(async () => {
      if (this.#isClosed) return
      const byKey = new Map(wanted.map((one) => [keyOf(one), one]))
      for (const [key, { wanted: before }] of this.#running) {
        if (JSON.stringify(byKey.get(key)?.spec) !== JSON.stringify(before.spec)) await this.#stop(key, true)
      }
      for (const [key, one] of byKey) if (!this.#running.has(key)) await this.#start(key, one)
    })
  }

  /** Listens to nothing any more. With `forget`, nobody will again. */
  async close({ forget }: { readonly forget: boolean }): Promise<void> {
    await this.#changes.run(async () => {
      this.#isClosed = true
      await Promise.all([...this.#running.keys()].map((key) => this.#stop(key, forget)))
    })
  }

  async #start(key: string, wanted: WantedSource): Promise<void> {
    const { function: name, spec } = wanted
    const tell = (text: string): void => this.#options.tell(name, `the ${kindOf(spec)} trigger "${spec.name}" ${text}`)
    // One that cannot begin is told of once, and not tried again before it is another.
    const source = await openSource(spec, this.#contextOf(key, wanted, tell)).catch((failure: Error) => {
      tell(`cannot begin: ${failure.message}`)
      return undefined
    })
    this.#running.set(key, { wanted, source })
  }

  async #stop(key: string, forget: boolean): Promise<void> {
    const running = this.#running.get(key)
    this.#running.delete(key)
    if (!running) return
    const { function: name, spec } = running.wanted
    await running.source?.stop({ forget }).catch((failure: Error) => {
      this.#options.tell(name, `the ${kindOf(spec)} trigger "${spec.name}" did not end well: ${failure.message}`)
    })
  }

  #contextOf(key: string, { function: name, spec }: WantedSource, tell: SourceContext['tell']): SourceContext {
    const { place, folder, buckets, hear, accept, ended } = this.#options
    const identity = [hostname(), folder, key].join('\n')
    return {
      identity,
      shared: `${place}/${key}`,
      buckets,
      hear,
      memory: join(folder, `source-${digestOf(key, 16)}.ndjson`),
      take: ({ data, id = randomUUID() }) =>
        accept(name, { kind: kindOf(spec), trigger: spec.name, time: new Date().toISOString(), data }, id),
      ended,
      tell,
    }
  }
}

const KINDS = { mqtt: 'mqtt', folder: 'os', log: 'log', dapr: 'dapr' } as const

/** The trigger kind of the service file. */
export function kindOf(spec: SourceSpec): SourceEvent['kind'] {
  return spec.type === 'topic' ? spec.kind : KINDS[spec.type]
}

async function openSource(spec: SourceSpec, context: SourceContext): Promise<Source> {
  if (spec.type === 'folder') return await new FolderSource(spec, context).open()
  if (spec.type === 'log') return await openLog(spec, context)
  if (spec.type === 'topic' && spec.server !== undefined)
    return await openTopic(spec as TopicSourceSpec<string>, context)
  // What is sent to a topic of the platform itself comes from where it is sent, and a sidecar comes by itself.
  if (spec.type === 'topic' || spec.type === 'dapr') return { stop: async () => undefined }
  return await openMqtt(spec as MqttSourceSpec<string>, context)
}

async function openTopic(spec: TopicSourceSpec<string>, context: SourceContext): Promise<Source> {
  if (spec.kind === 'kafka' && [spec.server ?? []].flat().every(isKafka)) {
    const { KafkaSource } = await import('./kafka-source.ts')
    return new KafkaSource(spec, context).open()
  }
  const { NatsSource } = await import('./nats-source.ts')
  return new NatsSource(spec, context).open()
}

// The platform's own files tell of what it tells of.
async function openLog(spec: LogSourceSpec, context: SourceContext): Promise<Source> {
  if (!isAbsolute(spec.source)) return new LogSource(spec, context)
  const own = dirname(context.buckets)
  if (!relative(own, spec.source).startsWith('..')) throw new Error(`${own} is the platform's own folder`)
  return await new FileLines(spec, context).open()
}

function keyOf({ function: name, spec }: WantedSource): string {
  return `${name}/${spec.name}`
}
