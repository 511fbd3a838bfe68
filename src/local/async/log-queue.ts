import { join } from 'node:path'
import { Queue } from '../queue.ts'
import { AppendLog } from './append-log.ts'
import type { Backlog, CallQueue, QueuedCall } from './call-queue.ts'
import { DeadBodies } from './dead-bodies.ts'
import { type QueueMessage, readMessage } from './message.ts'

/** Ids of finished calls that are remembered, so that a call that is sent again is known. */
const KEPT_IDS = 100_000
/** A log with more than so much is written anew when most of it is of finished calls. */
const LARGEST_LOG_BYTES = 64 << 20

type Entry =
  | { readonly put: Omit<QueuedCall, 'message'>; readonly message: unknown }
  | {
      readonly keep: Pick<QueuedCall, 'id' | 'attempts' | 'reason'> & { readonly accepted?: number } & {
        readonly next: number | null
      }
    }
  | { readonly done: string }

/** Calls in a log on this machine's disk, and in memory. Those that were given up have their bodies on the disk alone. */
export class LogQueue implements CallQueue {
  readonly #log: AppendLog
  /** Lines that nobody understands: they are put aside for a human. */
  readonly #poison: AppendLog
  readonly calls = new Map<string, QueuedCall>()
  readonly dead = new Map<string, QueuedCall>()
  readonly #finished = new Set<string>()
  readonly #putting = new Map<string, Promise<void>>()
  readonly #bodies: DeadBodies
  /** What happens to the bodies, in its order. */
  readonly #aside = new Queue()
  #heldBytes = 0
  #shrinking: Promise<void> | undefined

  constructor(folder: string) {
    this.#log = new AppendLog(join(folder, 'calls.ndjson'))
    this.#poison = new AppendLog(join(folder, 'poison.ndjson'))
    this.#bodies = new DeadBodies(join(folder, 'dead'))
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  async open(): Promise<void> {
    await Promise.all([this.#poison.open(() => undefined), this.#bodies.open()])
    const bad: string[] = []
    await this.#log.open((line) => {
      if (!this.#restore(line)) bad.push(line)
    })
    await Promise.all(bad.map((line) => this.#poison.append(line)))
    for (const id of this.dead.keys()) await this.#putAside(id)
    await this.#bodies.prune(this.dead.keys())
    if (bad.length > 0) await this.#log.replace(() => this.#whole())
  }

  async put(call: QueuedCall): Promise<boolean> {
    const { id, message, ...rest } = call
    if (this.#knows(id)) {
      // Who sent it twice is not told sooner than who sent it first.
      await this.#putting.get(id)
      return false
    }
    this.#place(call)
    const putting = this.#log.append(...putEntry({ id, ...rest, next: call.next ?? 0 }, message))
    this.#putting.set(id, putting)
    try {
      await putting
    } catch (failure) {
      this.#forget(id)
      throw failure
    } finally {
      this.#putting.delete(id)
    }
    return true
  }

  async keep(call: QueuedCall): Promise<void> {
    const { id, accepted, attempts, reason, next } = call
    if (next !== undefined && this.dead.has(id)) return await this.#revive(call)
    this.#place(call)
    const entry: Entry = {
      keep: { id, accepted, attempts, next: next ?? null, ...(reason !== undefined && { reason }) },
    }
    await this.#log.append(JSON.stringify(entry))
    if (next === undefined) await this.#aside.run(() => this.#putAside(id))
  }

  async finish(id: string): Promise<void> {
    this.#forget(id)
    this.#remember(id)
    const entry: Entry = { done: id }
    await this.#log.append(JSON.stringify(entry))
    if (this.#bodies.has(id)) await this.#aside.run(() => this.#bodies.drop(id))
    if (this.#log.bytes > LARGEST_LOG_BYTES && this.#log.bytes > 4 * this.#heldBytes) {
      // Those that finish meanwhile share it.
      this.#shrinking ??= this.#log
        .replace(() => this.#whole())
        .finally(() => {
          this.#shrinking = undefined
        })
      await this.#shrinking
    }
  }

  /** It is this platform's alone. */
  async pass(): Promise<boolean> {
    return false
  }

  async look(): Promise<Backlog> {
    return { unseen: 0, elsewhere: 0 }
  }

  async close(): Promise<void> {
    await this.#aside.run(() => Promise.all([this.#log.close(), this.#poison.close()]))
  }

  // Until the body is on the disk, the log has it.
  async #putAside(id: string): Promise<void> {
    const call = this.dead.get(id)
    if (!call || call.message.Body === '') return
    await this.#bodies.put(id, call.message.Body)
    if (this.dead.get(id) === call) this.dead.set(id, { ...call, message: { ...call.message, Body: '' } })
    else await this.#bodies.drop(id)
  }

  // The log may have it without its body by now, and has it whole again.
  async #revive(call: QueuedCall): Promise<void> {
    const { id, message, ...rest } = call
    let written: Promise<void> | undefined
    await this.#aside.run(async () => {
      const lying = this.dead.get(id)
      if (!lying) return
      const Body = lying.message.Body || (await this.#bodies.read(id))
      const whole = { ...message, Body }
      this.#place({ ...call, message: whole })
      written = this.#log.append(...putEntry({ id, ...rest, next: call.next ?? 0 }, whole))
    })
    await written
    if (this.#bodies.has(id)) await this.#aside.run(() => this.#dropUnlessDead(id))
  }

  async #dropUnlessDead(id: string): Promise<void> {
    if (!this.dead.has(id)) await this.#bodies.drop(id)
  }

  #forget(id: string): void {
    this.#heldBytes -= this.calls.get(id)?.message.Body.length ?? 0
    this.calls.delete(id)
    this.dead.delete(id)
  }

  #knows(id: string): boolean {
    return this.calls.has(id) || this.dead.has(id) || this.#finished.has(id)
  }

  #place(call: QueuedCall): void {
    const { id, next, message } = call
    this.#heldBytes -= this.calls.get(id)?.message.Body.length ?? 0
    if (next === undefined) {
      this.calls.delete(id)
      this.dead.set(id, call)
    } else {
      this.#heldBytes += message.Body.length
      this.dead.delete(id)
      this.calls.set(id, call)
    }
  }

