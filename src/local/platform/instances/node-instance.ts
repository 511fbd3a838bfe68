import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { LocalTriggerEvent } from '../../runtime/protocol.ts'
import { CallTable } from '../../wire/call-table.ts'
import { Channel } from '../../wire/channel.ts'
import { type CallTerms, CHANNEL_FD, type FromWorker, type ToWorker } from '../../wire/wire.ts'
import { Child, type Exit } from './child.ts'
import { Deadlines } from './deadlines.ts'
import { type Exchange, readBody, type Upgrade } from './exchange.ts'
import { CallFailure } from './failure.ts'
import type { Instance, LaunchOptions } from './instance.ts'
import { type CallWorker, EventNodeCall, HttpNodeCall, type NodeCall, type Settle } from './node-call.ts'
import { forkWorker } from './warm-workers.ts'

// What a function's layers have to close they close in this time; without any, a process ends at once.
const STOP_MS = 2000
const ABORT_MS = 200

/** A Node.js function in a process of its own, spoken to in messages. */
export class NodeInstance implements Instance, CallWorker {
  readonly ready: Promise<void>
  readonly exited: Promise<Exit>
  readonly #child: Child
  readonly #options: LaunchOptions
  readonly #calls = new CallTable<NodeCall>()
  readonly #deadlines = new Deadlines(this.#calls, (id) => this.#expire(id))
  readonly #channel: Channel<FromWorker, ToWorker>
  #isOpen = true
  #isRetired = false
  #askedAt: number | undefined
  #loaded: ((message: FromWorker) => void) | undefined

