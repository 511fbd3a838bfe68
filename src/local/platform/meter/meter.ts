import type { Exchange, Watcher } from '../instances/exchange.ts'
import { Minutes } from './minutes.ts'

/** Upper ends, in seconds, of the buckets of a duration: those that Prometheus has by default. */
export const BUCKETS_SEC: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const WINDOW_MS = 60_000
/** Of the calls of the last minute; more are counted and not looked at one by one. */
const KEPT_SAMPLES = 4096

export interface MeterCounts {
  readonly started: number
  readonly total: number
  readonly errors: number
  readonly byStatus: Readonly<Record<string, number>>
  readonly byClass: Readonly<Record<string, number>>
  /** How many took at most as long as each bucket; the last one takes all. */
  readonly buckets: readonly number[]
  readonly seconds: number
}

export interface MeterRecent {
  readonly perSec: number
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null
}

/** Counts what becomes of a function's calls, and how long they take. */
export class Meter implements Watcher {
  /** What `sls metrics` reads. */
  readonly minutes = new Minutes()
  readonly #byStatus: Record<string, number> = {}
  readonly #byClass: Record<string, number> = {}
  readonly #buckets = new Array<number>(BUCKETS_SEC.length + 1).fill(0)
  readonly #ends = new Float64Array(KEPT_SAMPLES)
  readonly #tookMs = new Float64Array(KEPT_SAMPLES)
  readonly #perSecond = new Map<number, number>()
  /** The one that is counted now, which is not among them. */
  #second = 0
  #inSecond = 0
  #started = 0
  #total = 0
  #errors = 0
  #seconds = 0

  /** Counts a request until its response ends. */
  watch(exchange: Exchange): void {
    this.#started++
    exchange.watchers.push(this)
  }

  closed({ response, began, failure }: Exchange): void {
    // The client has gone before there was an answer: no number is written for that; nginx calls it 499.
    const status = response.headersSent ? response.statusCode : 499
    this.#add(status, performance.now() - began, failure)
  }

  /** Counts a call that nobody sent over HTTP. */
  async time<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    this.#started++
    try {
      const result = await work()
      this.#add(200, performance.now() - began, undefined)
      return result
    } catch (failure) {
      const { status = 500, kind = 'platform' } = failure as { status?: number; kind?: string }
      this.#add(status, performance.now() - began, kind)
      throw failure
    }
  }

  get counts(): MeterCounts {
    let sum = 0
    const buckets = this.#buckets.map((count) => {
      sum += count
      return sum
    })
    return {
      started: this.#started,
      total: this.#total,
      errors: this.#errors,
      byStatus: { ...this.#byStatus },
      byClass: { ...this.#byClass },
      buckets,
      seconds: this.#seconds,
    }
  }

  /** Of the last minute. */
  recent(now = performance.now()): MeterRecent {
    this.#forget(now)
    let calls = 0
    for (const count of this.#perSecond.values()) calls += count
    if (now - this.#second * 1000 <= WINDOW_MS) calls += this.#inSecond
    const took: number[] = []
    for (let index = 0; index < Math.min(this.#total, KEPT_SAMPLES); index++) {
      if (now - (this.#ends[index] ?? 0) <= WINDOW_MS) took.push(this.#tookMs[index] ?? 0)
    }
    took.sort((a, b) => a - b)
    const at = (part: number): number => round(took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? 0)
    const latencyMs = took.length === 0 ? null : { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
    return { perSec: round((calls * 1000) / WINDOW_MS), latencyMs }
  }

  #add(status: number, tookMs: number, failure: string | undefined): void {
    const now = performance.now()
    const slot = this.#total++ % KEPT_SAMPLES
    this.#ends[slot] = now
    this.#tookMs[slot] = tookMs
    this.#seconds += tookMs / 1000
    if (status >= 500) this.#errors++
    this.minutes.add(Date.now(), tookMs, failure === 'throttle' ? 'throttled' : status >= 500 ? 'failed' : 'done')
    this.#byStatus[status] = (this.#byStatus[status] ?? 0) + 1
    if (failure !== undefined) this.#byClass[failure] = (this.#byClass[failure] ?? 0) + 1
    let bucket = 0
    while (bucket < BUCKETS_SEC.length && tookMs > (BUCKETS_SEC[bucket] as number) * 1000) bucket++
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
    const second = Math.floor(now / 1000)
    if (second !== this.#second) this.#begin(second, now)
    this.#inSecond++
  }

  #begin(second: number, now: number): void {
    if (this.#inSecond > 0) this.#perSecond.set(this.#second, this.#inSecond)
    this.#forget(now)
    this.#second = second
    this.#inSecond = 0
  }

  #forget(now: number): void {
    for (const second of this.#perSecond.keys()) if (now - second * 1000 > WINDOW_MS) this.#perSecond.delete(second)
  }
}

/** The meter of that name, made when there is none. */
export function meterIn(meters: Map<string, Meter>, name: string): Meter {
  const meter = meters.get(name) ?? new Meter()
  meters.set(name, meter)
  return meter
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
