import { isMap } from '@anyfaas/kit'
import { readJson, writeJson } from '../../json-file.ts'
import type { TimerSpec } from '../../spec.ts'

/** What outlives the platform of a timer. Milliseconds since 1970. */
interface Entry {
  /** Another schedule is another timer. */
  readonly schedule: string
  /** When it was due last, or when it began. */
  readonly since: number
  /** When it fired last, for whatever reason. */
  readonly last?: number
}

type Entries = Record<string, Entry>

/** Remembers when the timers of a service fired, so that a restart knows what it has missed. */
export class TimerBook {
  readonly #file: string | undefined
  readonly #functions = new Map<string, Entries>()
  #writing: Promise<void> | undefined
  #isChanged = false

  /** Without a file it forgets everything at its end. */
  constructor(file?: string) {
    this.#file = file
  }

  /** Reads what there is. What cannot be understood begins anew. */
  async open(): Promise<void> {
    const kept = this.#file === undefined ? undefined : await readJson(this.#file)
    if (!isMap(kept)) return
    for (const [name, entries] of Object.entries(kept)) {
      if (isMap(entries)) this.#functions.set(name, onlyEntries(entries))
    }
  }

  /** The timers of one function. */
  of(name: string): FunctionBook {
    return new FunctionBook(this.#functions, name, () => this.#save())
  }

  forget(name: string): void {
    if (this.#functions.delete(name)) this.#save()
  }

  /** Resolves when the file says what there is. */
  async written(): Promise<void> {
    while (this.#writing) await this.#writing
  }

  // One write at a time; what changes meanwhile is in the next one.
  #save(): void {
    this.#isChanged = true
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
  }

  async #write(): Promise<void> {
    while (this.#isChanged && this.#file !== undefined) {
      this.#isChanged = false
      await writeJson(this.#file, Object.fromEntries(this.#functions))
    }
  }
}

/** One function's part of the book. */
export class FunctionBook {
  readonly #all: Map<string, Entries>
  readonly #name: string
  readonly #save: () => void

  constructor(all: Map<string, Entries>, name: string, save: () => void) {
    this.#all = all
    this.#name = name
    this.#save = save
  }

  /** From now on these timers are there. One that is off begins anew when it is switched on. */
  keep(timers: readonly TimerSpec[], now: number): void {
    const before = this.#all.get(this.#name) ?? {}
    const entries: Entries = {}
    for (const timer of timers) {
      const { name } = timer
      const known = before[name]
      const isSame = known?.schedule === scheduleOf(timer) && timer.enabled
      entries[name] = isSame ? known : { schedule: scheduleOf(timer), since: now, ...lastOf(known) }
    }
    this.#all.set(this.#name, entries)
    this.#save()
  }

  since({ name }: TimerSpec): number {
    return this.#entry(name)?.since ?? Date.now()
  }

  last({ name }: TimerSpec): number | undefined {
    return this.#entry(name)?.last
  }

  /** It fires because it was due at `at`. */
  rang(timer: TimerSpec, at: number): void {
    this.#set(timer, { since: Math.max(at, this.since(timer)), last: Date.now() })
  }

  /** It fires for another reason. */
  fired(timer: TimerSpec, now: number): void {
    this.#set(timer, { since: this.since(timer), last: now })
  }

  #entry(name: string): Entry | undefined {
    return this.#all.get(this.#name)?.[name]
  }

  #set(timer: TimerSpec, times: Pick<Entry, 'since' | 'last'>): void {
    const entries = this.#all.get(this.#name) ?? {}
    this.#all.set(this.#name, { ...entries, [timer.name]: { schedule: scheduleOf(timer), ...times } })
    this.#save()
  }
}

function scheduleOf({ schedule, timezone, enabled }: TimerSpec): string {
  return enabled ? `${schedule} ${timezone}` : ''
}

function lastOf(entry: Entry | undefined): Pick<Entry, 'last'> {
  return entry?.last === undefined ? {} : { last: entry.last }
}

function onlyEntries(entries: object): Entries {
  return Object.fromEntries(
    Object.entries(entries).filter(
      ([, entry]) => isMap(entry) && typeof entry['schedule'] === 'string' && Number.isFinite(entry['since']),
    ),
  ) as Entries
}
