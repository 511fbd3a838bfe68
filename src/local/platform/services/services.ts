import { Queues } from '../../queue.ts'
import type { Deployed } from './deployed.ts'
import type { ServiceHost } from './service-host.ts'
import type { ServiceState } from './service-state.ts'

/** A function of some service, by its name on the whole platform. */
export interface Placed {
  readonly host: ServiceHost
  readonly found: Deployed
}

/** The services of a platform. One begins with its first function and ends with its last, one after the other. */
export class Services {
  readonly #make: (state: ServiceState) => ServiceHost
  readonly #all = new Map<string, ServiceHost>()
  readonly #lives = new Queues()
  /** Of deploys that are under way, by service. */
  readonly #deploys = new Map<string, number>()

  constructor(make: (state: ServiceState) => ServiceHost) {
    this.#make = make
  }

  get all(): readonly ServiceHost[] {
    return [...this.#all.values()]
  }

  /** Whether there is none, and none is about to be. */
  get isEmpty(): boolean {
    return this.#all.size === 0 && this.#deploys.size === 0
  }

  find(service: string, stage: string): ServiceHost | undefined {
    return this.#all.get(keyOf(service, stage))
  }

  /** By `NAME.SERVICE.STAGE`. */
  function(path: string): Placed | undefined {
    for (const host of this.#all.values()) {
      const place = functionPath('', host.name, host.stage)
      const found = path.endsWith(place) ? host.find(path.slice(0, -place.length)) : undefined
      if (found) return { host, found }
    }
    return undefined
  }

  portsBut(host: ServiceHost): ReadonlySet<number> {
    const others = this.all.filter((other) => other !== host)
    return new Set(others.flatMap((other) => other.port ?? []))
  }

  /** Brings back one that was there; it is not opened. */
  add(state: ServiceState): ServiceHost {
    const host = this.#make(state)
    this.#all.set(keyOf(state.service, state.stage), host)
    return host
  }

  /** Deploys into a service, which is begun on the wanted port when it is not there, and ends again when nothing came of it. */
  async within<T>(
    { service, stage, port }: { readonly service: string; readonly stage: string; readonly port: number | undefined },
    deploy: (host: ServiceHost) => Promise<T>,
  ): Promise<T> {
    const key = keyOf(service, stage)
    this.#count(key, 1)
    try {
      return await deploy(await this.#need({ service, stage, functions: [] }, port))
    } finally {
      this.#count(key, -1)
      await this.#discardWhenEmpty(key)
    }
  }

  /** Already gone is success. */
  async remove(service: string, stage: string, name: string): Promise<void> {
    const key = keyOf(service, stage)
    await this.#all.get(key)?.remove(name)
    await this.#discardWhenEmpty(key)
  }

  #need(state: ServiceState, port: number | undefined): Promise<ServiceHost> {
    const key = keyOf(state.service, state.stage)
    return this.#lives.run(key, async () => {
      const known = this.#all.get(key)
      if (known) return known
      const host = this.add(state)
      try {
        await host.open(port)
      } catch (failure) {
        this.#all.delete(key)
        await host.discard()
        throw failure
      }
      return host
    })
  }

  async #discardWhenEmpty(key: string): Promise<void> {
    await this.#lives.run(key, async () => {
      const host = this.#all.get(key)
      if (!host?.isEmpty || this.#deploys.has(key)) return
      this.#all.delete(key)
      await host.discard()
    })
  }

  #count(key: string, by: number): void {
    const count = (this.#deploys.get(key) ?? 0) + by
    if (count > 0) this.#deploys.set(key, count)
    else this.#deploys.delete(key)
  }
}

/** A function's name on the whole platform. */
export function functionPath(name: string, service: string, stage: string): string {
  return `${name}.${service}.${stage}`
}

function keyOf(service: string, stage: string): string {
  return JSON.stringify([service, stage])
}
