/**
 * A call on its way, in the words of OpenFaaS, so that its workers and ours read the same queues:
 * https://github.com/openfaas/faas-provider/blob/master/types/queue.go
 */
export interface QueueMessage {
  readonly Header: Readonly<Record<string, readonly string[]>>
  readonly Host: string
  /** Base64. */
  readonly Body: string
  readonly Method: string
  readonly Path: string
  readonly QueryString: string
  /** `NAME.SERVICE.STAGE`. */
  readonly Function: string
  readonly QueueName: string
  readonly CallbackUrl: GoUrl | null
}

/** How Go writes a parsed address as JSON. */
export interface GoUrl {
  readonly Scheme: string
  readonly Opaque: string
  readonly User: object | null
  readonly Host: string
  readonly Path: string
  readonly RawPath: string
  readonly ForceQuery: boolean
  readonly RawQuery: string
  readonly Fragment: string
  readonly RawFragment: string
}

export function toGoUrl({ protocol, host, pathname, search }: URL): GoUrl {
  const Path = safeDecode(pathname)
  return {
    Scheme: protocol.slice(0, -1),
    Opaque: '',
    User: null,
    Host: host,
    Path,
    RawPath: encodeURI(Path) === pathname ? '' : pathname,
    ForceQuery: false,
    RawQuery: search.slice(1),
    Fragment: '',
    RawFragment: '',
  }
}

export function fromGoUrl({ Scheme, Host, Path, RawPath, RawQuery }: GoUrl): URL {
  return new URL(`${Scheme}://${Host}${RawPath || encodeURI(Path)}${RawQuery && `?${RawQuery}`}`)
}

/** The message in a text; undefined when it is none. */
export function readMessage(text: string): QueueMessage | undefined {
  const value = parse(text) as Partial<QueueMessage> | undefined
  if (typeof value !== 'object' || value === null) return undefined
  const { Function: name, Body = '', Method = 'POST', Path = '', QueryString = '', Header = {} } = value
  if (typeof name !== 'string' || name === '' || typeof Body !== 'string' || typeof Header !== 'object')
    return undefined
  const { Host = '', QueueName = '', CallbackUrl = null } = value
  return { Header: Header ?? {}, Host, Body, Method, Path, QueryString, Function: name, QueueName, CallbackUrl }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function safeDecode(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}
