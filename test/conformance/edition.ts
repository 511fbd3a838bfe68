import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '@anyfaas/kit'
import { type DeployOptions, type DeployResult, deploy } from '../../src/actions/deploy.ts'
import type { ActionIo } from '../../src/actions/io.ts'
import { plan } from '../../src/actions/plan.ts'
import { remove } from '../../src/actions/remove.ts'
import type { Emulator, EmulatorOptions } from '../emulators/emulator.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

export type Tree = Record<string, unknown>

/** A platform under test: its emulator, and what a deployer sets to reach it. */
export interface Edition {
  readonly name: string
  readonly provider: string
  /** What stands under `provider` of the service file besides the name. */
  readonly settings: Tree
  /** The deployer's environment. */
  readonly env: (address: string) => Record<string, string>
  readonly emulate: (options?: EmulatorOptions) => Emulator
  /** A function of every feature that the platform has, for changing each of its fields. */
  readonly rich: Tree
  /** Changes of single fields of `rich`: what it is about, and the new function. */
  readonly changes: readonly (readonly [string, Tree])[]
  /** A function that waits for events of other products, where a deploy of it is killed too. */
  readonly waiting?: Tree
  /** What somebody changes by hand, in the words of the platform. */
  readonly drift: Tree
  /** What the platform tells after somebody has sent other code by hand; absent where it tells nothing of code. */
  readonly otherCode?: Tree
  /** Lets another product hang something on a function, for which the platform keeps the function. */
  readonly hang?: (emulator: Emulator, name: string) => void
  /** Lets the platform have counted, in the last minute: 4 calls of a function of 10, 20, 30 and 40 ms, 1 error, 2 throttled. */
  readonly measure?: (emulator: Emulator, name: string) => void
}

/** A service in a folder of its own, and the platform that it goes to. */
export class Bench {
  readonly dir = mkdtempSync(join(tmpdir(), 'sls-conformance-'))
  readonly events: Event[] = []
  readonly #edition: Edition
  #address = ''
  emulator: Emulator

  constructor(edition: Edition, options: EmulatorOptions = {}) {
    this.#edition = edition
    this.emulator = edition.emulate(options)
  }

  async start(): Promise<this> {
    this.#address = await this.emulator.start()
    return this
  }

  async close(): Promise<void> {
    await this.emulator.stop()
    removeFolder(this.dir)
  }

  get address(): string {
    return this.#address
  }

  get env(): Record<string, string> {
    return { ...this.#edition.env(this.#address), TOKEN: 'planted-5ecret-value' }
  }

  /** Changes what stands under `provider`; a value of undefined takes a key away. */
  rewrite(settings: Tree): void {
    const path = join(this.dir, 'serverless.yml')
    const file = JSON.parse(readFileSync(path, 'utf8')) as Tree & { provider: Tree }
    writeFileSync(path, JSON.stringify({ ...file, provider: { ...file.provider, ...settings } }))
  }

  /** Writes the service file and the code of its functions. */
  write(functions: Record<string, Tree>, more: Tree = {}, code = 'one'): void {
    const provider = { name: this.#edition.provider, endpoint: this.#address, ...this.#edition.settings }
    mkdirSync(this.dir, { recursive: true })
    // JSON is YAML: the service file of a test needs no more.
    writeFileSync(join(this.dir, 'serverless.yml'), JSON.stringify({ service: 'shop', provider, functions, ...more }))
    for (const name of Object.keys(functions))
      writeFileSync(join(this.dir, `${name}.js`), `exports.handler = async () => '${name} ${code}'\n`)
  }

  async deploy(options: Omit<DeployOptions, 'dir'> = {}): Promise<DeployResult['deployments'][number]> {
    const { deployments } = await deploy({ dir: this.dir, ...options }, this.io)
    return deployments[0] as DeployResult['deployments'][number]
  }

  /** The changes that a deploy would make: `update function/a: memorySize`. */
  async plan(): Promise<string[]> {
    const { plans } = await plan({ dir: this.dir }, this.io)
    return plans.flatMap(({ plan: { steps } }) =>
      steps
        .filter(({ action }) => action !== 'keep')
        .map(({ action, id, because }) => {
          const why = because.map(({ field }) => field).join(', ')
          return `${action} ${id}${why && `: ${why}`}`
        }),
    )
  }

  async remove(): Promise<readonly string[]> {
    const { removals } = await remove({ dir: this.dir }, this.io)
    return removals.flatMap(({ removed }) => removed)
  }

  get io(): ActionIo {
    return {
      env: this.env,
      cwd: this.dir,
      tell: (event) => void this.events.push(event),
      signal: new AbortController().signal,
    }
  }
}
