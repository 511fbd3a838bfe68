/** A request without a body, as it stands between its first line and the empty one. */
export interface PlainHead {
  /** Path and query. */
  readonly url: string
  /** Names and values in turn, as they arrived. */
  readonly rawHeaders: readonly string[]
}

/**
 * The only request in these bytes, when it is a GET of HTTP/1.1 that wants nothing but an answer. Undefined for everything
 * else, be it wrong, in pieces, or merely rare: that is Node's to read.
 */
export function readPlainHead(bytes: Buffer): PlainHead | undefined {
  if (bytes.length > MOST_BYTES) return undefined
  const text = bytes.toString('latin1')
  const line = text.indexOf('\r\n')
  if (!text.startsWith('GET /') || !text.endsWith('\r\n\r\n') || !text.startsWith(VERSION, line - VERSION.length)) {
    return undefined
  }
  const url = text.slice(4, line - VERSION.length)
  const rawHeaders = TARGET.test(url) ? readHeaders(text, line + 2) : undefined
  return rawHeaders && { url, rawHeaders }
}

const MOST_BYTES = 8 << 10
const VERSION = ' HTTP/1.1'
const TARGET = /^[\x21\x22\x24-\x7e]+$/
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 and the next but three
const NAME = /^[\w!#$%&'*+.^`|~-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

function readHeaders(text: string, start: number): string[] | undefined {
  const headers: string[] = []
  let hosts = 0
  for (let at = start; at < text.length - 2; ) {
    const end = text.indexOf('\r\n', at)
    const colon = text.indexOf(':', at)
    if (colon < 0 || colon > end) return undefined
    const name = text.slice(at, colon)
    const value = trimmed(text, colon + 1, end)
    if (!NAME.test(name) || !VALUE.test(value)) return undefined
    const key = name.toLowerCase()
    if (key === 'host') hosts++
    else if (NOT_PLAIN.has(key) || (key === 'connection' && value.toLowerCase() !== 'keep-alive')) return undefined
    headers.push(name, value)
    at = end + 2
  }
  return hosts === 1 ? headers : undefined
}

/** They announce a body, another protocol, or a conversation before the answer. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
  'content-length',
  'expect',
  'http2-settings',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

// Of spaces and tabs alone: `trim` knows others.
function trimmed(text: string, start: number, end: number): string {
  let [from, to] = [start, end]
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}
