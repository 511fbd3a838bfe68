import type { DeployRequest } from '../../api.ts'
import { whyOf } from '../instances/failure-text.ts'
import type { SecretFiles } from '../secrets/secret-files.ts'
import { Deployed, type DeployedOptions } from './deployed.ts'

/** Every version of a service's functions that still runs or can print something: the new ones, and the old ones that drain. */
export class Versions {
  readonly #options: DeployedOptions
  readonly #secretFiles: SecretFiles
  readonly #all = new Set<Deployed>()
  readonly #draining = new Set<Promise<void>>()

  constructor(options: DeployedOptions, secretFiles: SecretFiles) {
    this.#options = options
    this.#secretFiles = secretFiles
  }

  make(request: Pick<DeployRequest, 'spec' | 'secrets'>): Deployed {
    const version = new Deployed(request, this.#options)
    this.#all.add(version)
    this.hideSecrets()
    return version
  }

  /** Lets a version finish what it has, and gives back what it holds. */
  async retire(version: Deployed): Promise<void> {
    await version.drain()
    this.#all.delete(version)
    this.hideSecrets()
    await version.release()
  }

  /** Nobody waits for this work but the end of the service. */
  drain(work: Promise<void>): void {
    const told = work.catch((failure: unknown) => void process.stderr.write(`${whyOf(failure)}\n`))
    const draining = told.finally(() => this.#draining.delete(draining))
    this.#draining.add(draining)
  }

  /** Resolves when nothing runs in any version. */
  async quiet(): Promise<void> {
    await Promise.all([...this.#all].map((version) => version.drain()))
  }

  /** Resolves when all work that was begun with `drain` is done. */
  async drained(): Promise<void> {
    await Promise.all(this.#draining)
  }

  /** Ends every process, whatever runs in it. */
  async end(): Promise<void> {
    await Promise.all([...this.#all].map((version) => version.end()))
  }

  /** No log shows the values that there are now. */
  hideSecrets(): void {
    const given = [...this.#all].flatMap((version) => [...version.secrets.values()])
    this.#options.log.masks.set([...given, ...this.#secretFiles.values])
  }
}
