import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RequestEvent } from '@anyfaas/kit'
import { AsyncCalls } from '../async/async-calls.ts'
import { LogQueue } from '../async/log-queue.ts'
import type { AsyncTarget } from '../async/target.ts'
import { readJson } from '../json-file.ts'
import { OutputDoor } from '../outputs/output-door.ts'
import { OwnBus } from '../outputs/own-bus.ts'
import { SERVE_FILE } from '../places.ts'
import { whyOf } from '../platform/instances/failure-text.ts'
import { Warden } from '../platform/instances/warden.ts'
import { WarmWorkers } from '../platform/instances/warm-workers.ts'
import { SecretStore } from '../platform/secrets/secret-store.ts'
import { asyncTarget, takeAsync } from '../platform/services/async-target.ts'
import type { CodeFolders } from '../platform/services/code-store.ts'
import { answerDapr } from '../platform/services/dapr.ts'
import { listenersOf } from '../platform/services/listeners.ts'
import { ServiceHost } from '../platform/services/service-host.ts'
import { type ServiceOptions, type ServiceState, stateFile } from '../platform/services/service-state.ts'
import type { SourcesOptions } from '../sources/sources.ts'
import type { FunctionSpec, RouteSpec } from '../spec.ts'
import { openTracing } from '../tracing/open-tracing.ts'
import type { Tracer, Tracing } from '../tracing/tracer.ts'
import type { Certificate } from './certificate.ts'
import { followLog, type LogListeners } from './dev-log.ts'
import { DevRoutes } from './dev-routes.ts'
import { createFront, type FrontOptions } from './front.ts'
import { type Problem, Problems } from './problems.ts'

export interface DevHostOptions extends LogListeners {
  readonly service: string
  readonly stage: string
  /** Where what is kept from one session to the next lies. */
  readonly folder: string
  readonly port?: number
  /** The address to listen on; loopback when missing. */
  readonly host?: string
  readonly tls?: Certificate
  readonly onAnswered: (answered: RequestEvent) => void
}

/** A function to run from where it lies. */
export interface DevFunction {
  /** `digest` is the absolute path of the folder that it runs in. */
  readonly spec: FunctionSpec
  readonly secrets: Readonly<Record<string, string>>
}

/** How long running calls may take when the session ends. */
const GRACE_MS = 2000

