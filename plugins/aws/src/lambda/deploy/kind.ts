import type { Call, Driver, FieldRules, Live, Resource, Tree } from '@anyfaas/kit'
import { isDenied, isElsewhere, isMissing, isPassing, isTaken, readFailure } from '../../account/failures.ts'

/** One kind of thing on the platform: how it is found, made, changed and taken away. */
export interface Kind {
  readonly type: string
  /** The fields of a spec that are compared; what is found has them in the words of the spec. */
  readonly fields: readonly string[]
  readonly rules?: FieldRules
  /** The fields that are the code. */
  readonly code?: readonly string[]
  /** The platform would make a second one of the same name, so what an attempt without an answer left is looked for first. */
  readonly isNameless?: true
  list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]>
  create(spec: Tree, call: Call, resource: Resource<Tree>): Promise<Tree>
  update(spec: Tree, live: Tree, call: Call, resource: Resource<Tree>): Promise<Tree>
  remove(live: Tree, call: Call, id: string): Promise<unknown>
  /** What has the name of a resource, whoever made it; by the list when missing. */
  find?(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined>
}

/** Moves things of one kind. */
export class KindDriver implements Driver<Tree, Tree> {
  readonly type: string
  readonly rules: FieldRules
  readonly code: readonly string[]
  readonly #kind: Kind
  readonly #tried = new Set<string>()
  #listed: readonly Live<Tree>[] | undefined

  constructor(kind: Kind) {
    this.type = kind.type
    this.rules = kind.rules ?? {}
    this.code = kind.code ?? []
    this.#kind = kind
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    this.#listed = await this.#kind.list(call, desired)
    return this.#listed
  }

  /** What the last list told, without asking again. */
  get listed(): readonly Live<Tree>[] | undefined {
    return this.#listed
  }

  async create(resource: Resource<Tree>, call: Call): Promise<Tree> {
    if (this.#kind.isNameless && this.#tried.has(resource.id)) {
      const found = await this.find(resource, call)
      if (found && !found.isForeign) return await this.update(resource, found.value, call)
    }
    this.#tried.add(resource.id)
    return { ...resource.spec, ...(await this.#kind.create(resource.spec, call, resource)) }
  }

  async update(resource: Resource<Tree>, live: Tree, call: Call): Promise<Tree> {
    return { ...live, ...resource.spec, ...(await this.#kind.update(resource.spec, live, call, resource)) }
  }

  async delete({ id, value }: Live<Tree>, call: Call): Promise<void> {
    await unlessMissing(this.#kind.remove(value, call, id))
  }

  project(live: Tree): Tree {
    return Object.fromEntries(this.#kind.fields.flatMap((key) => (live[key] === undefined ? [] : [[key, live[key]]])))
  }

  retryable(failure: unknown): boolean {
    return isPassing(failure)
  }

  isTaken(failure: unknown): boolean {
    return isTaken(failure)
  }

  async find(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    if (this.#kind.find) return await this.#kind.find(resource, call)
    return (await this.#kind.list(call, [resource])).find(({ id }) => id === resource.id)
  }
}

/** What a call answers; undefined when the platform has no such thing. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (cause) {
    if (!isMissing(cause)) throw cause
    return undefined
  }
}

/**
 * What a read tells of a place that the file names no more; undefined where it is gone, also where another of its name is in
 * another region now, and where it may not be read: it may be somebody else's by now, and no plan hangs on that. The notes say
 * that, for what of ours is still there nobody else will find.
 */
export async function readLeft<T>(work: Promise<T>, place: string, call: Pick<Call, 'note'>): Promise<T | undefined> {
  try {
    return await unlessMissing(work)
  } catch (cause) {
    if (isElsewhere(cause)) return undefined
    if (!isDenied(cause)) throw cause
    call.note(
      `${place}, which the file names no more, may not be read (${readFailure(cause).code}): what a deploy made there stays, without the right to call anything; sls doctor prints the rights to take it away`,
    )
    return undefined
  }
}
