import { readFile } from 'node:fs/promises'

/** How brokers of Kafka are reached. */
export interface KafkaPlace {
  readonly brokers: readonly { readonly host: string; readonly port: number }[]
  /** Texts in PEM, besides what this machine trusts; absent without TLS. */
  readonly tls?: Partial<Record<(typeof FILES)[number], string>>
  readonly login?: { readonly mechanism: Mechanism; readonly username: string; readonly password: string }
}

type Mechanism = (typeof MECHANISMS)[number]

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
const FILES = ['ca', 'cert', 'key'] as const
const DEFAULT_PORT = 9092

/** Whether an address is one of brokers of Kafka: `HOST:PORT`, `kafka://…` or `kafka+ssl://…`. */
export function isKafka(address: string): boolean {
  return /^(?:kafka(?:\+ssl)?:\/\/[^/?\s]+\/?(?:\?\S*)?|[\w.-]+:\d+)$/.test(address)
}

/**
 * Reads `HOST:PORT`, `kafka://[USER:PASSWORD@]HOST[:PORT]` and `kafka+ssl://…`, which may be followed by `?mechanism=scram-sha-256` or
 * `-512` (plain when it is absent) and, with TLS, by `ca`, `cert` and `key`: paths of files in PEM. The first address that says how to log in
 * says it for all. Rejects with what is wrong, in words without secrets.
 */
export async function readKafkaPlace(addresses: readonly string[]): Promise<KafkaPlace> {
  const urls = addresses.map((address) => urlOf(address))
  const brokers = urls.map(({ hostname, port }) => ({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || DEFAULT_PORT),
  }))
  const login = urls.flatMap(loginOf)[0]
  const [secure] = urls.filter(({ protocol }) => protocol === 'kafka+ssl:')
  return { brokers, ...(login && { login }), ...(secure && { tls: await readFiles(secure.searchParams) }) }
}

/** The address as one with a scheme; one that is none stays as it is. */
export function withScheme(address: string): string {
  return /^[a-z+]+:\/\//.test(address) ? address : `kafka://${address}`
}

function urlOf(address: string): URL {
  const text = withScheme(address)
  if (!isKafka(address) || !URL.canParse(text))
    throw new Error('an address of it is none: kafka://USER:PASSWORD@HOST:9092')
  return new URL(text)
}

function loginOf({ username, password, searchParams }: URL): NonNullable<KafkaPlace['login']>[] {
  if (username === '') return []
  const asked = (searchParams.get('mechanism') ?? 'plain').toUpperCase()
  const mechanism = MECHANISMS.find((known) => known === asked)
  if (!mechanism) throw new Error(`the mechanism of the login is one of ${MECHANISMS.join(', ').toLowerCase()}`)
  return [{ mechanism, username: decodeURIComponent(username), password: decodeURIComponent(password) }]
}

async function readFiles(params: URLSearchParams): Promise<NonNullable<KafkaPlace['tls']>> {
  const named = FILES.flatMap((name) => {
    const path = params.get(name)
    return path === null ? [] : [{ name, path }]
  })
  const read = await Promise.all(named.map(async ({ name, path }) => [name, await readFile(path, 'utf8')] as const))
  return Object.fromEntries(read)
}
