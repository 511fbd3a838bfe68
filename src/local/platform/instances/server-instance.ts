import { spawn } from 'node:child_process'
import { Agent } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { LocalTriggerEvent } from '../../runtime/protocol.ts'
import { awaitServer, portVariables } from '../../server.ts'
import type { ServerSpec } from '../../spec.ts'
import type { CallTerms } from '../../wire/wire.ts'
import { Child, type Exit } from './child.ts'
import type { Exchange, Upgrade } from './exchange.ts'
import { CallFailure } from './failure.ts'
import type { Instance, LaunchOptions } from './instance.ts'
import { forward, postEvent, type Upstream } from './proxy.ts'
import { forwardUpgrade } from './upgrade.ts'

/** An HTTP server of any language behind a command. Requests pass through as they are, events are posted as CloudEvents. */
export class ServerInstance implements Instance {
  readonly ready: Promise<void>
  readonly exited: Promise<Exit>
  readonly #options: LaunchOptions
  readonly #port: number
  readonly #child: Child
  readonly #agent = new Agent({ keepAlive: true })
  /** Of the calls that run, by what aborts them. */
  readonly #calls = new Map<AbortController, string>()
  readonly #connections = new Set<AbortController>()
  #isOpen = true
  #isRetired = false

  constructor(options: LaunchOptions, server: ServerSpec, port: number) {
    this.#options = options
    this.#port = port
    const [command = '', ...args] = server.command
    const process = spawn(command, args, {
      cwd: options.folder,
      env: { ...options.environment, ...portVariables(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.#child = new Child({ process, warden: options.warden, tell: (stream, text) => this.#tell(stream, text) })
    this.exited = this.#child.exited
    this.exited.then(() => this.#close())
    this.ready = this.#start(server)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  http(exchange: Exchange, terms: CallTerms): Promise<void> {
    return this.#call(terms, (upstream) => forward(exchange, upstream))
  }

  event(event: LocalTriggerEvent, terms: CallTerms): Promise<unknown> {
    return this.#call(terms, (upstream) => postEvent(event, { ...this.#options, ...terms }, upstream))
  }

  async upgrade(upgrade: Upgrade): Promise<void> {
    const gone = new AbortController()
    this.#connections.add(gone)
    try {
      await forwardUpgrade(upgrade, { port: this.#port, signal: gone.signal })
    } finally {
      this.#connections.delete(gone)
    }
  }

  hangUp(): void {
    for (const connection of this.#connections) connection.abort()
  }

  probe(): number {
    // Its health check would be its own business; what it does not answer ends at its deadline.
    return 0
  }

  async end(): Promise<void> {
    this.#close()
    this.hangUp()
    await this.#child.stop(STOP_MS)
  }

  async #call<T>(terms: CallTerms, work: (upstream: Upstream) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    this.#calls.set(controller, terms.requestId)
    const late = new CallFailure(
      'timeout',
      `the function "${this.#options.spec.name}" did not answer within its timeout`,
    )
    const timer = setTimeout(() => {
      this.#retire(terms)
      controller.abort(late)
    }, terms.deadline - Date.now())
    try {
      return await work({ port: this.#port, agent: this.#agent, signal: controller.signal })
    } catch (error) {
      if (controller.signal.aborted) throw late
      throw error instanceof CallFailure ? error : await this.#broken(error as Error)
    } finally {
      clearTimeout(timer)
      this.#calls.delete(controller)
      if (this.#isRetired && this.#calls.size === 0) void this.end()
    }
  }

  // A connection breaks a moment before the process is seen to be gone.
  async #broken(error: Error): Promise<CallFailure> {
    const name = this.#options.spec.name
    const exit = await Promise.race([this.exited, wait(BREATH_MS, undefined)])
    if (exit) return new CallFailure('exit', `the function "${name}" ended its process (${exit.words})`)
    return new CallFailure('reply', `the function "${name}" broke the connection: ${error.message}`)
  }

  // It may be stuck as a whole, so it gets no more calls and ends with its last one.
  #retire(terms: CallTerms): void {
    const text = `did not answer within its timeout${this.#isRetired ? '' : '; its process is ended'}`
    this.#isOpen = false
    this.#isRetired = true
    this.#options.tell({ stream: 'sys', text, requestId: terms.requestId })
  }

  async #start(server: ServerSpec): Promise<void> {
    const { spec, initSec } = this.#options
    const given = new AbortController()
    const timer = setTimeout(() => given.abort(), initSec * 1000)
    const exit = this.exited.then((ended) => {
      given.abort()
      return ended
    })
    const isReady = await awaitServer(this.#port, server, given.signal)
    clearTimeout(timer)
    if (isReady) return
    const gone = this.#child.pid === undefined ? await exit : undefined
    await this.end()
    const what = server.healthCheck ? `answer ${server.healthCheck.path}` : 'take connections'
    const why = gone
      ? `it ended its process (${gone.words})`
      : `it did not ${what} within ${initSec} s; it has to listen on the port in the variable PORT`
    throw new CallFailure('init', `the function "${spec.name}" does not load: ${why}`, { notes: gone?.lastLines ?? [] })
  }

  #close(): void {
    this.#isOpen = false
    this.#agent.destroy()
  }

  #tell(stream: 'out' | 'err', text: string): void {
    const [only] = this.#calls.size === 1 ? this.#calls.values() : []
    this.#options.tell({ stream, text, ...(only !== undefined && { requestId: only }) })
  }
}

/** How long a server may take to end by itself. */
const STOP_MS = 2000
const BREATH_MS = 100
