import { Refusal } from '../refusal.ts'

type Tree = Record<string, unknown>

/** The versions and aliases of one function. */
export class Shelf {
  readonly versions: Tree[] = []
  readonly aliases = new Map<string, Tree>()
  #published = ''
  #count = 0

  /** What is published already stays the newest version. */
  publish(state: string): Tree {
    const last = this.versions.at(-1)
    if (last && this.#published === state) return last
    this.#published = state
    const time = new Date().toISOString()
    const version = {
      versionId: String(++this.#count),
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

  /** Takes a version away that no alias leads to. */
  remove(id: string): undefined {
    const index = this.versions.findIndex((version) => version['versionId'] === id)
    if (index < 0) throw new Refusal(404, 'VersionNotFound', `version '${id}' does not exist`)
    if ([...this.aliases.values()].some((alias) => alias['versionId'] === id))
      throw new Refusal(400, 'InvalidArgument', `an alias leads to version '${id}'`)
    this.versions.splice(index, 1)
  }

  /** Throws for what is neither a version nor an alias. */
  resolve(qualifier: string): void {
    if (!this.versions.some((version) => version['versionId'] === qualifier)) this.alias(qualifier)
  }

  #check({ versionId, additionalVersionWeight }: Tree): void {
    const named = [versionId, ...Object.keys((additionalVersionWeight ?? {}) as Tree)]
    for (const id of named)
      if (!this.versions.some((version) => version['versionId'] === id))
        throw new Refusal(404, 'VersionNotFound', `version '${id}' does not exist`)
  }
}
