import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isMap } from '@anyfaas/kit'
import type { DeployRequest, FunctionStatus, Removal } from '../api.ts'
import { AsyncCalls } from '../async/async-calls.ts'
import type { CallQueue } from '../async/call-queue.ts'
import type { AsyncTarget } from '../async/target.ts'
import { type Home, serviceFolder } from '../home.ts'
import { readJson } from '../json-file.ts'
import { OutputDoor } from '../outputs/output-door.ts'
import { type Listener, OwnBus } from '../outputs/own-bus.ts'
import type { SourcesOptions } from '../sources/sources.ts'
import type { Tracing } from '../tracing/tracer.ts'
import { asyncTarget, functionPath, takeAsync } from './async-target.ts'
import { CodeStore } from './code-store.ts'
import { answerDapr } from './dapr.ts'
import type { Deployed } from './deployed.ts'
import { listenersOf } from './listeners.ts'
import { Queue } from './queue.ts'
import { SecretStore } from './secret-store.ts'
import { ServiceHost } from './service-host.ts'
import { type ServiceState, stateFile } from './service-state.ts'
import { Warden } from './warden.ts'
import { WarmWorkers } from './warm-workers.ts'

export interface PlatformOptions {
  readonly home: Home
  readonly version: string
  /** Absolute path of the worker bundle. */
  readonly worker: string
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
  readonly #outputs = new OutputDoor((path) => this.#found(path)?.found, new OwnBus(() => this.#listeners()))
  readonly #options: PlatformOptions
  readonly #warden = new Warden()
  readonly #workers: WarmWorkers
  readonly #services = new Map<string, ServiceHost>()
  /** Beginnings and ends of a service, one after the other. */
  readonly #lives = new Map<string, Queue>()
  /** Of deploys that are under way, by service. */
  readonly #deploys = new Map<string, number>()
  #ending: Promise<void> | undefined

  constructor(options: PlatformOptions) {
    this.#options = options
    this.version = options.version
    this.code = new CodeStore(options.home.code)
    this.secrets = new SecretStore(options.home.secrets)
    this.#workers = new WarmWorkers(options.worker, this.#warden)
    this.async = new AsyncCalls({ queue: options.queue, find: (path) => this.#target(path) })
  }

  /** Brings back every service that was there. */
  async open(): Promise<void> {
    const { home } = this.#options
    for (const folder of [home.services, home.code]) await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(home.services)) {
      const state = await readJson(stateFile(join(home.services, name)))
      // A deploy that was cut off before its first function leaves a folder without a state.
      if (isState(state)) this.#add(state)
    }
    const functions = this.services.flatMap((service) => service.functions)
    this.#workers.prepare(functions.filter(({ spec }) => !spec.server).map(({ spec }) => spec.memory))
    await this.code.prune()
    await this.#outputs.open()
    await this.async.open()
    for (const service of this.#services.values()) await service.open()
    this.async.start()
  }

  get services(): readonly ServiceHost[] {
    return [...this.#services.values()]
  }

  find(service: string, stage: string): ServiceHost | undefined {
    return this.#services.get(keyOf(service, stage))
  }

  /** Brings a function into a service, which begins with its first one. Throws SLS7003 or SLS7005. */
  async deploy(service: string, stage: string, request: DeployRequest): Promise<FunctionStatus> {
    const key = keyOf(service, stage)
    this.#count(key, 1)
    try {
      const host = await this.#need({ service, stage, functions: [] }, request.port)
      if (request.port !== undefined) await host.moveTo(request.port)
      return await host.deploy(request)
    } finally {
      this.#count(key, -1)
      await this.#discardWhenEmpty(key)
    }
  }

  /** Takes a function away. A service ends with its last function, the platform with its last service. */
  async remove(service: string, stage: string, name: string): Promise<Removal> {
    const key = keyOf(service, stage)
    await this.#services.get(key)?.remove(name)
    await this.#discardWhenEmpty(key)
    const isLast = this.#services.size === 0 && this.#deploys.size === 0
    if (isLast) await this.shutdown()
    return { isLast }
  }

  /** Ends everything; at the next start all services are there again. */
  shutdown(): Promise<void> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  #add(state: ServiceState): ServiceHost {
    const { home, worker, tracing } = this.#options
    const { service, stage } = state
    const tracer = tracing?.of(service, stage)
    const host: ServiceHost = new ServiceHost({
      state,
      folder: serviceFolder(home, service, stage),
      code: this.code,
      ...(tracer && { tracer }),
      secretStore: this.secrets,
      warden: this.#warden,
      worker,
      workers: this.#workers,
      takenPorts: () => this.#portsBut(host),
      buckets: home.buckets,
      sidecar: (name) => this.#outputs.variablesFor(functionPath(name, service, stage)),
      accept: this.#accepting(state),
      gateway: {
        ...(tracer && { tracer }),
        beside: (request, response) =>
          takeAsync(this.async, host, { request, response }) || answerDapr(host, request, response),
      },
    })
    this.#services.set(keyOf(service, stage), host)
    return host
  }

  #need(state: ServiceState, port: number | undefined): Promise<ServiceHost> {
    const key = keyOf(state.service, state.stage)
    return this.#life(key).run(async () => {
      const known = this.#services.get(key)
      if (known) return known
      const host = this.#add(state)
      try {
        await host.open(port)
      } catch (failure) {
        this.#services.delete(key)
        await host.discard()
        throw failure
      }
      return host
    })
  }

  async #discardWhenEmpty(key: string): Promise<void> {
    await this.#life(key).run(async () => {
      const host = this.#services.get(key)
      if (!host?.isEmpty || this.#deploys.has(key)) return
      this.#services.delete(key)
      await host.discard()
    })
  }

  #life(key: string): Queue {
    const life = this.#lives.get(key) ?? new Queue()
    this.#lives.set(key, life)
    return life
  }

  #count(key: string, by: number): void {
    const count = (this.#deploys.get(key) ?? 0) + by
    if (count > 0) this.#deploys.set(key, count)
    else this.#deploys.delete(key)
  }

  async #end(): Promise<void> {
    this.#options.onEnding()
    await this.async.stop()
    await Promise.all([...this.#services.values()].map((service) => service.close(GRACE_MS)))
    await this.#outputs.close()
    await this.async.close()
    await this.#options.tracing?.close()
    this.#workers.close()
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
    const { host, found } = this.#found(path) ?? {}
    return host && found && asyncTarget(host, found.name)
  }

  #found(path: string): { readonly host: ServiceHost; readonly found: Deployed } | undefined {
    for (const host of this.#services.values()) {
      const place = functionPath('', host.name, host.stage)
      const found = path.endsWith(place) ? host.find(path.slice(0, -place.length)) : undefined
      if (found) return { host, found }
    }
    return undefined
  }

  #portsBut(host: ServiceHost): ReadonlySet<number> {
    const others = [...this.#services.values()].filter((other) => other !== host)
    return new Set(others.flatMap((other) => other.port ?? []))
  }
}

function isState(value: unknown): value is ServiceState {
  if (!isMap(value)) return false
  const { service, stage, functions } = value as Partial<ServiceState>
  return typeof service === 'string' && typeof stage === 'string' && Array.isArray(functions)
}

function keyOf(service: string, stage: string): string {
  return JSON.stringify([service, stage])
}
