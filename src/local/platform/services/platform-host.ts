import { mkdir } from 'node:fs/promises'
import type { DeployRequest, FunctionStatus, Removal } from '../../api.ts'
import { AsyncCalls } from '../../async/async-calls.ts'
import type { CallQueue } from '../../async/call-queue.ts'
import type { AsyncTarget } from '../../async/target.ts'
import { type Home, serviceFolder } from '../../home.ts'
import { OutputDoor } from '../../outputs/output-door.ts'
import { type Listener, OwnBus } from '../../outputs/own-bus.ts'
import type { SourcesOptions } from '../../sources/sources.ts'
import type { Tracing } from '../../tracing/tracer.ts'
import { TokenFile } from '../door/token-file.ts'
import { Warden } from '../instances/warden.ts'
import type { WarmWorkers } from '../instances/warm-workers.ts'
import { SecretStore } from '../secrets/secret-store.ts'
import { asyncTarget, takeAsync } from './async-target.ts'
import { CodeStore } from './code-store.ts'
import { answerDapr } from './dapr.ts'
import { listenersOf } from './listeners.ts'
import { ServiceHost } from './service-host.ts'
import type { ServiceState } from './service-state.ts'
import { functionPath, Services } from './services.ts'

export interface PlatformOptions {
  readonly home: Home
  readonly version: string
  /** Absolute path of the worker bundle. */
  readonly worker: string
  readonly workers: WarmWorkers
  readonly tracing?: Tracing
  /** Of calls that nobody waits for. */
  readonly queue: CallQueue
  /** Told before anything is taken down: nothing new may begin. */
  readonly onEnding: () => void
  /** Told when all services have ended. */
  readonly onEnded: () => Promise<void>
}

/** How long running calls may take when the platform is asked to end. */
const GRACE_MS = 10_000

/** All services of a user on this machine. */
export class PlatformHost {
  readonly code: CodeStore
  readonly secrets: SecretStore
  readonly version: string
  readonly async: AsyncCalls
  readonly #outputs = new OutputDoor(
    (path) => this.#services.function(path)?.found,
    new OwnBus(() => this.#listeners()),
  )
  readonly #options: PlatformOptions
  readonly #warden = new Warden()
  /** One for all services. */
  readonly #token: TokenFile
  readonly #services = new Services((state) => this.#make(state))
  #ending: Promise<void> | undefined

  constructor(options: PlatformOptions) {
    this.#options = options
    this.version = options.version
    this.code = new CodeStore(options.home.code)
    this.secrets = new SecretStore(options.home.secrets)
    this.#token = new TokenFile(options.home.token)
    this.async = new AsyncCalls({ queue: options.queue, find: (path) => this.#target(path) })
  }

  /** Brings back the services that were there. */
  async open(states: readonly ServiceState[]): Promise<void> {
    const { home } = this.#options
    for (const folder of [home.services, home.code]) await mkdir(folder, { recursive: true, mode: 0o700 })
    if (states.length > 0) this.#warden.open()
    for (const state of states) this.#services.add(state)
    await Promise.all([this.code.prune(), this.#outputs.open(), this.async.open()])
    for (const service of this.services) await service.open()
    this.async.start()
  }

  get services(): readonly ServiceHost[] {
    return this.#services.all
  }

  find(service: string, stage: string): ServiceHost | undefined {
    return this.#services.find(service, stage)
  }

  /** Brings a function into a service, which begins with its first one. Throws SLS7003 or SLS7005. */
  async deploy(service: string, stage: string, request: DeployRequest): Promise<FunctionStatus> {
    const { port } = request
    return await this.#services.within({ service, stage, port }, async (host) => {
      if (port !== undefined) await host.moveTo(port)
      return await host.deploy(request)
    })
  }

  /** Takes a function away. A service ends with its last function, the platform with its last service. */
  async remove(service: string, stage: string, name: string): Promise<Removal> {
    await this.#services.remove(service, stage, name)
    const isLast = this.#services.isEmpty
    if (isLast) await this.shutdown()
    return { isLast }
  }

  /** Ends everything; at the next start all services are there again. */
  shutdown(): Promise<void> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  #make(state: ServiceState): ServiceHost {
    const { home, worker, workers, tracing } = this.#options
    const { service, stage } = state
    const tracer = tracing?.of(service, stage)
    const host: ServiceHost = new ServiceHost({
      state,
      folder: serviceFolder(home, service, stage),
      code: this.code,
      ...(tracer && { tracer }),
      secretStore: this.secrets,
      token: this.#token,
      warden: this.#warden,
      worker,
      workers,
      takenPorts: () => this.#services.portsBut(host),
      buckets: home.buckets,
      sidecar: (name) => this.#outputs.variablesFor(functionPath(name, service, stage)),
      accept: this.#accepting(state),
      ended: (id) => this.async.ended(id),
      onFunctions: () =>
        this.#outputs.keep(this.services.flatMap(({ functions }) => functions.flatMap(({ outputs }) => outputs))),
      gateway: {
        ...(tracer && { tracer }),
        beside: (request, response) =>
          takeAsync(this.async, host, { request, response }) || answerDapr(host, request, response),
      },
    })
    return host
  }

  async #end(): Promise<void> {
    this.#options.onEnding()
    await this.async.stop()
    await Promise.all(this.services.map((service) => service.close(GRACE_MS)))
    await this.#outputs.close()
    await this.async.close()
    await this.#options.tracing?.close()
    this.#options.workers.close()
    this.#warden.close()
    // Not awaited: it ends the process once the answer to who asked for the end is out.
    void this.#options.onEnded()
  }

  #accepting({ service, stage }: Pick<ServiceState, 'service' | 'stage'>): SourcesOptions['accept'] {
    return (name, event, id) => this.async.enqueue(functionPath(name, service, stage), event, id)
  }

  #listeners(): readonly Listener[] {
    return this.services.flatMap((host) =>
      listenersOf(host, this.#accepting({ service: host.name, stage: host.stage })),
    )
  }

  #target(path: string): AsyncTarget | undefined {
    const { host, found } = this.#services.function(path) ?? {}
    return host && found && asyncTarget(host, found.name)
  }
}
