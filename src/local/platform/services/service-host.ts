import { mkdir } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'
import type { DeployRequest, FunctionStatus, ServiceStatus } from '../../api.ts'
import { Queues } from '../../queue.ts'
import { Sources } from '../../sources/sources.ts'
import type { FunctionSpec } from '../../spec.ts'
import { readDoorPlace } from '../door/door-place.ts'
import { Doorway } from '../door/doorway.ts'
import { hideIn, whyOf } from '../instances/failure-text.ts'
import { ServiceLog } from '../logs/service-log.ts'
import { type Meter, meterIn } from '../meter/meter.ts'
import { SecretFiles } from '../secrets/secret-files.ts'
import { TimerBook } from '../timers/timer-book.ts'
import { Address } from './address.ts'
import type { Deployed, DeployedOptions } from './deployed.ts'
import { ServiceRecord } from './service-record.ts'
import type { ServiceOptions, ServiceState } from './service-state.ts'
import { Versions } from './versions.ts'

/** One service in one stage: its address, its functions, its log, and what of it outlives the platform. */
export class ServiceHost {
  readonly log: ServiceLog
  readonly #options: ServiceOptions
  readonly #functions = new Map<string, Deployed>()
  /** Changes of each function, as they came: a version of a deploy that was killed can take longer to load than the one that was sent after it. */
  readonly #turns = new Queues()
  readonly #versions: Versions
  readonly #meters = new Map<string, Meter>()
  readonly #sources: Sources
  readonly #timers: TimerBook
  readonly #secretFiles: SecretFiles
  readonly #address: Address
  readonly #doorway: Doorway | undefined
  readonly #record: ServiceRecord