  constructor(options: LaunchOptions) {
    this.#options = options
    const process = processFor(options)
    this.#child = new Child({ process, warden: options.warden, tell: (stream, text) => this.#tell(stream, text) })
    this.#channel = new Channel(
      process.stdio[CHANNEL_FD] as Socket,
      (message) => this.#take(message),
      (error) => this.#break(error),
    )
    this.exited = this.#child.exited
    this.ready = this.#load()
    this.exited.then((exit) => this.#fall(exit))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  http(exchange: Exchange, terms: CallTerms): Promise<void> {
    const reading = exchange.wire && readBody(exchange.wire.request)
    return reading ? reading.then((body) => this.#request(exchange, terms, body)) : this.#request(exchange, terms)
  }

  event(event: LocalTriggerEvent, terms: CallTerms): Promise<unknown> {
    return this.#begin((id, settle) => ({
      call: new EventNodeCall({ id, ...terms }, settle),
      message: { kind: 'event', id, ...terms, event },
    }))
  }

  more(id: number): void {
    this.#channel.send({ kind: 'more', id })
  }

  abandon(id: number): void {
    if (!this.#calls.delete(id)) return
    this.#channel.send({ kind: 'cancel', id })
    this.#endWhenRetired()
  }

  upgrade({ request }: Upgrade): Promise<void> {
    const { name } = this.#options.spec
    const asked = request.headers.upgrade ?? 'nothing'
    return Promise.reject(new CallFailure('websocket', `the function "${name}" cannot speak ${asked}`))
  }

  hangUp(): void {
    // It has no such connection.
  }

  probe(): number {
    const silentMs = this.#askedAt === undefined ? 0 : Date.now() - this.#askedAt
    if (this.#askedAt === undefined) {
      this.#askedAt = Date.now()
      this.#channel.send({ kind: 'ping' })
    }
    return silentMs
  }

  async end(): Promise<void> {
    this.#isOpen = false
    await this.#child.stop(STOP_MS)
  }

  #request(exchange: Exchange, { requestId, deadline }: CallTerms, body?: Buffer): Promise<void> {
    const { request, url } = exchange
    const { method = 'GET', rawHeaders: headers, socket } = request
    const ip = socket.remoteAddress ?? ''
    return this.#begin((id, settle) => ({
      call: new HttpNodeCall(exchange, { id, deadline }, this, settle),
      message: { kind: 'http', id, requestId, deadline, method, url, ip, headers, body },
    }))
  }

  #begin<T>(make: (id: number, settle: Settle<T>) => { call: NodeCall; message: ToWorker }): Promise<T> {
    return new Promise((resolve, reject) => {
      // It may have gone while the request's body was on its way.
      if (!this.#isOpen && !this.#isRetired) return reject(new CallFailure('exit', 'the function ended its process'))
      const { call, message } = make(this.#calls.reserve(), { resolve, reject })
      this.#calls.set(call)
      this.#deadlines.watch(call)
      this.#channel.send(message)
    })
  }

  #take(message: FromWorker): void {
    if (message.kind === 'pong') this.#askedAt = undefined
    // A process that waited has said that it does, and has answered the platform's first message.
    if (message.kind !== 'waiting' && message.kind !== 'pong') this.#loaded?.(message)
    if (!('id' in message)) return
    const call = this.#calls.get(message.id)
    if (!call?.take(message)) return
    this.#calls.delete(message.id)
    this.#endWhenRetired()
  }

  // What it sent is no message: the function has written where only the platform's own code does.
  #break({ message }: Error): void {
    this.#options.tell({ stream: 'sys', text: `what its process sent cannot be read: ${message}; it is ended` })
    void this.end()
  }

  // It may never come back from a busy loop, so it gets no more calls and ends with its last one.
  #expire(id: number): void {
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    this.#channel.send({ kind: 'cancel', id })
    const isFirst = !this.#isRetired
    this.#isOpen = false
    this.#isRetired = true
    const { name, timeout } = this.#options.spec
    const within = `did not answer within ${call?.timeoutSec ?? timeout} s`
    const text = isFirst ? `${within}; its process is ended` : within
    this.#options.tell({ stream: 'sys', text, ...(call && { requestId: call.requestId }) })
    call?.fail(new CallFailure('timeout', `the function "${name}" ${within}`))
    // What listens to its signal has a moment to give things back.
    setTimeout(() => this.#endWhenRetired(), ABORT_MS)
  }

  #endWhenRetired(): void {
    if (this.#isRetired && this.#calls.size === 0) void this.end()
  }

  #fall(exit: Exit): void {
    this.#isOpen = false
    this.#isRetired = false
    this.#channel.close()
    this.#deadlines.close()
    const { spec } = this.#options
    const failure = exit.isOutOfMemory
      ? new CallFailure('memory', `the function "${spec.name}" needed more than its ${spec.memory} MB of memory`)
      : new CallFailure('exit', `the function "${spec.name}" ended its process (${exit.words})`)
    for (const call of this.#calls) {
      this.#calls.delete(call.id)
      call.fail(failure)
    }
  }

  #load(): Promise<void> {
    const { spec, folder, environment, service, stage, initSec } = this.#options
    const [file = '', exported = ''] = splitHandler(spec.handler ?? '')
    return new Promise((resolve, reject) => {
      const refuse = (why: string, notes: readonly string[] = []) =>
        reject(new CallFailure('init', `the function "${spec.name}" does not load: ${why}`, { notes }))
      const timer = setTimeout(() => {
        refuse(`it was not ready within ${initSec} s`)
        void this.end()
      }, initSec * 1000)
      this.#loaded = (message) => {
        this.#loaded = undefined
        clearTimeout(timer)
        this.#options.workers?.replace(spec.memory)
        if (message.kind === 'loaded') return resolve()
        if (message.kind === 'refused') refuse(`${message.error.name}: ${message.error.message}`, [message.error.stack])
        void this.end()
      }
      this.exited.then((exit) => {
        clearTimeout(timer)
        refuse(`it ended its process (${exit.words})`, exit.lastLines)
      })
      const ids = { requestId: 'start', service, stage, function: spec.name, memoryMb: spec.memory }
      const context = { ...ids, deadline: Date.now() + initSec * 1000 }
      this.#channel.send({ kind: 'load', folder, environment, file: join(folder, file), exported, context })
    })
  }

  #tell(stream: 'out' | 'err', text: string): void {
    // Of several calls at a time, nobody knows which one printed it.
    const [only] = this.#calls.size === 1 ? this.#calls : []
    this.#options.tell({ stream, text, ...(only && { requestId: only.requestId }) })
  }
}

// What Node.js, its libraries and the loader read when a process starts cannot be given later.
const READ_AT_START = /^(NODE_(?!ENV$)|UV_|LD_|SSL_|OPENSSL_|ICU_|MALLOC_|GLIBC_)/

function processFor({ spec, environment, folder, worker, workers }: LaunchOptions): ChildProcess {
  const isOwn = Object.keys(environment).some((name) => READ_AT_START.test(name))
  const warm = isOwn ? undefined : workers?.take(spec.memory)
  return warm ?? forkWorker(worker, { memoryMb: spec.memory, environment, cwd: folder })
}

// `sls_login.handler` is the export `handler` of `sls_login.js`.
function splitHandler(handler: string): [file: string, exported: string] {
  const dot = handler.lastIndexOf('.')
  return [`${handler.slice(0, dot)}.js`, handler.slice(dot + 1)]
}
