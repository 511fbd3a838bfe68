import { Refusal } from '../refusal.ts'

type Tree = Record<string, unknown>

/** The versions and aliases of one function. */
export class Shelf {
  readonly versions: Tree[] = []
  readonly aliases = new Map<string, Tree>()
  #published = ''

  /** What is published already stays the newest version. */
  publish(state: string): Tree {
    const last = this.versions.at(-1)
    if (last && this.#published === state) return last
    this.#published = state
    const time = new Date().toISOString()
    const version = {
      versionId: String(this.versions.length + 1),
      description: '',
      createdTime: time,
      lastModifiedTime: time,
    }
    this.versions.push(version)
    return version
  }

  create(body: Tree): Tree {
    const name = String(body['aliasName'])
    if (this.aliases.has(name)) throw new Refusal(409, 'AliasAlreadyExists', `alias '${name}' already exists`)
    this.#check(body)
    this.aliases.set(name, { ...body, createdTime: new Date().toISOString() })
    return this.alias(name)
  }

  update(name: string, body: Tree): Tree {
    const alias = this.alias(name)
    this.#check(body)
    return Object.assign(alias, body)
  }

  alias(name: string): Tree {
    const alias = this.aliases.get(name)
    if (!alias) throw new Refusal(404, 'AliasNotFound', `alias '${name}' does not exist`)
    return alias
  }

  #check({ versionId, additionalVersionWeight }: Tree): void {
    const named = [versionId, ...Object.keys((additionalVersionWeight ?? {}) as Tree)]
    for (const id of named)
      if (!this.versions.some((version) => version['versionId'] === id))
        throw new Refusal(404, 'VersionNotFound', `version '${id}' does not exist`)
  }
}
