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
  #moved: Promise<unknown> | undefined

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

  /** Undefined when the service is not deployed. */
  async status(call: Call): Promise<ServiceStatus | undefined> {
    if (!(await this.existing(call))) return undefined
    return (await this.ask({ path: this.path() }, call)) as ServiceStatus | undefined
  }

  /**
   * What is deployed goes to the wanted port, where one is wanted: before the first change, so that one that is taken keeps the
   * rest from being done. Throws SLS7005.
   */
  async move(call: Call): Promise<void> {
    if (this.#port === undefined) return
    const body: ServiceRequest = { port: this.#port }
    this.#moved ??= this.ask({ path: this.path(), method: 'PUT', body }, call)
    try {
      await this.#moved
    } catch (failure) {
      this.#moved = undefined
      throw failure
    }
  }

  /** The status at the end of a deploy: the service is where it was wanted, and open to others where that was. */
  async openedStatus(call: Call): Promise<ServiceStatus | undefined> {
    if (!(await this.existing(call))) return undefined
    await this.move(call)
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
