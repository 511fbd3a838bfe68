import type { JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { ServerConnections, type ServerTopic } from './connections.ts'
import { refusal } from './refusal.ts'

const TIMEOUT_MS = 10_000
/** For so long it is not asked again whether a stream keeps a subject. */
const KNOWN_MS = 5000

/** One connection to each set of servers. */
export function natsConnections(): ServerConnections<Server> {
  return new ServerConnections(openServer, ({ connection }) => connection.close())
}

/** Resolves when the stream has the message, or, where no stream keeps its subject, when the server has it. */
export async function sendToNats(
  connections: ServerConnections<Server>,
  { servers, topic }: ServerTopic,
  body: Buffer,
): Promise<void> {
  const late = () => refusal('timeout', `the server of NATS did not take it in ${TIMEOUT_MS / 1000} s`)
  await connections.use(servers, (server) => publishTo(server, topic, body), { ms: TIMEOUT_MS, late })
}

async function publishTo({ connection, isKept, publishKept }: Server, subject: string, body: Buffer): Promise<void> {
  if (await isKept(subject)) return await publishKept(subject, body)
  connection.publish(subject, body)
  await connection.flush()
}

export interface Server {
  readonly connection: NatsConnection
  readonly isKept: (subject: string) => Promise<boolean>
  readonly publishKept: (subject: string, body: Buffer) => Promise<void>
}

async function openServer(servers: readonly string[]): Promise<Server> {
  const { connectNats, managerOf } = await import('../nats-client.ts')
  const connection = await connectNats(servers).catch((failure: Error) => {
    throw refusal('reply', failure.message || failure.name)
  })
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
