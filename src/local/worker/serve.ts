import { Outbox } from '../outbox.ts'
import type { LocalContext, LocalEntry, LocalReply } from '../runtime/protocol.ts'
import type { CallMessage, FromWorker, LoadMessage, ToWorker } from '../wire.ts'
import { packBytes, unpackBytes } from '../wire-bytes.ts'
import { describeError } from './error.ts'
import { logUnseen, lookAtFailures } from './looked.ts'
import { openModule } from './module.ts'
import { Outflow } from './outflow.ts'

/** Opens a deployed function's entry and answers calls until the platform goes. */
export async function serve(load: LoadMessage): Promise<void> {
  become(load)
  const loaded = await open(load).catch((error: unknown) => ({ error: describeError(error) }))
  if ('error' in loaded) return send({ kind: 'refused', error: loaded.error })
  const calls = new Map<number, RunningCall>()
  const take = (message: ToWorker): void => {
    if (message.kind === 'call') {
      const call = new RunningCall(message, load.context)
      calls.set(message.id, call)
      call.run(loaded.entry).finally(() => calls.delete(message.id))
    } else if (message.kind === 'cancel') calls.get(message.id)?.cancel()
    else if (message.kind === 'more') calls.get(message.id)?.outflow.more()
    else if (message.kind === 'ping') send({ kind: 'pong' })
    else send({ kind: 'refused', error: describeError(new Error('this process has a function already')) })
  }
  process.on('message', (messages: readonly ToWorker[]) => messages.forEach(take))
  send({ kind: 'loaded' })
  const { preStop } = loaded.entry
  if (preStop) process.once('SIGTERM', () => void preStop().finally(() => process.exit()))
}

// A process without code turns into that of one function: it has its environment and its folder from here on.
function become({ folder, environment }: LoadMessage): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
  Object.assign(process.env, environment)
  process.chdir(folder)
  lookAtFailures(folder, environment)
}

async function open({ file, exported, context }: LoadMessage): Promise<{ entry: LocalEntry }> {
  const module = (await openModule(file)) as Record<string, unknown>
  // `import` shows the exports of a CommonJS module as its default when it cannot read their names.
  const exports = (module[exported] ? module : module['default']) as Record<string, unknown>
  const entry = {
    handler: exports[exported],
    initializer: exports['initializer'],
    preStop: exports['preStop'],
  } as LocalEntry
  await entry.initializer?.(context)
  return { entry }
}

class RunningCall {
  readonly outflow: Outflow
  readonly #message: CallMessage
  readonly #base: LocalContext
  #abort: AbortController | undefined
  #isCancelled = false

  constructor(message: CallMessage, base: LocalContext) {
    this.#message = message
    this.#base = base
    this.outflow = new Outflow(message.id, send)
  }

  async run(entry: LocalEntry): Promise<void> {
    const { id, event, terms } = this.#message
    try {
      await this.#answer(await entry.handler(readEvent(event), this.#context()))
    } catch (error) {
      logUnseen(error, terms.requestId, this.#base.function)
      send({ kind: 'failed', id, error: describeError(error) })
    }
  }

  cancel(): void {
    this.#isCancelled = true
    this.#abort?.abort()
    this.outflow.cancel()
  }

  async #answer(reply: LocalReply): Promise<void> {
    const { id } = this.#message
    if (reply.kind === 'value') {
      // Here, so that what is no JSON fails this call and not those that are sent with it.
      const json = JSON.stringify(reply.value)
      return send({ kind: 'value', id, ...(json !== undefined && { json }) })
    }
    const { status, headers, body } = reply
    if (body === null) return send({ kind: 'head', id, status, headers })
    if (typeof body === 'string') return send({ kind: 'head', id, status, headers, body })
    if (body instanceof Uint8Array) return send({ kind: 'head', id, status, headers, body: packBytes(body) })
    send({ kind: 'head', id, status, headers, open: true })
    await this.outflow.pump(body)
  }

  // Most calls never ask for the signal, and making one costs as much as the rest of a short call.
  #context(): LocalContext {
    const signal = (): AbortSignal => this.#signal()
    return {
      ...this.#base,
      ...this.#message.terms,
      get signal() {
        return signal()
      },
    }
  }

  #signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#isCancelled) this.#abort.abort()
    return this.#abort.signal
  }
}

function readEvent(event: CallMessage['event']): Parameters<LocalEntry['handler']>[0] {
  if (event.kind !== 'http') return event
  const { body, ...rest } = event
  return body === undefined ? rest : { ...rest, body: unpackBytes(body) }
}

const outbox = new Outbox<FromWorker>((messages) => void process.send?.(messages))

function send(message: FromWorker): void {
  outbox.send(message)
}
