import { type Asking, type Call, clock, Pacer, Patience, type Tree } from '@anyfaas/kit'
import { describeSilence, isPassing, isThrottled, refuse } from '../../account/failures.ts'
import { type ApiClient, type ApiConfig, makeClient, type Product } from '../../account/sdk.ts'

export interface Request {
  readonly action: string
  readonly params?: object
  /** What a refusal is about, such as `function/login`. */
  readonly about: string
  /** How long the answer is awaited, in milliseconds; a minute when missing. */
  readonly answerMs?: number
}

export interface ListRequest extends Request {
  /** Where the answer holds the items. */
  readonly field: string
  /** Items a page; 20 when missing, which every list takes. */
  readonly page?: number
  /** This list takes its numbers as text. */
  readonly isText?: boolean
}

/** The API of SCF and of the products beside it: paced, one attempt a call, refusals made readable. */
export class ScfClient {
  /** Whose the calls are, and where they go. */
  readonly config: ApiConfig
  readonly #clients = new Map<Product, ApiClient>()
  readonly #pacer = new Pacer({ rate: RATE, burst: RATE / 2, isThrottled, clock })
  readonly #patience: Patience

  constructor(config: ApiConfig, asking?: Asking) {
    this.config = config
    this.#patience = new Patience({ retryable: isPassing, describe: describeSilence, clock, asking })
  }

  get region(): string {
    return this.config.region
  }

  /** Does one call when the platform can take it; the answer. What only reads is tried again when that may help. */
  async call(request: Request, call: Pick<Call, 'signal'>, product: keyof typeof PRODUCTS = 'scf'): Promise<Tree> {
    const { action, params = {}, about, answerMs } = request
    const { signal } = call
    // A signal of its own: the library listens to it, and many calls at a time share the caller's.
    const send = () =>
      this.#client(PRODUCTS[product]).request(action, params, { signal: AbortSignal.any([signal]), answerMs })
    const once = () => this.#pacer.run(`${product}:${action}`, send, signal)
    try {
      return await (READS.test(action) ? this.#patience.read(product, once, signal) : once())
    } catch (error) {
      throw refuse(about, error)
    }
  }

  /** All items of a list, page by page. */
  async list(request: ListRequest, call: Pick<Call, 'signal'>): Promise<Tree[]> {
    const { action, params, about, field, page = 20, isText = false } = request
    const spell = (count: number): number | string => (isText ? String(count) : count)
    const items: Tree[] = []
    for (;;) {
      const where = { Offset: spell(items.length), Limit: spell(page) }
      const answer = await this.call({ action, about, params: { ...params, ...where } }, call)
      const found = (answer[field] ?? []) as Tree[]
      items.push(...found)
      const total = Number(answer['TotalCount'] ?? answer['Total'] ?? 0)
      if (found.length === 0 || items.length >= total) return items
    }
  }

  #client(product: Product): ApiClient {
    const known = this.#clients.get(product)
    if (known) return known
    const client = makeClient(product, this.config)
    this.#clients.set(product, client)
    return client
  }
}

const PRODUCTS = {
  scf: { word: 'scf', version: '2018-04-16' },
  tag: { word: 'tag', version: '2018-08-13' },
  sts: { word: 'sts', version: '2018-08-13' },
  cls: { word: 'cls', version: '2020-10-16' },
  cam: { word: 'cam', version: '2019-01-16' },
  monitor: { word: 'monitor', version: '2018-07-24' },
} as const satisfies Record<string, Product>

// Calls a second and action: https://cloud.tencent.com/document/product/583/18589
const RATE = 20

const READS = /^(Get|List|Search)/