  constructor(options: ServiceOptions) {
    this.#options = options
    const place = `${options.state.service}.${options.state.stage}`
    this.#address = new Address({ ...options.gateway, place }, options.state.port)
    this.#doorway = options.token && new Doorway(options.token, this.#address)
    this.#timers = new TimerBook(options.remembersTimers === false ? undefined : join(options.folder, 'timers.json'))
    this.#secretFiles = new SecretFiles(options.secretStore, options.state, options.folder)
    this.log = new ServiceLog(join(options.folder, 'log.ndjson'))
    this.#sources = new Sources({
      place,
      folder: options.folder,
      buckets: options.buckets,
      hear: (listener) => this.log.hear(listener),
      accept: options.accept,
      ended: options.ended,
      tell: (name, text) => this.log.tell({ function: name, stream: 'sys', text }),
    })
    this.#record = new ServiceRecord(options.folder, () => this.#state)
    this.#versions = new Versions(this.#deployedOptions(), this.#secretFiles)
    for (const spec of options.state.functions) {
      this.#functions.set(spec.name, this.#versions.make({ spec, secrets: {} }))
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
    return this.#address.port
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
    await this.#address.open(wanted, this.#options.takenPorts())
    this.#publish()
    const { open } = this.#options.state
    if (open) await this.#doorway?.restore(open)
    await this.#record.save()
    await this.#timers.open()
    for (const deployed of this.#functions.values()) deployed.begin()
  }

  /** Answers on another port. Throws SLS7005 when it is taken; then the service stays where it is. */
  async moveTo(port: number): Promise<void> {
    await this.#record.change(async () => {
      if (port === this.port) return
      const before = await this.#address.moveTo(port)
      this.#publish()
      this.#versions.drain(before.close())
    })
  }

  /** Opens the service to others at `HOST` or `HOST:PORT`; a loopback address closes it. Throws SLS7005 and SLS7007. */
  async openTo(host: string): Promise<void> {
    const place = readDoorPlace(host)
    await this.#record.change(async () => {
      const moved = await this.#doorway?.move(place)
      if (moved) this.#versions.drain(moved.closing)
    })
  }

  /** Starts the new version, and only then puts it in the place of the old one. Throws SLS7003 when it does not load. */
  async deploy(request: DeployRequest): Promise<FunctionStatus> {
    return await this.#turns.run(request.spec.name, () => this.#deploy(request))
  }

  async #deploy(request: DeployRequest): Promise<FunctionStatus> {
    const { spec } = request
    const next = this.#versions.make(request)
    try {
      await this.#needCode(spec)
      await next.load()
    } catch (failure) {
      const shown = hideIn(failure, (text) => this.log.masks.hide(text))
      this.log.tell({ function: spec.name, stream: 'sys', text: `not deployed: ${whyOf(shown)}` })
      await this.#versions.retire(next)
      throw shown
    }
    const before = this.#functions.get(spec.name)
    this.#functions.set(spec.name, next)
    this.#publish()
    next.begin()
    if (before) this.#versions.drain(this.#versions.retire(before))
    await this.#record.save()
    this.log.tell({ function: spec.name, stream: 'sys', text: before ? 'a new version is deployed' : 'deployed' })
    return next.status(this.#address.url)
  }

  /** Already gone is success. */
  async remove(name: string): Promise<void> {
    const retired = await this.#turns.run(name, async () => {
      const before = this.#functions.get(name)
      if (!before) return undefined
      this.#functions.delete(name)
      this.#publish()
      const retiring = this.#versions.retire(before)
      // The service can end with another function that is removed at the same time, and then waits for this one.
      this.#versions.drain(retiring)
      this.#timers.forget(name)
      return { retiring }
    })
    if (!retired) return
    await retired.retiring
    await this.#record.save()
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
    this.#address.answer(request, response)
  }

  /** No log shows the values that there are now. */
  hideSecrets(): void {
    this.#versions.hideSecrets()
  }

  status(): ServiceStatus {
    return {
      service: this.name,
      stage: this.stage,
      url: this.#address.url,
      notes: [...this.#address.notes, ...(this.#doorway?.notes ?? [])],
      ...this.#opened,
      functions: [...this.#functions.values()].map((deployed) => deployed.status(this.#address.url)),
    }
  }

  /** Lets what runs finish, for at most so long. Everything is there again at the next start. */
  async close(graceMs: number): Promise<void> {
    await this.#sources.close({ forget: false })
    const quiet = Promise.all([this.#address.close(), this.#doorway?.close(), this.#versions.quiet()])
    const late = new Promise((resolve) => setTimeout(resolve, graceMs).unref())
    await Promise.race([quiet, late])
    await this.#versions.end()
    await this.#timers.written()
  }

  /** Ends and forgets the service. */
  async discard(): Promise<void> {
    await this.#sources.close({ forget: true })
    await Promise.all([...this.#functions.keys()].map((name) => this.remove(name)))
    await Promise.all([this.#address.close(), this.#doorway?.close(), this.#versions.drained()])
    await this.log.written()
    await this.#record.discard(() => this.#timers.written())
  }

  #deployedOptions(): DeployedOptions {
    const { state, code, worker, workers, warden, sidecar, tracer } = this.#options
    const { service, stage } = state
    const own = { log: this.log, timers: this.#timers, secretFiles: this.#secretFiles }
    const meterOf = (name: string): Meter => meterIn(this.#meters, name)
    const some = { ...(workers && { workers }), ...(tracer && { tracer }) }
    return { service, stage, code, worker, warden, sidecar, ...some, ...own, meterOf }
  }

  get #opened(): Pick<ServiceStatus, 'open'> {
    const { urls = [], tokenFile = '' } = this.#doorway ?? {}
    return urls.length > 0 ? { open: { urls, tokenFile } } : {}
  }

  #publish(): void {
    const functions = [...this.#functions.values()]
    this.#address.publish(functions)
    this.#sources.follow(functions.flatMap(({ sources }) => sources))
    this.#options.onFunctions?.()
  }

  async #needCode({ digest = '' }: FunctionSpec): Promise<void> {
    if (!(await this.#options.code.has(digest)))
      throw new SlsError(error('SLS7002', `the platform has no code ${digest}`))
  }

  get #state(): ServiceState {
    const { service, stage } = this.#options.state
    const { port = 0 } = this
    const functions = [...this.#functions.values()].map((deployed) => deployed.spec)
    const open = this.#doorway?.wanted
    return { service, stage, port, ...(open && { open }), functions }
  }
}
