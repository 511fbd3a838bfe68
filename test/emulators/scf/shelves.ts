import { refused, type Tree } from './functions.ts'

/** The versions and aliases of all functions. */
export class Shelves {
  readonly #all = new Map<string, Shelf>()

  of(fn: string): Shelf {
    const known = this.#all.get(fn) ?? new Shelf()
    this.#all.set(fn, known)
    return known
  }

  delete(fn: string): void {
    this.#all.delete(fn)
  }
}

class Shelf {
  readonly #versions: Tree[] = []
  readonly #aliases = new Map<string, Tree>([['$DEFAULT', aliasOf('$DEFAULT', '$LATEST')]])

  versions(): Tree[] {
    return [{ ...this.#version('$LATEST', '') }, ...[...this.#versions].reverse()]
  }

  aliases(): Tree[] {
    return [...this.#aliases.values()]
  }

  /** Every call makes a version. */
  publish(description: string): Tree {
    const version = this.#version(String(this.#versions.length + 1), description)
    this.#versions.push(version)
    return { FunctionVersion: version['Version'], Description: description }
  }

  setAlias({ Name, FunctionVersion, RoutingConfig }: Tree, isNew: boolean): undefined {
    const name = String(Name)
    if (isNew === this.#aliases.has(name)) throw refused(isNew ? 'ResourceInUse.Alias' : 'ResourceNotFound.Alias')
    const { AdditionalVersionWeights = [] } = (RoutingConfig ?? {}) as Tree
    for (const id of [FunctionVersion, ...(AdditionalVersionWeights as Tree[]).map(({ Version }) => Version)])
      if (!this.versions().some(({ Version }) => Version === id)) throw refused('ResourceNotFound.FunctionVersion')
    this.#aliases.set(name, {
      ...aliasOf(name, String(FunctionVersion)),
      ...(RoutingConfig !== undefined && { RoutingConfig }),
    })
  }

  removeAlias(name: string): undefined {
    if (!this.#aliases.delete(name)) throw refused('ResourceNotFound.Alias')
  }

  #version(Version: string, Description: string): Tree {
    return { Version, Description, AddTime: '2026-01-02 03:04:05', ModTime: '2026-01-02 03:04:05', Status: 'Active' }
  }
}

function aliasOf(Name: string, FunctionVersion: string): Tree {
  return {
    Name,
    FunctionVersion,
    Description: '',
    RoutingConfig: { AdditionalVersionWeights: [], AddtionVersionMatchs: [] },
  }
}
