import { type Asking, type Call, clock, Pacer, Patience, type Tree } from '@anyfaas/kit'
import { readOnlyAnswers } from './answers.ts'
import { describeSilence, isPassing, isThrottled, refuse } from './failures.ts'
import { type Action, clientOf, makeCommand, type SdkClient, type ServiceName } from './sdk.ts'

/** A call of one of the vendor's services. */
export type Request = { readonly [S in ServiceName]: RequestTo<S> }[ServiceName]

interface RequestTo<S extends ServiceName> {
  readonly service: S
  /** The vendor's name of the call, such as `CreateFunction`. */
  readonly action: Action<S>
  readonly input: object
  /** What a refusal is about, such as `function/login`. */
  readonly about: string
  /** How long the answer is awaited, in milliseconds; as long as the vendor's library does when missing. */
  readonly answerMs?: number
}

/** What every client gets. */
export interface ApiConfig {
  readonly region: string
  /** Another address than the vendor's own. */
  readonly endpoint?: string
}

/** How a list goes on. */
export interface Paging {
  /** Where the answer holds the items. */
  readonly items: string
  /** Where it says how to ask for the next page, and where that is asked. */
  readonly next: string
  readonly ask: string
}

/** AWS by the vendor's library: paced, one attempt a call, refusals made readable. What only reads is tried again when that may help. */
export class Api {
  readonly config: ApiConfig
  readonly #clients = new Map<ServiceName, Promise<SdkClient>>()
  readonly #pacers = new Map<string, Pacer>()
  readonly #patience: Patience
  #credentials: SdkClient['config']['credentials'] | undefined
  #hasChanged = false

  constructor(config: ApiConfig, asking?: Asking) {
    this.config = config
    this.#patience = new Patience({ retryable: isPassing, describe: describeSilence, clock, asking })
  }

  /** Whether a call was made that may have changed something, so that what was read before may be otherwise now. */
  get hasChanged(): boolean {
    return this.#hasChanged
  }

  /** Does one call when the platform can take it. */
  async call({ service, action, input, about, answerMs }: Request, { signal }: Pick<Call, 'signal'>): Promise<Tree> {
    const [client, command] = await Promise.all([
      this.client(service),
      makeCommand(service, action as Action<ServiceName>, input),
    ])
    const [lane, pacer] = this.#laneOf(service, action)
    // A signal of its own: the library listens to it, and many calls at a time share the caller's.
    const limit = answerMs === undefined ? {} : { requestTimeout: answerMs }
    const send = (): Promise<Tree> => client.send(command, { abortSignal: AbortSignal.any([signal]), ...limit })
    const once = (): Promise<Tree> => pacer.run(lane, send, signal)
    const isRead = READS.test(action)
    if (!isRead) this.#hasChanged = true
    try {
      return await (isRead ? this.#patience.read(service, once, signal) : once())
    } catch (error) {
      throw refuse(about, error)
    }
  }

  /** All items of a list, page by page. */
  async list(request: Request, { items, next, ask }: Paging, call: Pick<Call, 'signal'>): Promise<Tree[]> {
    const found: Tree[] = []
    for (let token: unknown; ; ) {
      const page = await this.call(
        { ...request, input: { ...request.input, ...(token ? { [ask]: token } : {}) } },
        call,
      )
      found.push(...((page[items] ?? []) as Tree[]))
      token = page[next]
      if (!token) return found
    }
  }

  client(service: ServiceName): Promise<SdkClient> {
    const known = this.#clients.get(service) ?? this.#make(service)
    this.#clients.set(service, known)
    return known
  }

  async close(): Promise<void> {
    for (const client of await Promise.all(this.#clients.values())) client.destroy()
  }

  // Each client would look for credentials by itself, and a role be taken on as often: all have those of the first.
  async #make(service: ServiceName): Promise<SdkClient> {
    const Client = await clientOf(service)
    const client = new Client({ ...this.config, ...(this.#credentials && { credentials: this.#credentials }) })
    this.#credentials ??= client.config.credentials
    readOnlyAnswers(client, service)
    return client
  }

  #laneOf(service: ServiceName, action: string): readonly [string, Pacer] {
    const name = PACES[action] ? action : service
    const known = this.#pacers.get(name)
    if (known) return [name, known]
    const pacer = new Pacer({ ...(PACES[name] ?? USUAL), isThrottled, clock })
    this.#pacers.set(name, pacer)
    return [name, pacer]
  }
}

const READS = /^(Get|List|Describe|Filter|Head)/

// Calls a second, for all calls of a service together, or for one that has a limit of its own. The platform's own bucket is
// never emptied at the start: what bunches up on its way later would be refused.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
const PACES: Readonly<Record<string, { readonly rate: number; readonly burst: number }>> = {
  lambda: { rate: 15, burst: 8 },
  GetFunction: { rate: 100, burst: 100 },
  GetPolicy: { rate: 15, burst: 8 },
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html: 250 and more, of old accounts 50.
  GetSchedule: { rate: 100, burst: 50 },
  Invoke: { rate: 1000, burst: 1000 },
  apigateway: { rate: 10, burst: 40 },
}
const USUAL = { rate: 20, burst: 10 }
