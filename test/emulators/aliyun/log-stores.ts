import { createHash, createHmac } from 'node:crypto'
import type { WireReply, WireRequest } from '../emulator.ts'

/** One line of a log store; `topic` and the fields are what Function Compute writes. */
export interface Entry {
  readonly project: string
  readonly store: string
  readonly timeSec: number
  readonly topic: string
  readonly fields: Readonly<Record<string, string>>
}

/** The log service: projects, their stores and indexes, and lines to search. */
export class LogStores {
  readonly entries: Entry[] = []
  /** How many of the next searches look at a part only. */
  hurried = 0
  /** Projects that were made just now: what comes next does not find them yet. */
  readonly #young = new Set<string>()
  readonly projects = new Set<string>()
  readonly stores = new Set<string>()
  readonly indexes = new Set<string>()

  answer(request: WireRequest, keys: ReadonlyMap<string, string>): WireReply {
    const problem = checkLogSignature(request, keys)
    if (problem) return refusal(401, problem)
    const project = (request.headers['host'] ?? '').split('.')[0] ?? ''
    const [, store, tail] = /^\/logstores(?:\/([^/]+))?(\/index)?$/.exec(request.path) ?? []
    if (request.method === 'GET' && store && request.query.get('type') === 'log')
      return this.#search(project, store, request)
    return this.#thing({ request, project, store, isIndex: tail !== undefined })
  }

  #thing({ request: { method, path, body }, project, store, isIndex }: Wish): WireReply {
    const asked = (body.length === 0 ? {} : JSON.parse(body.toString())) as Record<string, unknown>
    if (path === '/')
      return method === 'GET'
        ? this.#found(this.projects.has(project), 'ProjectNotExist')
        : this.#born(String(asked['projectName']))
    if (!this.projects.has(project) || this.#young.delete(project)) return refusal(404, 'ProjectNotExist')
    const id = `${project}/${store ?? asked['logstoreName']}`
    if (isIndex && !this.stores.has(id)) return refusal(404, 'LogStoreNotExist')
    if (isIndex)
      return method === 'GET'
        ? this.#found(this.indexes.has(id), 'IndexConfigNotExist')
        : this.#made(this.indexes, id, 'IndexAlreadyExist')
    return method === 'GET'
      ? this.#found(this.stores.has(id), 'LogStoreNotExist')
      : this.#made(this.stores, id, 'LogStoreAlreadyExist')
  }

  #born(project: string): WireReply {
    if (!this.projects.has(project)) this.#young.add(project)
    return this.#made(this.projects, project, 'ProjectAlreadyExist')
  }

  #found(isThere: boolean, code: string): WireReply {
    return isThere ? { status: 200, body: {} } : refusal(404, code)
  }

  #made(things: Set<string>, id: string, code: string): WireReply {
    if (things.has(id)) return refusal(400, code)
    things.add(id)
    return { status: 200 }
  }

  // https://www.alibabacloud.com/help/en/sls/developer-reference/api-sls-2020-12-30-getlogs
  #search(project: string, store: string, { query }: WireRequest): WireReply {
    const [from, to, line] = ['from', 'to', 'line'].map((name) => Number(query.get(name))) as [number, number, number]
    if (!(from < to) || line > 100) return refusal(400, 'ParameterInvalid')
    if (this.hurried > 0) {
      this.hurried--
      return { status: 200, body: [], headers: { 'x-log-progress': 'Incomplete', 'x-log-count': '0' } }
    }
    const terms = (query.get('query') ?? '').split(' and ')
    const found = this.entries
      .filter((one) => one.project === project && one.store === store && one.timeSec >= from && one.timeSec < to)
      .filter((one) => terms.every((term) => matches(term, one)))
      .sort((a, b) => a.timeSec - b.timeSec)
    const start = Number(query.get('offset') ?? 0)
    const body = found
      .slice(start, start + line)
      .map(({ timeSec, topic, fields }) => ({ __time__: String(timeSec), __topic__: topic, __source__: '', ...fields }))
    return { status: 200, body, headers: { 'x-log-progress': 'Complete', 'x-log-count': String(body.length) } }
  }
}

interface Wish {
  readonly request: WireRequest
  readonly project: string
  readonly store: string | undefined
  readonly isIndex: boolean
}

function matches(term: string, { topic, fields }: Entry): boolean {
  const [, wanted] = /^__topic__:"([^"]*)"$/.exec(term) ?? []
  if (wanted !== undefined) return topic === wanted
  const word = term.replaceAll('"', '')
  return Object.values(fields).some((value) => value.includes(word))
}

/** What is wrong with a signature. https://www.alibabacloud.com/help/en/sls/developer-reference/request-signatures */
export function checkLogSignature(
  { headers, method, path, query, body, atMs }: WireRequest,
  keys: ReadonlyMap<string, string>,
): string | undefined {
  const [, id = '', signature] = /^LOG ([^:]+):(.+)$/.exec(headers['authorization'] ?? '') ?? []
  const secret = keys.get(id)
  if (secret === undefined) return 'Unauthorized'
  if (!(Math.abs(atMs - Date.parse(headers['date'] ?? '')) <= 15 * 60_000)) return 'RequestTimeExpired'
  const md5 = createHash('md5').update(body).digest('hex').toUpperCase()
  if (body.length > 0 && headers['content-md5'] !== md5) return 'InvalidContentMD5'
  if (headers['x-log-bodyrawsize'] !== String(body.length)) return 'InvalidBodySize'
  const own = Object.keys(headers)
    .filter((name) => name.startsWith('x-log-') || name.startsWith('x-acs-'))
    .sort()
    .map((name) => `${name}:${headers[name]}\n`)
  const lines = [method, headers['content-md5'] ?? '', headers['content-type'] ?? '', headers['date'] ?? '']
  const asked = [...query].map(([name, value]) => `${name}=${value}`).sort()
  const resource = `${path}${asked.length > 0 ? `?${asked.join('&')}` : ''}`
  const text = `${lines.join('\n')}\n${own.join('')}${resource}`
  return createHmac('sha1', secret).update(text).digest('base64') === signature ? undefined : 'SignatureNotMatch'
}

function refusal(status: number, errorCode: string): WireReply {
  return { status, body: { errorCode, errorMessage: `refused: ${errorCode}` }, headers: { 'x-log-requestid': 'r' } }
}
