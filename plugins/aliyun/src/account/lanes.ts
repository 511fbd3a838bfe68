import { type Asking, clock, Pacer, Patience, type Tree } from '@anyfaas/kit'
import { describeSilence, isPassing, isThrottled, refuse } from './failures.ts'

/** A call of a service as all clients send it: paced by its name, refusals made readable. */
export interface Sending {
  /** The platform's name of the call, such as `CreateFunction`. */
  readonly action: string
  /** What a refusal is about, such as `function/login`. */
  readonly about: string
  /** It changes nothing, so it is tried again when that may help. Whether a change is, is for the engine to say. */
  readonly isRead: boolean
}

/** The pace of one service: reads and changes, each action at a rate of its own that the platform's answers correct. */
export class Lanes {
  readonly #reads = new Pacer({ rate: READS, isThrottled, clock })
  readonly #writes = new Pacer({ rate: WRITES, burst: WRITES / 2, isThrottled, clock })
  readonly #service: string
  readonly #patience: Patience

  /** `service` is a name for it that no other service has; `patience` is what all services of a connection share. */
  constructor(service: string, patience = patienceOf()) {
    this.#service = service
    this.#patience = patience
  }

  async run<T>({ action, about, isRead }: Sending, send: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const once = (): Promise<T> => (isRead ? this.#reads : this.#writes).run(action, send, signal)
    try {
      return await (isRead ? this.#patience.read(this.#service, once, signal) : once())
    } catch (error) {
      throw refuse(about, error)
    }
  }
}

/** What all services of a connection share. */
export function patienceOf(asking?: Asking): Patience {
  return new Patience({ retryable: isPassing, describe: describeSilence, clock, asking })
}

/** All items of a list of Function Compute, page by page. `field` is where an answer holds them. */
export async function pages(
  read: (query: Readonly<Record<string, string>>) => Promise<Tree>,
  field: string,
): Promise<Tree[]> {
  const items: Tree[] = []
  let nextToken = ''
  do {
    const page = await read({ limit: '100', ...(nextToken && { nextToken }) })
    items.push(...((page[field] ?? []) as Tree[]))
    nextToken = String(page['nextToken'] ?? '')
  } while (nextToken !== '')
  return items
}

// Calls a second and action to begin with.
const READS = 50
const WRITES = 20
