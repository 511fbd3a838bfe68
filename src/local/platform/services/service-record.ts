import { rm } from 'node:fs/promises'
import { writeJson } from '../../json-file.ts'
import { Queue } from '../../queue.ts'
import { type ServiceState, stateFile } from './service-state.ts'

/** What of a service outlives the platform, in a folder of its own. Changes are made and written one after the other. */
export class ServiceRecord {
  readonly #folder: string
  readonly #read: () => ServiceState
  readonly #changes = new Queue()
  #isGone = false

  /** `read` is asked for what there is after each change. */
  constructor(folder: string, read: () => ServiceState) {
    this.#folder = folder
    this.#read = read
  }

  /** Makes a change, and resolves when it is written. When it fails, nothing is. */
  async change(work: () => Promise<void>): Promise<void> {
    await this.#changes.run(async () => {
      await work()
      await this.#write()
    })
  }

  async save(): Promise<void> {
    await this.#changes.run(() => this.#write())
  }

  /** Forgets everything, when nobody writes into the folder any more. */
  async discard(written: () => Promise<void>): Promise<void> {
    await this.#changes.run(async () => {
      this.#isGone = true
      await written()
      await rm(this.#folder, { recursive: true, force: true })
    })
  }

  // Of two functions that are removed at once, the one that drains longer finds the service gone.
  async #write(): Promise<void> {
    if (!this.#isGone) await writeJson(stateFile(this.#folder), this.#read())
  }
}
