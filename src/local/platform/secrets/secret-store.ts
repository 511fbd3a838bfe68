import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'

export interface SecretName {
  readonly name: string
  /** `SERVICE.STAGE` */
  readonly namespace: string
}

/** Secrets that functions read as files: one file each, of the user's own (mode 0600). No value is ever told. */
export class SecretStore {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  list(): readonly SecretName[] {
    return foldersIn(this.#root).flatMap((folder) => {
      const namespace = decodeURIComponent(folder)
      return namesIn(join(this.#root, folder)).map((name) => ({ name, namespace }))
    })
  }

  has(secret: SecretName): boolean {
    return existsSync(this.file(secret))
  }

  /** Where the value lies, or would. Throws SLS7002 for a name that is none. */
  file({ name, namespace }: SecretName): string {
    if (!NAME.test(name)) {
      throw new SlsError(error('SLS7002', `"${name}" is no name of a secret: letters, digits, ".", "-" and "_"`))
    }
    return join(this.#folder(namespace), name)
  }

  /** A reader finds the old value or the new one, never a part. */
  async put(secret: SecretName, value: Uint8Array): Promise<void> {
    const file = this.file(secret)
    const folder = this.#folder(secret.namespace)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const draft = join(folder, `.${randomUUID()}`)
    await writeFile(draft, value, { mode: 0o600 })
    await rename(draft, file)
  }

  async remove(secret: SecretName): Promise<void> {
    await rm(this.file(secret), { force: true })
  }

  /** Every value of a namespace, to be hidden in what is shown. */
  values(namespace: string): readonly string[] {
    const folder = this.#folder(namespace)
    return namesIn(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  }

  #folder(namespace: string): string {
    return join(this.#root, encodeURIComponent(namespace).replaceAll('.', '%2E'))
  }
}

const NAME = /^(?!\.)[\w.-]{1,253}$/

function foldersIn(root: string): string[] {
  return existsSync(root) ? readdirSync(root) : []
}

// A draft begins with a dot.
function namesIn(folder: string): string[] {
  return foldersIn(folder).filter((name) => NAME.test(name))
}
