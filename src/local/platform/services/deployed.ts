import { randomUUID } from 'node:crypto'
import { reveal, spellSecrets } from '@anyfaas/kit'
import type { DeployRequest, Fired, FunctionState, FunctionStatus, FunctionView, Invoked } from '../../api.ts'
import { environmentFor, needsSecrets } from '../../environment.ts'
import type { SourceEvent } from '../../sources/source.ts'
import type { WantedSource } from '../../sources/sources.ts'
import type { FunctionSpec, OutputSpec, TimerSpec } from '../../spec.ts'
import type { Tracer } from '../../tracing/tracer.ts'
import { asFailure } from '../instances/failure.ts'
import { whyOf } from '../instances/failure-text.ts'
import { FunctionHost, type HostOptions } from '../instances/function-host.ts'
import { limitsOf } from '../instances/limits.ts'
import type { ServiceLog } from '../logs/service-log.ts'
import type { Meter } from '../meter/meter.ts'
import { MOUNT_VARIABLE, type SecretFiles } from '../secrets/secret-files.ts'
import { Clock } from '../timers/clock.ts'
import type { TimerBook } from '../timers/timer-book.ts'
import type { CodeFolders } from './code-store.ts'
import type { Reachable } from './reachable.ts'

/** What a function shares with the others of its service. */
export interface DeployedOptions extends Pick<HostOptions, 'service' | 'stage' | 'worker' | 'workers' | 'warden'> {
  readonly code: CodeFolders
  /** Variables by which a function finds where its outputs are taken. */
  readonly sidecar: (name: string) => Readonly<Record<string, string>>
  readonly log: ServiceLog
  readonly timers: TimerBook
  readonly secretFiles: SecretFiles
  /** Absent unless somebody collects traces. */
  readonly tracer?: Tracer
  /** Counts the calls of a function through all of its versions. */
  readonly meterOf: (name: string) => Meter
}

/** One version of a function with its secrets, its processes and its timers. Another version is another object. */
export class Deployed implements Reachable {
  readonly spec: FunctionSpec
  readonly secrets: ReadonlyMap<string, string>
  readonly #options: DeployedOptions
  readonly #host: FunctionHost | undefined
  readonly #clock: Clock
  readonly #mount: string | undefined

