import { Agent, type OutgoingHttpHeaders, request } from 'node:http'
import { asFailure } from '../platform/instances/failure.ts'
import type { CallQueue, QueuedCall } from './call-queue.ts'
import type { CallResult } from './callback.ts'
import { readEventMessage } from './event-message.ts'
import { fromGoUrl, type QueueMessage } from './message.ts'
import { isWorthRetrying, nextTry } from './retry-rule.ts'
import type { AsyncTarget } from './target.ts'

/** Calls at once in all. */
const WIDTH = 64
const STOP_MS = 5000
/** Of a result that somebody is told of. */
const LARGEST_RESULT_BYTES = 32 << 20

/** Makes the calls of a queue through the address of their service, again when it is worth it. */
export class CallRunner {
  /** Ids of calls under way. */
  readonly running = new Set<string>()
  done = 0
  readonly #queue: CallQueue
  readonly #find: (path: string) => AsyncTarget | undefined
  readonly #onFinished: (id: string) => void
  readonly #agent = new Agent({ keepAlive: true })
  readonly #byFunction = new Map<string, number>()
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #whenIdle: (() => void) | undefined
  #isStarted = false
  #isScheduled = false

  /** `onFinished` hears of every attempt's end. */
  constructor(queue: CallQueue, find: (path: string) => AsyncTarget | undefined, onFinished: (id: string) => void) {
    this.#queue = queue
    this.#find = find
    this.#onFinished = onFinished
  }

  /** The services have to answer by now. */
  start(): void {
    this.#isStarted = true
    this.wake()
  }

