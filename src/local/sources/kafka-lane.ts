import { setTimeout as pause } from 'node:timers/promises'
import type { KafkaEventRecord } from './kafka-record.ts'

const AGAIN_MS = 1000
/** Of a partition, read before they are wanted. */
const MOST_WAITING = 2000
const MOST_WAITING_BYTES = 8 << 20
/** In one event. */
const MOST_EVENT_BYTES = 1 << 20

export interface LaneOptions {
  readonly topic: string
  readonly partition: number
  /** Records in one event, at most. */
  readonly size: number
  /** For so long an event waits until it is full. */
  readonly windowMs: number
  /** Resolves when a batch has succeeded or was given up; rejects when nobody has it. */
  readonly deliver: (batch: readonly KafkaEventRecord[]) => Promise<void>
  /** Told where the group shall go on. */
  readonly commit: (lane: KafkaLane, offset: bigint) => Promise<void>
  /** Told when it can take more. */
  readonly onRoom: () => void
  readonly tell: (text: string) => void
}

/** The records of one partition on their way to the function: a batch after the other, each when the one before has ended. */
export class KafkaLane {
  /** The offset that is fetched next. */
  next: bigint
  readonly #options: LaneOptions
  #waiting: KafkaEventRecord[] = []
  #bytes = 0
  /** Where the batch ends that is under way. */
  #busyUntil: bigint | undefined
  #isLost = false
  #whenFull: () => void = () => undefined

  constructor(options: LaneOptions, start: bigint) {
    this.#options = options
    this.next = start
  }

  get place(): Pick<LaneOptions, 'topic' | 'partition'> {
    return this.#options
  }

  get hasRoom(): boolean {
    return !this.#isLost && this.#waiting.length < MOST_WAITING && this.#bytes < MOST_WAITING_BYTES
  }

  get isBusy(): boolean {
    return this.#busyUntil !== undefined
  }

  /** The partition is another member's: what waits is not ours. A batch that is under way ends without being committed. */
  lose(): void {
    this.#isLost = true
    this.#waiting = []
    this.#bytes = 0
    this.#whenFull()
  }

  /** The partition is ours again: it goes on behind the batch that is under way, or at `start`. */
  regain(start: bigint): void {
    if (!this.#isLost) return
    this.#isLost = false
    this.next = this.#busyUntil !== undefined && this.#busyUntil > start ? this.#busyUntil : start
  }

  /** Takes what was fetched from `next` on, up to an offset. */
  add(records: readonly KafkaEventRecord[], end: bigint): void {
    this.next = end
    for (const record of records) {
      this.#waiting.push(record)
      this.#bytes += bytesOf(record)
    }
    if (this.#waiting.length >= this.#options.size) this.#whenFull()
    if (!this.isBusy) void this.#work()
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#busyUntil = BigInt(this.#waiting[0]?.offset ?? 0)
      await this.#fill()
      const batch = this.#cut()
      const last = batch.at(-1)
      if (!last) continue
      this.#busyUntil = BigInt(last.offset) + 1n
      this.#options.onRoom()
      await this.#deliver(batch)
      if (!this.#isLost) await this.#options.commit(this, this.#busyUntil)
    }
    this.#busyUntil = undefined
  }

  // Until somebody has it: what follows must not overtake it.
  async #deliver(batch: readonly KafkaEventRecord[]): Promise<void> {
    for (;;) {
      try {
        return await this.#options.deliver(batch)
      } catch (failure) {
        const { topic, partition, tell } = this.#options
        tell(`records of ${topic}, partition ${partition}, were not taken: ${(failure as Error).message}`)
        if (this.#isLost) return
        await pause(AGAIN_MS, undefined, { ref: false })
      }
    }
  }

  async #fill(): Promise<void> {
    const { size, windowMs } = this.#options
    if (windowMs === 0 || this.#waiting.length >= size) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, windowMs).unref()
      this.#whenFull = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#whenFull = () => undefined
  }

  #cut(): readonly KafkaEventRecord[] {
    let bytes = 0
    let count = 0
    for (const record of this.#waiting) {
      bytes += bytesOf(record)
      if (count >= this.#options.size || (count > 0 && bytes > MOST_EVENT_BYTES)) break
      this.#bytes -= bytesOf(record)
      count++
    }
    return this.#waiting.splice(0, count)
  }
}

function bytesOf({ value, key = '', headers }: KafkaEventRecord): number {
  const texts = [typeof value === 'string' ? value : '', key, ...Object.entries(headers).flat()]
  return texts.reduce((sum, text) => sum + text.length, 0)
}
