import { type ChildProcess, spawn } from 'node:child_process'
import { request as send } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, type CallInfo, type Emulator, type EventCall, error, importModule, SlsError } from '@anyfaas/kit'
import { baseEnvironment } from '../environment.ts'
import { ended, interrupted, tooLate } from '../function-error.ts'
import { signalGroup } from '../process-group.ts'
import { awaitServer, cloudEvent, EVENT_PATH, EVENT_TYPE, eventResult, freePort, portVariables } from '../server.ts'
import { readLines } from '../wire/lines.ts'
import type { CallOptions, LaunchedServer } from './once-call.ts'

const LEAST_INIT_SEC = 10

/** Starts a server, makes one call, and ends it. A server knows no platform's events: they arrive as CloudEvents. */
export async function callServer(server: LaunchedServer, options: CallOptions): Promise<Answer> {
  const { info, signal, onLog } = options
  const port = await freePort()
  const [command = '', ...args] = server.command
  const child = spawn(command, args, {
    cwd: server.cwd,
    env: { ...baseEnvironment(process.env), ...options.environment, ...portVariables(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group, so that what the command starts ends with it.
    detached: true,
  })
  const tell = (stream: 'out' | 'err') => (text: string) =>
    onLog({ time: Date.now(), function: info.function, stream, text, requestId: info.requestId })
  readLines(child.stdout, tell('out'))
  readLines(child.stderr, tell('err'))
  const life = watchLife(child)
  try {
    await ready(port, server, options, life)
    return await within(options, life, (limit) => answerOf(port, options, limit))
  } catch (failure) {
    throw signal.aborted ? interrupted() : failure
  } finally {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
    await life.exited
  }
}

interface Life {
  /** Resolves with words. */
  readonly exited: Promise<string>
  /** Aborts when the process has gone. */
  readonly signal: AbortSignal
}

function watchLife(child: ChildProcess): Life {
  const gone = new AbortController()
  const exited = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message))
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`))
  })
  exited.then(() => gone.abort())
  return { exited, signal: gone.signal }
}

async function ready(port: number, server: LaunchedServer, options: CallOptions, life: Life): Promise<void> {
  const initSec = Math.max(LEAST_INIT_SEC, options.info.timeoutSec)
  const limit = AbortSignal.any([life.signal, options.signal, AbortSignal.timeout(initSec * 1000)])
  if (await awaitServer(port, server, limit)) return
  const why = life.signal.aborted
    ? `it ended its process (${await life.exited})`
    : `it did not listen on the port in the variable PORT within ${initSec} s`
  throw new SlsError(error('SLS7003', `function "${options.info.function}" does not start: ${why}`))
}

async function within<T>(options: CallOptions, life: Life, work: (limit: AbortSignal) => Promise<T>): Promise<T> {
  const { info, signal } = options
  const late = AbortSignal.timeout(info.timeoutSec * 1000)
  try {
    return await work(AbortSignal.any([late, signal, life.signal]))
  } catch (failure) {
    if (late.aborted) throw tooLate(info)
    // A connection breaks a moment before the process is seen to be gone.
    const how = await Promise.race([life.exited, wait(BREATH_MS, undefined)])
    throw how === undefined ? broken(info.function, failure) : ended(info, how, [])
  }
}

const BREATH_MS = 100

function broken(name: string, failure: unknown): unknown {
  if (failure instanceof SlsError) return failure
  return new SlsError(error('SLS7010', `function "${name}" broke the connection: ${(failure as Error).message}`))
}

async function answerOf(port: number, options: CallOptions, signal: AbortSignal): Promise<Answer> {
  const { call, info } = options
  const { emulator } = (await importModule(options.emulator.href)) as { readonly emulator: Emulator }
  const added = emulator.server?.headers(call, info).flat() ?? []
  if (call.kind === 'http') {
    const given = call.headers.filter(([name]) => name.toLowerCase() !== 'host').flat()
    const headers = [...given, ...added, ...hostOf(call.headers, port)]
    return await ask({ port, method: call.method, path: call.url, headers, signal }, call.body)
  }
  const { path, type, body: sent } = eventFor(emulator, { ...call }, info)
  const headers = [...type, ...added, 'x-request-id', info.requestId, 'host', `127.0.0.1:${port}`]
  const { status, headers: answered, body } = await ask({ port, method: 'POST', path, headers, signal }, sent)
  if (status >= 300) {
    const notes = [{ message: Buffer.from(body).toString().slice(0, 2000) }]
    throw new SlsError(
      error('SLS7010', `function "${info.function}" answered the event with the status ${status}`, { notes }),
    )
  }
  const answeredType = answered.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return { kind: 'value', value: eventResult(Buffer.from(body), answeredType) }
}

// The platform's own event as it is, or a CloudEvent where the platform has no other.
function eventFor(emulator: Emulator, call: EventCall, info: CallInfo) {
  if (!emulator.server) {
    const event = cloudEvent({ ...call, ...info, id: info.requestId, time: new Date(info.time).toISOString() })
    return { path: EVENT_PATH, type: ['content-type', EVENT_TYPE], body: Buffer.from(JSON.stringify(event)) }
  }
  const path = emulator.server.eventPath
  if (path === undefined) {
    const message = `the platform sends requests to servers and no events, and "${info.function}" was called with "${call.kind}"`
    throw new SlsError(error('SLS0002', message, { help: ['sls invoke --path /'] }))
  }
  const event = emulator.event(call, info)
  const body = typeof event === 'string' || event instanceof Uint8Array ? event : (JSON.stringify(event) ?? '')
  return { path, type: [], body: Buffer.from(body) }
}

interface Outgoing {
  readonly port: number
  readonly method: string
  readonly path: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly signal: AbortSignal
}

function ask(outgoing: Outgoing, body: Uint8Array = new Uint8Array()): Promise<Extract<Answer, { kind: 'http' }>> {
  const headers = [...outgoing.headers, 'content-length', String(body.length)]
  return new Promise((resolve, reject) => {
    const request = send({ ...outgoing, host: '127.0.0.1', headers, agent: false }, (response) => {
      const pairs: [string, string][] = []
      for (let at = 0; at < response.rawHeaders.length; at += 2) {
        pairs.push([response.rawHeaders[at] as string, response.rawHeaders[at + 1] as string])
      }
      const status = response.statusCode ?? 500
      buffer(response).then((bytes) => resolve({ kind: 'http', status, headers: pairs, body: bytes }), reject)
    })
    request.once('error', reject)
    request.end(body)
  })
}

function hostOf(headers: readonly (readonly [string, string])[], port: number): readonly string[] {
  const given = headers.find(([name]) => name.toLowerCase() === 'host')
  return ['host', given?.[1] ?? `127.0.0.1:${port}`]
}
