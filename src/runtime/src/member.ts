import { Call, type Environment, type Scope } from './call.ts'
import { callEitherWay } from './callback.ts'
import { Context } from './context.ts'
import type { Deadlines } from './deadline.ts'
import { type Exported, findExport } from './exports.ts'
import type { Input } from './input.ts'
import type { Loader, Manifest, Member } from './manifest.ts'
import { type Handler, makeHandler } from './signature.ts'

/** A member that is ready to be called. */
export interface Ready {
  readonly exported: Exported
  /** Absent for the signature `raw`. */
  readonly handler: Handler | undefined
}

export interface MemberOptions {
  readonly manifest: Manifest
  readonly env: Environment
  readonly deadlines: Deadlines
}

/**
 * One function of the file inside this process: its module, its initializer, its handler. Whatever fails here fails
 * the calls of this member only.
 */
export class LiveMember {
  readonly scope: Scope
  /** Set once loading and initializing are done; until then `prepare` has to be awaited. */
  ready: Ready | undefined
  readonly #loader: Loader
  #loading: Promise<Exported> | undefined
  #preparing: Promise<Ready> | undefined

  constructor(member: Member, loader: Loader, options: MemberOptions) {
    this.#loader = loader
    this.scope = { member, manifest: options.manifest, deadlines: options.deadlines, env: viewOf(options.env, member) }
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

  async #prepare(input: Input): Promise<Ready> {
    this.#loading ??= this.#open()
    const exported = await this.#loading.catch((error) => {
      this.#loading = undefined
      throw error
    })
    const { member } = this.scope
    if (member.initializer !== undefined) await this.#initialize(member.initializer, input)
    const handler = member.signature === 'raw' ? undefined : makeHandler(exported, member)
    this.ready = { exported, handler }
    return this.ready
  }

  async #open(): Promise<Exported> {
    const { member } = this.scope
    return findExport(await this.#loader.handler(), member.handler, member)
  }

  async #initialize(name: string, input: Input): Promise<void> {
    const { member } = this.scope
    const module = await (this.#loader.initializer ?? this.#loader.handler)()
    const exported = findExport(module, name, member)
    const call = new Call(this.scope, input, { kind: 'initialize' })
    const args = member.signature === 'raw' ? [input.context] : [new Context(call)]
    await within(member.initTimeoutSec ?? member.timeoutSec, callEitherWay(exported, args), member)
    await call.settle()
  }
}

// Without an end, one initializer that hangs would hang every call after it.
function within(timeoutSec: number, work: unknown, member: Member): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = () =>
      reject(new Error(`the initializer of function "${member.name}" did not finish within ${timeoutSec} s`))
    const timer = setTimeout(late, timeoutSec * 1000)
    Promise.resolve(work)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject)
  })
}

/** The environment under the names that the member's own part of the service file gives. */
function viewOf(env: Environment, member: Member): Environment {
  const renamed = Object.entries(member.environment ?? {})
  if (renamed.length === 0) return env
  const view: Record<string, string | undefined> = { ...env }
  for (const [, platformName] of renamed) delete view[platformName]
  for (const [name, platformName] of renamed) view[name] = env[platformName]
  return view
}
