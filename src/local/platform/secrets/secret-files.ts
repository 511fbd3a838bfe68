import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SecretStore } from './secret-store.ts'

/** The variable by which a function finds the folder of its secrets, as the programs of OpenFaaS have it. */
export const MOUNT_VARIABLE = 'secret_mount_path'

/** The secrets of one service that its functions read as files. */
export class SecretFiles {
  readonly #store: SecretStore
  readonly #namespace: string
  readonly #root: string

  /** What a platform that was killed has left in the folder is thrown away. */
  constructor(store: SecretStore, { service, stage }: Owner, folder: string) {
    this.#store = store
    this.#namespace = `${service}.${stage}`
    this.#root = join(folder, 'secrets')
    rmSync(this.#root, { recursive: true, force: true })
  }

  missing(names: readonly string[], given: ReadonlyMap<string, string>): readonly string[] {
    return names.filter((name) => !given.has(name) && !this.#store.has({ name, namespace: this.#namespace }))
  }

  /** Absolute path of a new folder with these secrets and no others. What is changed in the store is changed there too. */
  mount(names: readonly string[], given: ReadonlyMap<string, string>): string {
    const folder = join(this.#root, randomUUID())
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of names) {
      const file = this.#store.file({ name, namespace: this.#namespace })
      const value = given.get(name)
      if (value === undefined) symlinkSync(file, join(folder, name))
      else writeFileSync(join(folder, name), value, { mode: 0o600 })
    }
    return folder
  }

  unmount(folder: string): void {
    rmSync(folder, { recursive: true, force: true })
  }

  get values(): readonly string[] {
    return this.#store.values(this.#namespace)
  }
}

interface Owner {
  readonly service: string
  readonly stage: string
}