  /** Looks for calls whose time has come. */
  wake(): void {
    if (!this.#isStarted || this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#dispatch()
    })
  }

  async stop(): Promise<void> {
    this.#isStarted = false
    clearTimeout(this.#timer)
    if (this.running.size > 0) {
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, STOP_MS)
        this.#whenIdle = () => {
          clearTimeout(late)
          resolve()
        }
      })
    }
    this.#stopping.abort()
    this.#agent.destroy()
  }

  #dispatch(): void {
    if (!this.#isStarted) return
    clearTimeout(this.#timer)
    const now = Date.now()
    let soonest = Number.POSITIVE_INFINITY
    for (const call of this.#queue.calls.values()) {
      if (this.running.size >= WIDTH) return
      if (this.running.has(call.id)) continue
      const { next = now } = call
      if (next > now) soonest = Math.min(soonest, next)
      else this.#begin(call)
    }
    if (soonest < Number.POSITIVE_INFINITY) {
      this.#timer = setTimeout(() => this.wake(), Math.min(soonest - now, 2 ** 31 - 1)).unref()
    }
  }

  #begin(call: QueuedCall): void {
    const name = call.message.Function
    const target = this.#find(name)
    const busy = this.#byFunction.get(name) ?? 0
    if (target && busy >= target.places) return
    this.#byFunction.set(name, busy + 1)
    this.running.add(call.id)
    this.#make(call, target)
      .catch((failure: Error) => process.stderr.write(`the asynchronous call ${call.id}: ${failure.message}\n`))
      .finally(() => {
        this.running.delete(call.id)
        this.#leave(name)
        if (this.running.size === 0) this.#whenIdle?.()
        this.#onFinished(call.id)
        this.wake()
      })
  }

  // Anybody may call names that nobody ever deploys.
  #leave(name: string): void {
    const left = (this.#byFunction.get(name) ?? 1) - 1
    if (left > 0) this.#byFunction.set(name, left)
    else this.#byFunction.delete(name)
  }

  async #make(call: QueuedCall, target: AsyncTarget | undefined): Promise<void> {
    if (!target) {
      if (!(await this.#queue.pass(call.id))) await this.#bury(call, 'the function is not deployed')
      return
    }
    const result = await this.#try(call, target)
    if (this.#stopping.signal.aborted) return
    const attempts = call.attempts + (result.status === 429 ? 0 : 1)
    if (isWorthRetrying(result.status)) {
      const reason = result.status === 503 && result.body.length === 0 ? 'nobody answered' : `status ${result.status}`
      const failed = { attempts, accepted: call.accepted, status: result.status, retryAfterSec: retryAfter(result) }
      const next = nextTry(failed, target.spec, { now: Date.now(), random: Math.random() })
      if (next !== undefined) return await this.#queue.keep({ ...call, attempts, next, reason })
      await this.#tellCaller(call, target, result)
      target.tell(`an asynchronous call is given up after ${attempts} attempts (${reason}): ${call.id}`)
      return await this.#bury({ ...call, attempts }, reason)
    }
    await this.#tellCaller(call, target, result)
    await this.#queue.finish(call.id)
    this.done++
  }

  async #bury(call: QueuedCall, reason: string): Promise<void> {
    await this.#queue.keep({ ...call, next: undefined, reason })
  }

  async #tellCaller({ id, message }: QueuedCall, target: AsyncTarget, result: CallResult): Promise<void> {
    if (!message.CallbackUrl) return
    const url = fromGoUrl(message.CallbackUrl)
    const { name: functionName, spec } = target
    const own = spec.callback !== undefined && new URL(spec.callback).host === url.host ? [url.host] : []
    const allowed = [...(spec.callbackHosts ?? []), ...own]
    try {
      const { sendCallback } = await import('./callback.ts')
      await sendCallback({ url, callId: id, functionName, allowed }, result, this.#stopping.signal)
    } catch (failure) {
      target.tell(`the result of the asynchronous call ${id} could not be sent: ${(failure as Error).message}`)
    }
  }

  // What has no answer is a 503 without a body, as OpenFaaS has it.
  async #try({ id, message }: QueuedCall, target: AsyncTarget): Promise<CallResult> {
    const began = performance.now()
    const durationSec = (): number => (performance.now() - began) / 1000
    try {
      const event = readEventMessage(message)
      if (event) return { ...(await outcomeOf(target.take(event, id))), durationSec: durationSec() }
      const answer = await this.#send(message, id, target)
      return { ...answer, durationSec: durationSec() }
    } catch {
      return { status: 503, headers: [], body: Buffer.alloc(0), durationSec: durationSec() }
    }
  }

  async #send(message: QueueMessage, id: string, target: AsyncTarget): Promise<Omit<CallResult, 'durationSec'>> {
    const { name, port, isSecure } = target
    const body = Buffer.from(message.Body, 'base64')
    const path = `/function/${encodeURIComponent(name)}${message.Path}${message.QueryString && `?${message.QueryString}`}`
    const headers: OutgoingHttpHeaders = { ...(message.Header as Record<string, string[]>) }
    delete headers['X-Call-Id']
    headers['x-call-id'] = id
    if (body.length > 0) headers['content-length'] = String(body.length)
    const secure = isSecure ? await import('node:https') : undefined
    return await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, method: message.Method, headers, signal: this.#stopping.signal }
      const outgoing = secure
        ? secure.request({ ...options, rejectUnauthorized: false })
        : request({ ...options, agent: this.#agent })
      outgoing.once('error', reject)
      outgoing.once('response', (response) => {
        const chunks: Buffer[] = []
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > LARGEST_RESULT_BYTES) response.destroy(new Error('the answer is too large'))
          else chunks.push(chunk)
        })
        response.once('error', reject)
        response.once('aborted', () => reject(new Error('the answer broke off')))
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 500, headers: response.rawHeaders, body: Buffer.concat(chunks) }),
        )
      })
      outgoing.end(body)
    })
  }
}

// A call with an event in the words of one with a request. What went wrong is in the function's log.
async function outcomeOf(call: Promise<unknown>): Promise<Omit<CallResult, 'durationSec'>> {
  try {
    await call
    return { status: 200, headers: [], body: Buffer.alloc(0) }
  } catch (thrown) {
    const { status, message, retryAfterSec } = asFailure(thrown)
    const headers = retryAfterSec === undefined ? [] : ['retry-after', String(retryAfterSec)]
    return { status, headers, body: Buffer.from(message) }
  }
}

function retryAfter({ status, headers }: CallResult): number | undefined {
  if (status !== 429 && status !== 503) return undefined
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'retry-after')
  const seconds = Number(headers[at + 1])
  return at >= 0 && Number.isFinite(seconds) ? seconds : undefined
}
