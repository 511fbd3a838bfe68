import { Readable } from 'node:stream'
import { type CallInfo, type Emulator, type Entry, type HttpAnswer, type HttpCall, orTimeout } from '@anyfaas/kit'
import { parseQuery, readHeaderList, splitUrl } from '@anyfaas/runtime'
import { CLIENT, contextOf, invoke, resultOf, sent, timeoutMessage, triggerEvent } from '../emulation.ts'
import { samples } from '../samples.ts'
import { serverProtocol } from '../server-protocol.ts'

/** Function Compute 2.0: an HTTP trigger calls with a stream and something to answer on, everything else with bytes. */
export const emulator: Emulator = {
  server: serverProtocol,
  kinds: ['http', 'timer', 'event'],
  samples,
  event: (call, info) => (call.kind === 'http' ? withBody(call) : triggerEvent(call, info)),
  call: async (entry, call, info) => {
    if (call.kind === 'http') return respond(entry, call, info)
    return { kind: 'value', value: resultOf(await invoke(entry, triggerEvent(call, info), info)) }
  },
}

// To be shown, or sent to a deployed function: a call has its body as a stream.
function withBody(call: HttpCall): object {
  return { ...requestFields(call), ...(call.body && { body: Buffer.from(call.body).toString() }) }
}

function requestFields(call: HttpCall): object {
  const { path, query } = splitUrl(call.url)
  const headers = { host: 'example.cn-hangzhou.fc.aliyuncs.com', ...readHeaderList(call.headers) }
  return {
    method: call.method.toUpperCase(),
    path,
    url: call.url,
    queries: { ...parseQuery(query) },
    headers,
    clientIP: CLIENT,
  }
}

/** Answered when the handler sends, failed when it rejects before that; else the platform waits until its time is up. */
function respond(entry: Entry, call: HttpCall, info: CallInfo): Promise<HttpAnswer> {
  const handler = entry.handler as (request: object, response: object, context: object) => unknown
  const request = Object.assign(
    Readable.from(call.body ? [Buffer.from(call.body)] : [], { objectMode: false }),
    requestFields(call),
  )
  const work = new Promise<HttpAnswer>((resolve, reject) => {
    const response = new Sender((answer) => answer.then(resolve, reject))
    Promise.resolve(handler(request, response, contextOf(info))).catch(reject)
  })
  return orTimeout(work, info.timeoutSec, timeoutMessage(info)).then((answer) =>
    call.method.toUpperCase() === 'HEAD' ? { ...answer, body: new Uint8Array() } : answer,
  )
}

/** The `resp` of an HTTP trigger. https://help.aliyun.com/document_detail/74757.html */
class Sender {
  readonly #done: (answer: Promise<HttpAnswer>) => void
  readonly #headers = new Map<string, readonly string[]>()
  #status = 200

  constructor(done: (answer: Promise<HttpAnswer>) => void) {
    this.#done = done
  }

  setStatusCode(status: number): void {
    if (!Number.isInteger(status) || status < 100 || status > 999)
      throw new RangeError(`invalid status code: ${status}`)
    this.#status = status
  }

  setHeader(name: string, value: string | readonly string[]): void {
    const values = [value].flat()
    if (!values.every((item) => typeof item === 'string'))
      throw new TypeError(`header "${name}" is neither a text nor a list of texts`)
    this.#headers.set(name.toLowerCase(), values)
  }

  deleteHeader(name: string): void {
    this.#headers.delete(name.toLowerCase())
  }

  send(body: unknown): void {
    if (typeof body !== 'string' && !Buffer.isBuffer(body) && !(body instanceof Readable)) {
      throw new TypeError('the body has to be a text, a Buffer or a Readable')
    }
    this.#done(this.#answer(body))
  }

  async #answer(body: string | Buffer | Readable): Promise<HttpAnswer> {
    const chunks: Buffer[] = []
    if (body instanceof Readable) for await (const chunk of body) chunks.push(Buffer.from(chunk))
    else chunks.push(Buffer.from(body as string))
    const headers = [...this.#headers].flatMap(([name, values]) => values.map((value) => [name, value] as const))
    return sent(this.#status, headers, Buffer.concat(chunks))
  }
}
