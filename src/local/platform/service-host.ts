import { mkdir, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'
import type { DeployRequest, FunctionStatus, ServiceStatus } from '../api.ts'
import { writeJson } from '../json-file.ts'
import { Sources } from '../sources/sources.ts'
import type { FunctionSpec } from '../spec.ts'
import { Deployed, type DeployedOptions } from './deployed.ts'
import { hideIn, whyOf } from './failure-text.ts'
import { Gateway } from './gateway.ts'
import { type Meter, meterIn } from './meter.ts'
import { candidatePorts, noPort } from './ports.ts'
import { Queue } from './queue.ts'
import { SecretFiles } from './secret-files.ts'
import { ServiceLog } from './service-log.ts'
import { type ServiceOptions, type ServiceState, stateFile } from './service-state.ts'
import { TimerBook } from './timer-book.ts'

/** One service in one stage: its address, its functions, its log, and what of it outlives the platform. */
export class ServiceHost {
  readonly log: ServiceLog
  readonly #options: ServiceOptions
  readonly #functions = new Map<string, Deployed>()
  readonly #changes = new Queue()
  readonly #draining = new Set<Promise<void>>()
  /** Every version that can still print something. */
  readonly #versions = new Set<Deployed>()
  readonly #meters = new Map<string, Meter>()
  readonly #sources: Sources
  readonly #timers: TimerBook
  readonly #secretFiles: SecretFiles
  #gateway: Gateway
  #movedFrom: number | undefined
  #isGone = false

  constructor(options: ServiceOptions) {
    this.#options = options
    this.#gateway = new Gateway(options.gateway)
    this.#timers = new TimerBook(options.remembersTimers === false ? undefined : join(options.folder, 'timers.json'))
    this.#secretFiles = new SecretFiles(options.secretStore, options.state, options.folder)
    this.log = new ServiceLog(join(options.folder, 'log.ndjson'))
    this.#sources = new Sources({
      folder: options.folder,
      buckets: options.buckets,
      accept: options.accept,
      tell: (name, text) => this.log.tell({ function: name, stream: 'sys', text }),
    })
    for (const spec of options.state.functions) {
      this.#functions.set(spec.name, this.#version({ spec, secrets: {} }))
    }
  }

  get name(): string {
    return this.#options.state.service
  }

  get stage(): string {
    return this.#options.state.stage
  }

  /** Where it answers, or will answer. */
  get port(): number | undefined {
    return this.#gateway.port || this.#options.state.port
  }

  get isSecure(): boolean {
    return this.#options.gateway?.isSecure === true
  }

  get isEmpty(): boolean {
    return this.#functions.size === 0
  }

  /** Begins to answer, on the port that it had or on another one. Throws SLS7005 when a wanted one is taken. */
  async open(wanted?: number): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 })
    const { port } = this.#options.state
    const isOpen = await this.#gateway.open(
      wanted === undefined ? candidatePorts(port, this.#options.takenPorts()) : [wanted],
    )
    if (!isOpen) throw new SlsError(noPort(wanted))
    if (wanted === undefined && port !== undefined && this.port !== port) this.#movedFrom = port
    this.#publish()
    await this.#save()
    await this.#timers.open()
    for (const deployed of this.#functions.values()) deployed.startTimers()
  }

  /** Answers on another port. Throws SLS7005 when it is taken; then the service stays where it is. */
  async moveTo(port: number): Promise<void> {
    await this.#changes.run(async () => {
      if (port === this.port) return
      const gateway = new Gateway(this.#options.gateway)
      if (!(await gateway.open([port]))) throw new SlsError(noPort(port))
      const before = this.#gateway
      this.#gateway = gateway
      this.#movedFrom = undefined
      this.#publish()
      this.#drain(before.close())
      await this.#save()
    })
  }

  /** Starts the new version, and only then puts it in the place of the old one. Throws SLS7003 when it does not load. */
  async deploy(request: DeployRequest): Promise<FunctionStatus> {
    const { spec } = request
    const next = this.#version(request)
    try {
      await this.#needCode(spec)
      await next.load()
    } catch (failure) {
      const shown = hideIn(failure, (text) => this.log.masks.hide(text))
      this.log.tell({ function: spec.name, stream: 'sys', text: `not deployed: ${whyOf(shown)}` })
      await this.#retire(next)
      throw shown
    }
    const before = this.#functions.get(spec.name)
    this.#functions.set(spec.name, next)
    this.#publish()
    next.startTimers()
    if (before) this.#drain(this.#retire(before))
    await this.#changes.run(() => this.#save())
    this.log.tell({ function: spec.name, stream: 'sys', text: before ? 'a new version is deployed' : 'deployed' })
    return next.status(this.#url)
  }

  /** Already gone is success. */
  async remove(name: string): Promise<void> {
    const before = this.#functions.get(name)
    if (!before) return
    this.#functions.delete(name)
    this.#publish()
    await this.#retire(before)
    this.#timers.forget(name)
    await this.#changes.run(() => this.#save())
  }

  /** Which of these values the function has. */
  compare(name: string, values: Readonly<Record<string, string>>): readonly string[] {
    const secrets = this.#functions.get(name)?.secrets
    return Object.keys(values).filter((key) => secrets?.get(key) === values[key])
  }

  find(name: string): Deployed | undefined {
    return this.#functions.get(name)
  }

  get functions(): readonly Deployed[] {
    return [...this.#functions.values()]
  }

  /** Answers a request as if it had come to the service's own address. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    this.#gateway.answer(request, response)
  }

  status(): ServiceStatus {
    const moved = this.#movedFrom
    return {
      service: this.name,
      stage: this.stage,
      url: this.#url,
      notes: moved === undefined ? [] : [`port ${moved} was taken by something else, so it answers on ${this.port}`],
      functions: [...this.#functions.values()].map((deployed) => deployed.status(this.#url)),
    }
  }

  /** Lets what runs finish, for at most so long. Everything is there again at the next start. */
  async close(graceMs: number): Promise<void> {
    await this.#sources.close({ forget: false })
    const versions = [...this.#versions]
    const quiet = Promise.all([this.#gateway.close(), ...versions.map((version) => version.drain())])
    const late = new Promise((resolve) => setTimeout(resolve, graceMs).unref())
    await Promise.race([quiet, late])
    await Promise.all(versions.map((version) => version.end()))
    await this.#timers.written()
  }

  /** Ends and forgets the service. */
  async discard(): Promise<void> {
    await this.#sources.close({ forget: true })
    await Promise.all([...this.#functions.keys()].map((name) => this.remove(name)))
    await Promise.all([this.#gateway.close(), this.log.written(), ...this.#draining])
    await this.#changes.run(async () => {
      this.#isGone = true
      await this.#timers.written()
      await rm(this.#options.folder, { recursive: true, force: true })
    })
  }

  get #url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  #deployedOptions(): DeployedOptions {
    const { state, code, worker, workers, warden, sidecar, tracer } = this.#options
    const { service, stage } = state
    const own = { log: this.log, timers: this.#timers, secretFiles: this.#secretFiles }
    const meterOf = (name: string): Meter => meterIn(this.#meters, name)
    const some = { ...(workers && { workers }), ...(tracer && { tracer }) }
    return { service, stage, code, worker, warden, sidecar, ...some, ...own, meterOf }
  }

  #publish(): void {
    this.#gateway.publish([...this.#functions.values()])
    this.#sources.follow([...this.#functions.values()].flatMap(({ sources }) => sources))
  }

  #version(request: Pick<DeployRequest, 'spec' | 'secrets'>): Deployed {
    const version = new Deployed(request, this.#deployedOptions())
    this.#versions.add(version)
    this.hideSecrets()
    return version
  }

  async #needCode({ digest = '' }: FunctionSpec): Promise<void> {
    if (!(await this.#options.code.has(digest)))
      throw new SlsError(error('SLS7002', `the platform has no code ${digest}`))
  }

  async #retire(version: Deployed): Promise<void> {
    await version.drain()
    this.#versions.delete(version)
    this.hideSecrets()
    await version.release()
  }

  /** No log shows the values that there are now. */
  hideSecrets(): void {
    const given = [...this.#versions].flatMap((version) => [...version.secrets.values()])
    this.log.masks.set([...given, ...this.#secretFiles.values])
  }

  #drain(work: Promise<void>): void {
    const told = work.catch((failure: unknown) => void process.stderr.write(`${whyOf(failure)}\n`))
    const draining = told.finally(() => this.#draining.delete(draining))
    this.#draining.add(draining)
  }

  // Of two functions that are removed at once, the one that drains longer finds the service gone.
  async #save(): Promise<void> {
    if (this.#isGone) return
    const { service, stage } = this.#options.state
    const functions = [...this.#functions.values()].map((deployed) => deployed.spec)
    const state: ServiceState = { service, stage, port: this.#gateway.port, functions }
    await writeJson(stateFile(this.#options.folder), state)
  }
}
