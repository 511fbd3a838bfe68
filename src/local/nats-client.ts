import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'

// The rest of the library that is used, so that there is one copy of it for all bundles: see `scripts/bundle.mjs`.
export {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
} from '@nats-io/jetstream'

const CONNECT_MS = 5000

/**
 * A connection to a server of NATS, or to one of several, that is made again whenever it breaks: `nats://user:password@host:4222`.
 * Rejects when there is none at first. In a bundle of its own: most platforms never need it.
 */
export async function connectNats(servers: readonly string[]): Promise<NatsConnection> {
  const urls = servers.map((server) => new URL(server))
  const { username, password } = urls.find((url) => url.username) ?? { username: '', password: '' }
  const login = username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : {}
  const hosts = urls.map(({ host }) => host)
  return await connect({
    servers: hosts,
    ...login,
    maxReconnectAttempts: -1,
    // A server that does not know the password for a while, in the midst of a change of it, is asked again as well.
    ignoreAuthErrorAbort: true,
    timeout: CONNECT_MS,
    name: 'anyfaas',
  })
}

/** What knows the streams of a server. A server without streams is told when it is asked, not here. */
export async function managerOf(connection: NatsConnection): Promise<JetStreamManager> {
  return await jetstreamManager(connection, { checkAPI: false })
}

/** The stream that keeps the messages of a subject; undefined when none does. */
export async function streamOf(manager: JetStreamManager, subject: string): Promise<string | undefined> {
  try {
    return await manager.streams.find(subject)
  } catch (failure) {
    if (
      failure instanceof JetStreamApiError ? NONE.has(failure.code) : (failure as Error).name === 'JetStreamNotEnabled'
    )
      return undefined
    throw failure
  }
}

const NONE: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamNotFound,
  JetStreamApiCodes.JetStreamNotEnabledForAccount,
])