  #remember(id: string): void {
    this.#finished.add(id)
    if (this.#finished.size <= KEPT_IDS) return
    const [oldest] = this.#finished
    if (oldest !== undefined) this.#finished.delete(oldest)
  }

  #restore(line: string): boolean {
    const entry = parse(line)
    if (!entry) return false
    if ('done' in entry) {
      this.#forget(entry.done)
      this.#remember(entry.done)
      return true
    }
    if ('keep' in entry) {
      const { next, ...rest } = entry.keep
      const call = this.calls.get(rest.id) ?? this.dead.get(rest.id)
      if (call) this.#place({ ...call, ...rest, next: next ?? undefined })
      return true
    }
    const message = readMessage(JSON.stringify(entry.message))
    if (!message || typeof entry.put?.id !== 'string') return false
    if (this.calls.has(entry.put.id) || this.#finished.has(entry.put.id)) return true
    this.#place({ ...entry.put, message })
    return true
  }

  // What has its body in a file alone may be written without it once that file outlasts a crash.
  async #whole(): Promise<string[]> {
    while (!this.#bodies.isSynced) await this.#bodies.sync()
    return this.#entries()
  }

  #entries(): string[] {
    const finished = [...this.#finished].map((id) => JSON.stringify({ done: id }))
    const live = [...this.calls.values(), ...this.dead.values()].flatMap(({ message, ...put }) => {
      const line = JSON.stringify({ put: { ...put, next: put.next ?? 0 }, message })
      if (put.next !== undefined) return [line]
      const { id, attempts, reason } = put
      return [line, JSON.stringify({ keep: { id, attempts, reason, next: null } })]
    })
    return [...finished, ...live]
  }
}

// As `JSON.stringify` of the whole would have it, without looking at each character of a body, which takes several times its memory.
function putEntry(put: Omit<QueuedCall, 'message'>, { Body, ...rest }: QueueMessage): readonly string[] {
  const body = BASE64.test(Body) ? Body : JSON.stringify(Body).slice(1, -1)
  return [`{"put":${JSON.stringify(put)},"message":{"Body":"`, body, `",${JSON.stringify(rest).slice(1)}}`]
}

const BASE64 = /^[\w+/=-]*$/

function parse(line: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(line)
    const isEntry = typeof value === 'object' && value !== null && ['put', 'keep', 'done'].some((key) => key in value)
    return isEntry ? (value as Entry) : undefined
  } catch {
    return undefined
  }
}
