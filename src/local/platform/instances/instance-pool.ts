import { CallFailure } from './failure.ts'
import type { Instance } from './instance.ts'
import type { Limits } from './limits.ts'
import { BLOCKED_MS, DEAD_MS, Slot } from './slot.ts'
import { WaitingLine } from './waiting-line.ts'

export interface PoolOptions {
  /** Of the function, for messages. */
  readonly name: string
  readonly limits: Limits
  /** How long a call may wait for a place. */
  readonly patienceMs: number
  readonly launch: () => Promise<Instance>
  readonly tell: (text: string) => void
}

const TEND_MS = 1000
/** A process that ends sooner after its start is not replaced at once. */
const SOUND_MS = 5000
const LONGEST_PAUSE_MS = 30_000

/** The processes of one version of a function: as many as its calls need within the limits. */
export class InstancePool {
  readonly #options: PoolOptions
  readonly #slots = new Set<Slot>()
  readonly #line = new WaitingLine()
  readonly #tending: NodeJS.Timeout
  /** Processes that are not ready yet, and those of them that are not even there. */
  #starting = 0
  #launching = 0
  #shortLives = 0
  #isClosed = false
  /** How many are always kept. */
  #kept: number

  constructor(options: PoolOptions) {
    this.#options = options
    this.#kept = options.limits.min
    this.#tending = setInterval(() => this.#tend(), TEND_MS).unref()
  }

  get slots(): readonly Slot[] {
    return [...this.#slots]
  }

  get waiting(): number {
    return this.#line.length
  }

  get isAtLimit(): boolean {
    const { queue } = this.#options.limits
    return this.#line.length >= Math.max(1, queue)
  }

  /** Resolves when as many processes are ready as are always kept, and at least one; rejects with an `init` failure. */
  async start(): Promise<void> {
    const missing = Math.max(1, this.#kept) - this.#counted
    await Promise.all(Array.from({ length: Math.max(0, missing) }, () => this.#launch()))
  }

  /** Keeps so many processes from now on: starts what is missing, and ends those beyond that have no calls. */
  async scale(count: number): Promise<void> {
    this.#kept = count
    const missing = Array.from({ length: Math.max(0, count - this.#counted) }, () => this.#launch())
    this.#end(this.#counted - count, 0)
    await Promise.all(missing)
  }

  /** A place at once, which has been entered; undefined when there is none. */
  tryTake(): Slot | undefined {
    if (this.#line.length > 0) return undefined
    const slot = this.#free()
    slot?.enter()
    return slot
  }

  /** A place as soon as there is one, which has been entered. Rejects with `throttle`, `init` or `gone`. */
  async take(signal?: AbortSignal): Promise<Slot> {
    if (this.#isClosed) throw this.#gone()
    const slot = this.tryTake()
    if (slot) return slot
    const { limits, patienceMs, name } = this.#options
    // Those that a coming process will take do not wait for others to finish.
    const limit = limits.queue + placesIn(this.#starting + limits.max - this.#counted, limits)
    const place = this.#line.join({ limit, maxMs: patienceMs, signal, name })
    this.#grow()
    return await place
  }

  release(slot: Slot): void {
    slot.leave()
    this.#serve()
  }

  /** Ends the processes; running calls fail, and later ones too. */
  async end(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#tending)
    this.#line.fail(this.#gone())
    await Promise.all([...this.#slots].map((slot) => slot.end()))
  }

  get #counted(): number {
    let count = this.#launching
    for (const slot of this.#slots) if (slot.counts) count++
    return count
  }

  // The one with the fewest calls.
  #free(): Slot | undefined {
    const { instance } = this.#options.limits
    let best: Slot | undefined
    for (const slot of this.#slots) {
      if (slot.canTake(instance) && (!best || slot.running < best.running)) best = slot
    }
    return best
  }

  #serve(): void {
    while (this.#line.length > 0) {
      const slot = this.#free()
      if (!slot) break
      this.#line.serve(slot)
    }
    if (this.#line.length > 0) this.#grow()
  }

  // One more process where those that start will not do for those who wait.
  #grow(): void {
    const { limits } = this.#options
    while (this.#counted < limits.max && this.#line.length > placesIn(this.#starting, limits)) {
      this.#launch().catch((failure: unknown) =>
        this.#options.tell(`no further process could be started: ${told(failure)}`),
      )
    }
  }

  async #launch(): Promise<void> {
    if (this.#isClosed) throw this.#gone()
    this.#starting++
    this.#launching++
    try {
      const launched = this.#options.launch().finally(() => this.#launching--)
      const slot = this.#add(await launched)
      if (this.#isClosed) await slot.end()
      await slot.instance.ready
      slot.isReady = true
    } catch (failure) {
      if (![...this.#slots].some((slot) => slot.isReady && slot.counts)) this.#line.fail(failure)
      throw failure
    } finally {
      this.#starting--
    }
    this.#serve()
  }

  #add(instance: Instance): Slot {
    const slot = new Slot(instance)
    this.#slots.add(slot)
    instance.exited.then((exit) => {
      this.#slots.delete(slot)
      if (!exit.isAsked) this.#options.tell(`its process ended (${exit.words})`)
      this.#shortLives = slot.livedMs < SOUND_MS && !exit.isAsked ? this.#shortLives + 1 : 0
      this.#keep()
      this.#serve()
    })
    return slot
  }

  // Brings back what is always kept, later and later when it does not live.
  #keep(): void {
    if (this.#isClosed || this.#counted >= this.#kept) return
    const pauseMs = this.#shortLives === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, 100 * 2 ** this.#shortLives)
    setTimeout(() => {
      if (this.#isClosed || this.#counted >= this.#kept) return
      this.#launch().catch((failure: unknown) => {
        this.#options.tell(`a process that is always kept could not be started: ${told(failure)}`)
        this.#shortLives++
        this.#keep()
      })
    }, pauseMs).unref()
  }

  #tend(): void {
    for (const slot of this.#slots) if (slot.isReady && !slot.isEnding && slot.instance.isOpen) this.#listen(slot)
    this.#end(this.#counted - this.#kept, this.#options.limits.idleMs)
    this.#serve()
  }

  // At most so many, of those that have had no calls for so long.
  #end(most: number, idleMs: number): void {
    let spare = most
    for (const slot of this.#slots) {
      if (spare <= 0) break
      if (!slot.isReady || !slot.counts || slot.running > 0 || Date.now() - slot.usedAt < idleMs) continue
      spare--
      void slot.end()
    }
  }

  // A loop that is blocked gets no more calls; another process may take its place. What it works on has a deadline.
  #listen(slot: Slot): void {
    const silentMs = slot.instance.probe()
    const isBlocked = silentMs > BLOCKED_MS
    if (isBlocked && !slot.isBlocked) {
      this.#options.tell(`its event loop has been blocked for ${Math.round(silentMs / 1000)} s; it gets no more calls`)
    }
    slot.isBlocked = isBlocked
    if (silentMs > DEAD_MS && slot.running === 0) {
      this.#options.tell('its event loop is blocked and nobody waits for it; its process is ended')
      void slot.end()
    }
    if (isBlocked) this.#keep()
  }

  #gone(): CallFailure {
    return new CallFailure('gone', `the function "${this.#options.name}" was removed`)
  }
}

// No process has no place, however many calls one takes.
function placesIn(processes: number, { instance }: Limits): number {
  return processes > 0 ? processes * instance : 0
}

function told(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure)
}
