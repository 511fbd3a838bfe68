interface Kept<T> {
  readonly opened: Promise<T>
  /** Messages on their way. */
  running: number
  isUnwanted: boolean
}

/** Connections to brokers by their addresses, each opened when it is first used and kept for as long as an output names it. */
export class Connections<T> {
  readonly #kept = new Map<string, Kept<T>>()
  readonly #closing = new Set<Promise<void>>()
  readonly #close: (connection: T) => Promise<void>

  constructor(close: (connection: T) => Promise<void>) {
    this.#close = close
  }

  /** What `send` resolves with. A connection that could not be opened is tried again the next time. */
  async use<R>(key: string, open: () => Promise<T>, send: (connection: T) => Promise<R>): Promise<R> {
    const kept = this.#kept.get(key) ?? this.#open(key, open)
    kept.running++
    try {
      return await send(await kept.opened)
    } finally {
      kept.running--
      if (kept.isUnwanted) this.#end(kept)
    }
  }

  /** Closes the others, each when what is on its way over it has been settled. */
  keep(keys: ReadonlySet<string>): void {
    for (const [key, kept] of this.#kept) {
      if (keys.has(key)) continue
      this.#kept.delete(key)
      kept.isUnwanted = true
      this.#end(kept)
    }
  }

  /** Closes all, whatever is on its way. */
  async close(): Promise<void> {
    for (const kept of this.#kept.values()) this.#end({ ...kept, running: 0 })
    this.#kept.clear()
    await Promise.all(this.#closing)
  }

  #open(key: string, open: () => Promise<T>): Kept<T> {
    const kept = { opened: open(), running: 0, isUnwanted: false }
    this.#kept.set(key, kept)
    // An address that is none today can name a file that is there tomorrow.
    kept.opened.catch(() => {
      if (this.#kept.get(key) === kept) this.#kept.delete(key)
    })
    return kept
  }

  #end({ opened, running }: Kept<T>): void {
    if (running > 0) return
    const closing: Promise<void> = opened
      // What has not been opened needs no end, and of one that does not end well there is nobody to tell.
      .then(this.#close)
      .catch(() => undefined)
      .finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }
}

/** Something to send to, at any of some brokers that belong together. */
export interface ServerTopic {
  readonly servers: readonly string[]
  readonly topic: string
}

/** The same for brokers that belong together and have several addresses. */
export class ServerConnections<T> {
  readonly #connections: Connections<T>
  readonly #open: (servers: readonly string[]) => Promise<T>

  constructor(open: (servers: readonly string[]) => Promise<T>, close: (connection: T) => Promise<void>) {
    this.#connections = new Connections(close)
    this.#open = open
  }

  /** What `send` resolves with, unless opening and sending take longer. */
  async use<R>(servers: readonly string[], send: (connection: T) => Promise<R>, { ms, late }: Limit): Promise<R> {
    const open = (): Promise<T> => this.#open(servers)
    const sending = this.#connections.use(keyOf(servers), open, (one) => within(ms, send(one), late))
    return await within(ms, sending, late)
  }

  /** Leaves the brokers that are none of these. */
  keep(servers: readonly (readonly string[])[]): void {
    this.#connections.keep(new Set(servers.map(keyOf)))
  }

  async close(): Promise<void> {
    await this.#connections.close()
  }
}

interface Limit {
  readonly ms: number
  readonly late: () => Error
}

function keyOf(servers: readonly string[]): string {
  return servers.join(',')
}

/** Rejects with the failure when the work takes longer. */
export async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms)
  })
  return await Promise.race([work, end]).finally(() => clearTimeout(timer))
}