/** One service in development, in this process: the same gateway, processes, timers and log that a deployed one has. */
export class DevHost {
  readonly problems = new Problems()
  readonly #options: DevHostOptions
  readonly #warden = new Warden()
  readonly #workers = new WarmWorkers(SERVE_FILE)
  readonly #outputs = new OutputDoor(
    (name) => this.#service?.find(name),
    new OwnBus(() => (this.#service ? listenersOf(this.#service, (...all) => this.#callOnce(...all)) : [])),
  )
  readonly #routes = new DevRoutes()
  readonly #following = new AbortController()
  #service: ServiceHost | undefined
  #tracing: Tracing | undefined
  #calls: AsyncCalls | undefined

  constructor(options: DevHostOptions) {
    this.#options = options
  }

  /** Begins to answer. Throws SLS7005 when the wanted port is taken. */
  async open(): Promise<void> {
    const { service, stage, folder, port } = this.#options
    const before = (await readJson(stateFile(folder))) as Partial<ServiceState> | undefined
    const own = typeof before?.port === 'number' ? { port: before.port } : {}
    await rm(join(folder, 'log.ndjson'), { force: true })
    this.#tracing = await openTracing(process.env)
    const tracer = this.#tracing?.of(service, stage)
    const calls = await this.#openCalls(join(folder, 'queue'))
    this.#service = new ServiceHost(this.#serviceOptions({ service, stage, functions: [], ...own }, calls, tracer))
    void followLog(this.#service.log, this.#options, this.#following.signal)
    await this.#outputs.open()
    await this.#service.open(port)
    calls.start()
  }

  // A session begins with none: what waited for the last one is of yesterday's code.
  async #openCalls(queue: string): Promise<AsyncCalls> {
    await rm(queue, { recursive: true, force: true })
    this.#calls = new AsyncCalls({ queue: new LogQueue(queue), find: (path) => this.#target(path) })
    await this.#calls.open()
    return this.#calls
  }

  get port(): number {
    return this.#service?.port ?? 0
  }

  /** The certificate's file, where there is one. */
  get certificate(): string | undefined {
    return this.#options.tls?.file
  }

  /** Puts a version in the place of the one before, which finishes what it has. Throws SLS7003, and then the old one stays. */
  async update({ spec, secrets }: DevFunction): Promise<void> {
    await this.#service?.deploy({ spec, secrets })
    this.#routes.works(spec.name)
    this.expect(spec.name, spec.routes)
  }

  /** Says what will answer these routes, though nothing may work yet. */
  expect(name: string, routes: readonly RouteSpec[]): void {
    this.#routes.expect(name, routes)
  }

  async remove(name: string): Promise<void> {
    this.problems.set(name, [])
    this.#routes.remove(name)
    await this.#service?.remove(name)
  }

  /** What is wrong with a function, or, without a name, with the service. */
  blame(name: string, problems: readonly Problem[]): void {
    this.problems.set(name, problems)
  }

  async close(): Promise<void> {
    this.problems.close()
    await this.#calls?.stop()
    await this.#service?.close(GRACE_MS)
    await this.#outputs.close()
    await this.#calls?.close()
    await this.#tracing?.close()
    this.#following.abort()
    this.#workers.close()
    this.#warden.close()
  }

  #target(path: string): AsyncTarget | undefined {
    const { service, stage } = this.#options
    const place = `.${service}.${stage}`
    return this.#service && path.endsWith(place) ? asyncTarget(this.#service, path.slice(0, -place.length)) : undefined
  }

  // A session keeps nothing: what happens is told to the function once.
  async #callOnce(...[name, event, id]: Parameters<SourcesOptions['accept']>): Promise<void> {
    const deployed = this.#service?.find(name)
    await deployed?.take(event, id).catch((failure) => {
      deployed.tell(`the ${event.kind} trigger "${event.trigger}" failed: ${whyOf(failure)}`)
    })
  }

  #serviceOptions(state: ServiceState, calls: AsyncCalls, tracer: Tracer | undefined): ServiceOptions {
    const { folder, host, tls, onAnswered } = this.#options
    const traced = tracer && { tracer }
    const find: FrontOptions['find'] = (request) => this.#routes.find(request)
    const front = { problems: this.problems, find, onAnswered, ...(tls && { tls }) }
    return {
      state,
      folder,
      code: IN_PLACE,
      ...traced,
      // Values come with each version, from .env.
      secretStore: new SecretStore(join(folder, 'secret-store')),
      worker: SERVE_FILE,
      workers: this.#workers,
      warden: this.#warden,
      takenPorts: () => new Set(),
      sidecar: (name) => this.#outputs.variablesFor(name),
      buckets: join(folder, 'buckets'),
      accept: (...happened) => this.#callOnce(...happened),
      // By then it is.
      ended: async () => undefined,
      // Nobody wants yesterday's runs when work begins.
      remembersTimers: false,
      gateway: {
        ...traced,
        isSecure: tls !== undefined,
        beside: (request, response) => besideIn(this.#service, calls, { request, response }),
        ...(host !== undefined && { host }),
        createServer: (answer) => createFront(front, answer),
      },
    }
  }
}

function besideIn(service: ServiceHost | undefined, calls: AsyncCalls, wire: Parameters<typeof takeAsync>[2]): boolean {
  return service !== undefined && (takeAsync(calls, service, wire) || answerDapr(service, wire.request, wire.response))
}

// Code that lies where its digest says, and belongs to the user.
const IN_PLACE: CodeFolders = {
  folder: (digest) => digest,
  has: async () => true,
  keep: () => undefined,
  release: async () => undefined,
}
