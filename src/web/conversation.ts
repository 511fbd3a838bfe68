import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { HttpContext } from '@anyfaas/runtime'
import { headOf, requestOf, responseTo } from './message.ts'
import { Wire } from './wire.ts'

/** What takes requests in Node's own form. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/**
 * Hands a request to a listener, without a connection between. Resolves with the body of the answer: bytes when it is
 * whole, else a stream that is still written to. Rejects when the listener fails, or gives up, before it has answered.
 */
export function converse(ctx: HttpContext, listener: Listener): Promise<unknown> {
  return new Promise((resolve, reject) => new Conversation(ctx, { resolve, reject }).run(listener))
}

interface Outcome {
  readonly resolve: (body: unknown) => void
  readonly reject: (error: unknown) => void
}

class Conversation {
  readonly #ctx: HttpContext
  readonly #outcome: Outcome
  readonly #wire: Wire
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  /** What was written before it was clear whether more follows. */
  #chunks: Buffer[] = []
  #stream: Readable | undefined
  #askForMore: (() => void) | undefined
  #isSettled = false

  constructor(ctx: HttpContext, outcome: Outcome) {
    this.#ctx = ctx
    this.#outcome = outcome
    const peer = { ip: ctx.ip, isSecure: ctx.request.protocol === 'https' }
    this.#wire = new Wire(peer, (chunk, done) => this.#take(chunk, done))
    this.#request = requestOf(ctx, this.#wire)
    this.#response = responseTo(this.#request, this.#wire)
    this.#response.once('finish', () => this.#finish())
    this.#wire.once('close', () => this.#close())
    // A connection's error is told to the stream, or to the one who waits.
    this.#wire.on('error', (error) => this.#fail(error))
  }

  run(listener: Listener): void {
    const leave = () => this.#leave()
    this.#ctx.signal.addEventListener('abort', leave, { once: true })
    this.#wire.once('close', () => this.#ctx.signal.removeEventListener('abort', leave))
    try {
      const returned = listener(this.#request, this.#response)
      if (isThenable(returned)) returned.then(undefined, (error) => this.#fail(error))
    } catch (error) {
      this.#fail(error)
    }
  }

  #take(chunk: Buffer, done: () => void): void {
    if (this.#stream) {
      if (this.#stream.push(chunk)) done()
      else this.#askForMore = done
      return
    }
    this.#chunks.push(chunk)
    // An answer that ends in the turn in which it begins needs no stream.
    if (this.#chunks.length === 1) process.nextTick(() => this.#begin())
    done()
  }

  #begin(): void {
    if (this.#isSettled || this.#response.writableEnded) return
    const stream = new Readable({
      read: () => this.#more(),
      destroy: (error, done) => {
        if (!this.#response.writableFinished) this.#leave()
        done(error)
      },
    })
    this.#stream = stream
    for (const chunk of this.#chunks.splice(0)) if (chunk.length > 0) stream.push(chunk)
    this.#answer(stream)
  }

  #more(): void {
    const ask = this.#askForMore
    this.#askForMore = undefined
    ask?.()
  }

  #finish(): void {
    if (this.#stream) this.#stream.push(null)
    else this.#answer(this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks))
    this.#response.detachSocket(this.#wire as never)
    process.nextTick(() => {
      this.#response.destroyed = true
      this.#response.emit('close')
      this.#wire.destroy()
    })
  }

  #answer(body: Buffer | Readable | undefined): void {
    if (this.#isSettled) return
    this.#isSettled = true
    const { status, headers } = headOf(this.#response)
    this.#ctx.status = status
    for (const [name, value] of headers) this.#ctx.append(name, value)
    this.#outcome.resolve(body)
  }

  /** Nobody waits for the answer any more. */
  #leave(): void {
    this.#request.destroy()
    this.#wire.destroy()
  }

  #close(): void {
    if (!this.#response.writableFinished)
      this.#fail(new Error('the application ended the connection before its answer'))
  }

  #fail(error: unknown): void {
    const isBegun = this.#isSettled
    this.#isSettled = true
    if (!isBegun) this.#outcome.reject(error)
    else if (this.#stream && !this.#stream.destroyed && !this.#response.writableFinished)
      this.#stream.destroy(error instanceof Error ? error : new Error(String(error)))
    this.#wire.destroy()
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
