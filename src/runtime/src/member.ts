import type { Scope } from './call.ts'
import { type Exported, findExport } from './exports.ts'
import { initialize, viewOf } from './initializer.ts'
import type { Input } from './input.ts'
import { finishLayers, type LayerStack, openLayers } from './layer-stack.ts'
import type { Loader, Member } from './manifest.ts'
import { type Handler, makeHandler } from './signature.ts'

/** A member that is ready to be called. */
export interface Ready {
  readonly exported: Exported
  /** Absent for the signature `raw`. */
  readonly handler: Handler | undefined
}

export type MemberOptions = Omit<Scope, 'member'>

/**
 * One function of the file inside this process: its module, its initializer, its handler. Whatever fails here fails
 * the calls of this member only.
 */
export class LiveMember {
  readonly scope: Scope
  /** Set once loading and initializing are done; until then `prepare` has to be awaited. */
  ready: Ready | undefined
  /** Set once they are open. */
  layers: LayerStack | undefined
  readonly #loader: Loader
  #loading: Promise<Exported> | undefined
  #preparing: Promise<Ready> | undefined
  #layers: Promise<LayerStack> | undefined

  constructor(member: Member, loader: Loader, options: MemberOptions) {
    this.#loader = loader
    this.scope = {
      member,
      manifest: options.manifest,
      deadlines: options.deadlines,
      send: options.send,
      env: member.environment ? viewOf(options.env, member.environment) : options.env,
    }
  }

  /** Begins to load the module, so that the platform's start-up time is used for it. A failure waits for the first call. */
  load(): void {
    this.#loading ??= this.#open()
    this.#loading.catch(() => undefined)
  }

  /** Loads and initializes once, however many calls wait for it. They share a failure; the next call tries again. */
  prepare(input: Input): Promise<Ready> {
    this.#preparing ??= this.#prepare(input).finally(() => {
      this.#preparing = undefined
    })
    return this.#preparing
  }

  /** The function's layers, opened at most once at a time; undefined when it has none. */
  openLayers(): Promise<LayerStack> | undefined {
    const { layers } = this.#loader
    if (!layers || layers.length === 0) return undefined
    this.#layers ??= openLayers(layers, this.scope).then((stack) => {
      this.layers = stack
      return stack
    })
    this.#layers.catch(() => {
      this.#layers = undefined
    })
    return this.#layers
  }

  async #prepare(input: Input): Promise<Ready> {
    this.#loading ??= this.#open()
    const exported = await this.#loading.catch((error) => {
      this.#loading = undefined
      throw error
    })
    const { member } = this.scope
    if (member.initializer !== undefined) await initialize(this.scope, this.#loader, input)
    const { layers } = this
    if (layers) await finishLayers(layers, member)
    const plain = member.signature === 'raw' ? undefined : makeHandler(exported, member)
    this.ready = { exported, handler: plain && layers ? layers.wrap(plain) : plain }
    return this.ready
  }

  async #open(): Promise<Exported> {
    const layers = this.openLayers()
    if (layers) await layers
    const { member } = this.scope
    return findExport(await this.#loader.handler(), member.handler, member)
  }
}

export function isRaw(member: LiveMember): boolean {
  return member.scope.member.signature === 'raw'
}
