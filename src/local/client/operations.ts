import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  type Call,
  type Examination,
  error,
  type Finding,
  type FunctionMetrics,
  isMap,
  type LogLine,
  type MetricsQuery,
  type Operations,
  type RemoteAnswer,
  type RemoteInvocation,
  SlsError,
} from '@anyfaas/kit'
import type { Invoked, Metrics } from '../api.ts'
import type { Home } from '../home.ts'
import type { LocalHttpEvent } from '../runtime/protocol.ts'
import type { Link } from './link.ts'
import { lookForPlatform } from './start.ts'

/** What the platform can do with a deployed service. It keeps one version of a function, so there are no versions and no aliases. */
export class LocalOperations implements Operations {
  readonly #link: Link
  readonly #home: Home

  constructor(link: Link, home: Home) {
    this.#link = link
    this.#home = home
  }

  /** What looks like a request as `sls invoke --path` makes it is sent as one; anything else is the data of an event. */
  async invoke(request: RemoteInvocation, call: Call): Promise<RemoteAnswer> {
    if (request.qualifier !== undefined) {
      throw new SlsError(error('SLS2004', 'the local platform keeps one version of a function, which has no qualifier'))
    }
    const since = Date.now()
    const event = readJson(request.payload)
    const isRequest = isMap(event) && event['kind'] === 'http'
    const answer =
      isRequest || request.isAsync
        ? await this.#send(request, isRequest ? (event as unknown as LocalHttpEvent) : undefined, call)
        : await this.#fire(request.fn, event, call)
    return request.tail ? { ...answer, log: await this.#logOf(request.fn, answer.requestId, since, call) } : answer
  }

  async metrics({ functions, since, until }: MetricsQuery, call: Call): Promise<readonly FunctionMetrics[]> {
    const client = await this.#link.existing(call)
    const query = `?${new URLSearchParams({ since: String(since), until: String(until) })}`
    const found = (await client?.ask({ path: this.#link.path('metrics'), query, signal: call.signal })) as
      | Metrics
      | undefined
    return found?.functions.filter(({ function: name }) => functions.includes(name)) ?? []
  }

  async doctor(): Promise<Examination> {
    const running = await lookForPlatform(this.#home)
    const findings: Finding[] = [
      { what: 'Node.js', state: 'good', found: process.versions.node },
      await examineFolder(this.#home.root),
      { what: 'platform', state: 'good', found: running ? 'runs' : 'does not run; the first deploy starts it' },
    ]
    return { findings }
  }

  async #fire(fn: string, event: unknown, call: Call): Promise<RemoteAnswer> {
    if (!(await this.#link.existing(call))) throw notThere(fn)
    const path = this.#link.path('functions', fn, 'invoke')
    const done = (await this.#link.ask({ method: 'POST', path, body: { event } }, call)) as Invoked | undefined
    if (!done) throw notThere(fn)
    const { requestId, durationMs, error: failure, value } = done
    return {
      requestId,
      durationMs,
      payload: value === undefined ? '' : JSON.stringify(value),
      ...(failure && { error: failure }),
    }
  }

  async #send(
    { fn, payload, isAsync }: RemoteInvocation,
    event: LocalHttpEvent | undefined,
    call: Call,
  ): Promise<RemoteAnswer> {
    const status = await this.#link.status(call)
    if (!status?.functions.some(({ spec }) => spec.name === fn)) throw notThere(fn)
    const { method = 'POST', url = '', headers = [] } = event ?? {}
    const body = event ? bytesOf(event.body) : payload
    const began = performance.now()
    const response = await fetch(
      `${status.url}/${isAsync ? 'async-function' : 'function'}/${encodeURIComponent(fn)}${url}`,
      {
        method,
        headers: headers.filter(([name]) => name.toLowerCase() !== 'host').map(([name, value]) => [name, value]),
        redirect: 'manual',
        signal: call.signal,
        ...(body !== undefined && !['GET', 'HEAD'].includes(method) && { body }),
      },
    )
    const requestId = response.headers.get(isAsync ? 'x-call-id' : 'x-request-id') ?? undefined
    const text = await response.text()
    const durationMs = performance.now() - began
    const answer = { statusCode: response.status, headers: Object.fromEntries(response.headers), body: text }
    const error = failureOf(response, isAsync, text)
    return {
      ...(requestId && { requestId }),
      durationMs,
      payload: isAsync ? '' : JSON.stringify(answer),
      ...(error && { error }),
    }
  }

  async #logOf(fn: string, requestId: string | undefined, since: number, call: Call): Promise<string> {
    const query = `?${new URLSearchParams({ function: fn, since: String(since), follow: 'false' })}`
    const client = await this.#link.existing(call)
    const lines: string[] = []
    for await (const line of client?.lines({ path: this.#link.path('logs'), query, signal: call.signal }) ?? []) {
      const { text, requestId: of } = line as LogLine
      if (requestId === undefined || of === undefined || of === requestId) lines.push(text)
    }
    return lines.join('\n')
  }
}

// What the platform says in the function's stead. An answer of the function's own is one, whatever its status.
function failureOf({ status, headers }: Response, isAsync: boolean, text: string): RemoteAnswer['error'] {
  const type = headers.get('x-error-class')
  if (type === null && (!isAsync || status === 202)) return undefined
  return { type: type ?? String(status), message: text.trim() }
}

async function examineFolder(root: string): Promise<Finding> {
  const what = 'state folder'
  try {
    await access(root, constants.W_OK).catch((failure: NodeJS.ErrnoException) => {
      if (failure.code !== 'ENOENT') throw failure
      return access(dirname(root), constants.W_OK)
    })
    return { what, state: 'good', found: root }
  } catch {
    return { what, state: 'bad', found: `${root} cannot be written`, help: 'set SLS_HOME to a folder of yours' }
  }
}

function notThere(fn: string): SlsError {
  return new SlsError(error('SLS7004', `"${fn}" is not deployed here`, { help: ['sls deploy brings it there'] }))
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

// As a Buffer or an array of bytes is written in JSON.
function bytesOf(body: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (!isMap(body)) return undefined
  return Uint8Array.from(Array.isArray(body['data']) ? body['data'] : (Object.values(body) as number[]))
}
