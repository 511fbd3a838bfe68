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
  private readonly loader: Loader
  private loading: Promise<Exported> | undefined
  private preparing: Promise<Ready> | undefined
  private opening: Promise<LayerStack> | undefined

  constructor(member: Member, loader: Loader, options: MemberOptions) {
    this.ready = undefined
    this.layers = undefined
    this.loader = loader
    this.loading = undefined
    this.preparing = undefined
    this.opening = undefined
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
    this.loading ??= this.open()
    this.loading.catch(() => undefined)
  }

  /** Loads and initializes once, however many calls wait for it. They share a failure; the next call tries again. */
  prepare(input: Input): Promise<Ready> {
    this.preparing ??= this.makeReady(input).finally(() => {
      this.preparing = undefined
    })
    return this.preparing
  }

  /** The function's layers, opened at most once at a time; undefined when it has none. */
  openLayers(): Promise<LayerStack> | undefined {
    const { layers } = this.loader
    if (!layers || layers.length === 0) return undefined
    this.opening ??= openLayers(layers, this.scope).then((stack) => {
      this.layers = stack
      return stack
    })
    this.opening.catch(() => {
      this.opening = undefined
    })
    return this.opening
  }

  private async makeReady(input: Input): Promise<Ready> {
    this.loading ??= this.open()
    const exported = await this.loading.catch((error) => {
      this.loading = undefined
      throw error
    })
    const { scope, layers } = this
    const { member } = scope
    if (member.initializer !== undefined) await initialize(scope, this.loader, input)
    if (layers) await finishLayers(layers, member)
    const plain = member.signature === 'raw' ? undefined : makeHandler(exported, member)
    this.ready = { exported, handler: plain && layers ? layers.wrap(plain) : plain }
    return this.ready
  }

  private async open(): Promise<Exported> {
    if (this.loader.layers) await this.openLayers()
    const { member } = this.scope
    return findExport(await this.loader.handler(), member.handler, member)
  }
}

export function isRaw(member: LiveMember): boolean {
  return member.scope.member.signature === 'raw'
}
