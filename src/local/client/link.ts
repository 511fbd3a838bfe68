import { stat } from 'node:fs/promises'
import type { Call, ConnectOptions } from '@anyfaas/kit'
import type { ServiceRequest, ServiceStatus } from '../api.ts'
import { type Home, homeOf, serviceFolder } from '../home.ts'
import { type Ask, type PlatformClient, PlatformGone } from './client.ts'
import { ensurePlatform } from './start.ts'

/** How often a platform that ends under our hands is looked for again. */
const ATTEMPTS = 3

/** The way from one service and stage to its platform: found or started at the first need, and again when it has gone. */
export class Link {
  readonly #home: Home
  readonly #service: string
  readonly #stage: string
  readonly #port: number | undefined
  readonly #host: string | undefined
  #client: Promise<PlatformClient> | undefined

  constructor({ env, service, port, host }: ConnectOptions) {
    this.#home = homeOf(env)
    this.#service = service.name
    this.#stage = service.stage
    this.#port = port
    this.#host = host
  }

  path(...rest: readonly string[]): string[] {
    return ['services', this.#service, this.#stage, ...rest]
  }

  /** The platform when the service is deployed: what is deployed is kept running. */
  async existing(call: Call): Promise<PlatformClient | undefined> {
    const folder = serviceFolder(this.#home, this.#service, this.#stage)
    const isThere = await stat(folder).then(
      () => true,
      () => false,
    )
    return isThere ? await this.#connect(call) : undefined
  }

  /** Undefined when the service is not deployed. It moves to the wanted port, where one is wanted. */
  async status(call: Call): Promise<ServiceStatus | undefined> {
    if (!(await this.existing(call))) return undefined
    const move: Partial<Ask> = this.#port === undefined ? {} : { method: 'PUT', body: { port: this.#port } }
    return (await this.ask({ path: this.path(), ...move }, call)) as ServiceStatus | undefined
  }

  /** The same, at the end of a deploy: the service is open to others from now on, where that is wanted. */
  async openedStatus(call: Call): Promise<ServiceStatus | undefined> {
    const status = await this.status(call)
    if (!status || this.#host === undefined) return status
    const body: ServiceRequest = { host: this.#host }
    return (await this.ask({ path: this.path(), method: 'PUT', body }, call)) as ServiceStatus | undefined
  }

  async ask(ask: Ask, call: Call): Promise<unknown> {
    return await this.with(call, (client) => client.ask({ ...ask, signal: call.signal }))
  }

  /** Works with the platform; once more with the next one when it goes away meanwhile. */
  async with<T>(call: Call, work: (client: PlatformClient) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(await this.#connect(call))
      } catch (failure) {
        if (!(failure instanceof PlatformGone) || attempt >= ATTEMPTS) throw failure
        this.#client = undefined
      }
    }
  }

  #connect(call: Call): Promise<PlatformClient> {
    this.#client ??= ensurePlatform({ home: this.#home, signal: call.signal, note: call.note })
    return this.#client
  }
}