  /** Without all of its secrets it is known and cannot be called. */
  constructor(request: Pick<DeployRequest, 'spec' | 'secrets'>, options: DeployedOptions) {
    this.spec = request.spec
    this.secrets = new Map(Object.entries(request.secrets))
    this.#options = options
    this.#clock = new Clock(this.spec.timers, options.timers.of(this.name), (timer, at) => this.#ring(timer, at))
    options.code.keep(this.#digest)
    const { secretFiles: files = [] } = this.spec
    if (this.isComplete && files.length > 0) this.#mount = options.secretFiles.mount(files, this.secrets)
    if (this.isComplete) this.#host = new FunctionHost(this.#hostOptions())
  }

  get name(): string {
    return this.spec.name
  }

  get routes(): FunctionSpec['routes'] {
    return this.spec.routes
  }

  get isPlain(): boolean {
    return !this.spec.server && this.routes.length > 0
  }

  get meter(): Meter {
    return this.#options.meterOf(this.name)
  }

  get isComplete(): boolean {
    return this.spec.secrets.every((name) => this.secrets.has(name)) && this.#missingFiles.length === 0
  }

  host(): FunctionHost {
    if (!this.#host) throw needsSecrets(this.spec, this.#missingFiles)
    return this.#host
  }

  /** Loads the function, so that it is known whether it can be called. */
  async load(): Promise<void> {
    await this.host().start()
  }

  /**
   * Begins what it does without a call: its timers, and the processes that are always kept. Without its secrets it could only
   * fail; what timers miss meanwhile is made good when it has them.
   */
  begin(): void {
    if (!this.isComplete) return
    this.#clock.start()
    if (limitsOf(this.spec).min > 0) this.load().catch((failure: unknown) => this.tell(whyOf(failure)))
  }

  /** Fires no more timers, lets the running calls finish and ends the processes. */
  async drain(): Promise<void> {
    this.#clock.stop()
    await this.#host?.drain()
  }

  /** Ends the processes, whatever runs in them. */
  async end(): Promise<void> {
    this.#clock.stop()
    await this.#host?.end()
  }

  /** Gives the code back. Nothing can run any more. */
  async release(): Promise<void> {
    await this.#options.code.release(this.#digest)
    if (this.#mount !== undefined) this.#options.secretFiles.unmount(this.#mount)
  }

  tell(text: string): void {
    this.#options.log.tell({ function: this.name, stream: 'sys', text })
  }

  /** Calls the function as the clock would; undefined when it has no such timer. */
  async fire(name: string): Promise<Fired | undefined> {
    const timer = this.#clock.find(name)
    if (!timer) return undefined
    this.#clock.mark(timer)
    const began = performance.now()
    const durationMs = (): number => Math.round((performance.now() - began) * 10) / 10
    try {
      await this.#call(timer, Date.now())
      return { ok: true, durationMs: durationMs() }
    } catch (failure) {
      return { ok: false, durationMs: durationMs(), error: whyOf(failure) }
    }
  }

  /** Calls the function with an event of another trigger than the clock's. Rejects with a `CallFailure`. */
  async take(event: SourceEvent, id: string): Promise<unknown> {
    return await this.#event(event, id)
  }

  /** What it listens to; nothing without its secrets. */
  get sources(): readonly WantedSource[] {
    const { sources = [], name } = this.spec
    return this.#reveal(sources)
      .filter(({ enabled }) => enabled)
      .map((spec) => ({ function: name, spec }))
  }

  get outputs(): readonly OutputSpec[] {
    return this.#reveal(this.spec.outputs ?? [])
  }

  /** Calls the function with an event that no trigger sent. Its failure is an answer too. */
  async invoke(event: unknown): Promise<Invoked> {
    const requestId = randomUUID()
    const began = performance.now()
    const done = (): Pick<Invoked, 'requestId' | 'durationMs'> => ({
      requestId,
      durationMs: Math.round((performance.now() - began) * 10) / 10,
    })
    try {
      const value = await this.meter.time(() => this.host().event({ kind: 'event', data: event }, requestId))
      return { ...done(), value }
    } catch (thrown) {
      const failure = asFailure(thrown)
      return { ...done(), error: { type: failure.kind, message: whyOf(failure) } }
    }
  }

  view(): FunctionView {
    const { spec } = this
    const { min, max, instance, queue } = limitsOf(spec)
    const slots = this.#host?.slots ?? []
    const { total, errors, byStatus, byClass } = this.meter.counts
    return {
      name: spec.name,
      ...(spec.description !== undefined && { description: spec.description }),
      state: this.#state,
      routes: spec.routes.map(({ path, methods }) => ({ path, methods })),
      instances: slots.map((slot) => slot.status()),
      limits: { min, max, instance: Number.isFinite(instance) ? instance : null, queue },
      running: slots.reduce((sum, { running }) => sum + running, 0),
      waiting: this.#host?.waiting ?? 0,
      calls: { total, errors, byStatus, byClass },
      ...this.meter.recent(),
      timers: this.#clock.view(),
    }
  }

  status(base: string): FunctionStatus {
    const pids = this.#host?.pids ?? []
    const state = this.#state
    const { spec } = this
    const routes = spec.routes.map(({ methods, path }) => ({ methods, url: base + path }))
    const urls = routes.length > 0 ? routes : [{ methods: ['POST'], url: `${base}/function/${spec.name}` }]
    const notes = this.#host ? [] : ['the platform was started again and does not have its secrets: deploy again']
    return { spec, state, pids, urls, secrets: spec.secrets.filter((name) => this.secrets.has(name)), notes }
  }

  #reveal<T>(specs: readonly T[]): readonly T[] {
    if (!this.isComplete) return []
    const lookup = (secret: string): string => this.secrets.get(secret) ?? ''
    return spellSecrets(specs, (text) => reveal(text, lookup)) as readonly T[]
  }

  get #state(): FunctionState {
    if (!this.#host) return 'needs secrets'
    return this.#host.pids.length > 0 ? 'running' : 'idle'
  }

  get #missingFiles(): readonly string[] {
    return this.#options.secretFiles.missing(this.spec.secretFiles ?? [], this.secrets)
  }

  get #digest(): string {
    return this.spec.digest ?? ''
  }

  #hostOptions(): HostOptions {
    const { code, log, timers: _, secretFiles: __, tracer: ___, meterOf, sidecar, ...shared } = this.#options
    return {
      ...shared,
      spec: this.spec,
      folder: code.folder(this.#digest),
      environment: {
        ...environmentFor(this.spec, this.secrets, this.spec.outputs && sidecar(this.name)),
        ...(this.#mount !== undefined && { [MOUNT_VARIABLE]: this.#mount }),
      },
      tell: (line) => log.tell({ function: this.name, ...line }),
    }
  }

  async #ring(timer: TimerSpec, at: number): Promise<void> {
    try {
      await this.#call(timer, at)
    } catch (failure) {
      this.tell(`the timer "${timer.name}" failed: ${whyOf(failure)}`)
    }
  }

  async #call({ name, payload }: TimerSpec, at: number): Promise<void> {
    const time = new Date(at).toISOString()
    await this.#event({ kind: 'timer', trigger: name, data: payload, time })
  }

  async #event(event: SourceEvent, id?: string): Promise<unknown> {
    const { tracer } = this.#options
    const call = (trace: Partial<SourceEvent> = {}): Promise<unknown> =>
      this.meter.time(() => this.host().event({ ...event, ...trace }, id))
    if (!tracer) return await call()
    return await tracer.event({ name: this.name, ...event }, (traceparent) => call({ traceparent }))
  }
}
