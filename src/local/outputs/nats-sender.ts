import type { JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { refusal } from './refusal.ts'

const TIMEOUT_MS = 10_000
/** For so long it is not asked again whether a stream keeps a subject. */
const KNOWN_MS = 5000

/** Publishes to subjects of NATS, over one connection to each server. */
export class NatsSender {
  readonly #servers = new Map<string, Promise<Server>>()

  /** Resolves when the stream has the message, or, where no stream keeps its subject, when the server has it. */
  async send(servers: readonly string[], subject: string, body: Buffer): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const failure = refusal('timeout', `the server of NATS did not take it in ${TIMEOUT_MS / 1000} s`)
      timer = setTimeout(() => reject(failure), TIMEOUT_MS)
    })
    await Promise.race([this.#publish(servers, subject, body), late]).finally(() => clearTimeout(timer))
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#servers.values()].map(async (server) => (await server).connection.close()))
  }

  async #publish(servers: readonly string[], subject: string, body: Buffer): Promise<void> {
    const { connection, isKept, publishKept } = await this.#serverOf(servers)
    if (await isKept(subject)) return await publishKept(subject, body)
    connection.publish(subject, body)
    await connection.flush()
  }

  #serverOf(servers: readonly string[]): Promise<Server> {
    const key = servers.join(',')
    const known = this.#servers.get(key)
    if (known) return known
    const opened = openServer(servers).catch((failure: Error) => {
      this.#servers.delete(key)
      throw refusal('reply', failure.message || failure.name)
    })
    this.#servers.set(key, opened)
    return opened
  }
}

interface Server {
  readonly connection: NatsConnection
  readonly isKept: (subject: string) => Promise<boolean>
  readonly publishKept: (subject: string, body: Buffer) => Promise<void>
}

async function openServer(servers: readonly string[]): Promise<Server> {
  const { connectNats, managerOf } = await import('../nats-client.ts')
  const connection = await connectNats(servers)
  const manager = await managerOf(connection)
  const stream = manager.jetstream()
  return {
    connection,
    isKept: remembering(manager),
    publishKept: async (subject, body) => void (await stream.publish(subject, body)),
  }
}

function remembering(manager: JetStreamManager): Server['isKept'] {
  const known = new Map<string, { readonly at: number; readonly isKept: Promise<boolean> }>()
  return (subject) => {
    const found = known.get(subject)
    if (found && performance.now() - found.at < KNOWN_MS) return found.isKept
    const isKept = import('../nats-client.ts').then(
      async ({ streamOf }) => (await streamOf(manager, subject)) !== undefined,
    )
    known.set(subject, { at: performance.now(), isKept })
    return isKept
  }
}
