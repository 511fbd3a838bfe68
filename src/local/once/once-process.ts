import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Answer, HttpAnswer } from '@anyfaas/kit'
import { baseEnvironment } from '../environment.ts'
import { ended, failed, interrupted, tooLate } from '../function-error.ts'
import { WORKER_FILE } from '../places.ts'
import { readLines } from '../wire/lines.ts'
import { addressIn, isOfInspector } from './inspector.ts'
import type { CallOptions } from './once-call.ts'
import { FrameReader, type LaunchedCode, type OnceResult, packFrame, RESULT_FD } from './once-wire.ts'

/** Calls a handler in a Node.js process of its own. */
export async function callProcess(launch: LaunchedCode, options: CallOptions): Promise<Answer> {
  const began = performance.now()
  const child = spawn(process.execPath, [`--max-old-space-size=${options.info.memoryMb}`, WORKER_FILE], {
    cwd: launch.cwd,
    env: { ...baseEnvironment(process.env), ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  const printed = readOutput(child, options)
  const outcome = awaitOutcome(child, options)
  sendJob(child, launch, options)
  const found = await outcome
  const tookMs = performance.now() - began
  child.kill('SIGKILL')
  await printed.done
  return conclude(found, { launch, options, tookMs, lastLines: printed.lastLines })
}

function sendJob({ stdin }: ChildProcess, launch: LaunchedCode, options: CallOptions): void {
  const { body = new Uint8Array(), ...call } = { body: undefined, ...options.call }
  const emulator = fileURLToPath(options.emulator)
  const debug = options.debug && { debugPort: options.debug.port }
  const measure = options.measure && { warmCalls: options.measure.warmCalls }
  // A process that has ended already says so by itself.
  stdin?.on('error', () => undefined)
  stdin?.cork()
  for (const part of packFrame({
    value: { launch, emulator, call, info: options.info, ...debug, ...measure },
    bytes: body,
  })) {
    stdin?.write(part)
  }
  stdin?.end()
}

type Outcome =
  | OnceResult
  | { readonly kind: 'exit'; readonly words: string }
  | { readonly kind: 'late' }
  | { readonly kind: 'interrupted' }

/** What a new process may take beyond the function's time before the call begins. */
const BOOT_MS = 1000

function awaitOutcome(child: ChildProcess, { info, debug, measure, signal }: CallOptions): Promise<Outcome> {
  return new Promise((resolve) => {
    const limitMs = info.timeoutSec * 1000 * (1 + (measure?.warmCalls ?? 0)) + BOOT_MS
    const timer = debug ? undefined : setTimeout(() => settle({ kind: 'late' }), limitMs)
    const interrupt = (): void => settle({ kind: 'interrupted' })
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', interrupt)
      resolve(outcome)
    }
    signal.addEventListener('abort', interrupt)
    if (signal.aborted) interrupt()
    readResult(child, settle)
    child.once('error', ({ message }) => settle({ kind: 'exit', words: message }))
    // Not `exit`: a result can still be on its way then.
    child.once('close', (code, ended) =>
      settle({ kind: 'exit', words: ended ? `signal ${ended}` : `exit code ${code}` }),
    )
  })
}

function readResult(child: ChildProcess, settle: (result: OnceResult) => void): void {
  const reader = new FrameReader()
  const pipe = child.stdio[RESULT_FD] as Readable | undefined
  pipe?.on('data', (chunk: Buffer) => {
    const frame = reader.add(chunk)
    if (!frame) return
    const result = frame.value as OnceResult
    const isHttp = result.kind === 'answer' && result.answer.kind === 'http'
    settle(isHttp ? { ...result, answer: { ...(result.answer as HttpAnswer), body: frame.bytes } } : result)
  })
}

interface Conclusion {
  readonly launch: LaunchedCode
  readonly options: CallOptions
  readonly tookMs: number
  readonly lastLines: readonly string[]
}

function conclude(outcome: Outcome, { launch, options, tookMs, lastLines }: Conclusion): Answer {
  const { info, debug } = options
  if (outcome.kind === 'answer') {
    if (outcome.timing) options.measure?.onTiming(outcome.timing)
    if (outcome.error) throw failed(outcome.error, info, launch.cwd)
    const isLate = outcome.answer.kind === 'http' && outcome.answer.status === 504
    // The runtime gives up a little before the platform does, and answers in the function's stead.
    if (isLate && !debug && tookMs > info.timeoutSec * 1000 * NEARLY) throw tooLate(info)
    return outcome.answer
  }
  if (outcome.kind === 'threw') {
    throw outcome.error.name === 'TimeoutError' ? tooLate(info, outcome.error) : failed(outcome.error, info, launch.cwd)
  }
  if (outcome.kind === 'late') throw tooLate(info)
  if (outcome.kind === 'interrupted') throw interrupted()
  if (outcome.kind === 'idle') {
    throw ended(info, 'nothing was left to do in it and the handler had not answered: a promise can never settle', [])
  }
  const isFull = lastLines.some((line) => line.includes('heap out of memory'))
  throw ended(info, isFull ? `it needed more than its ${info.memoryMb} MB of memory` : outcome.words, lastLines)
}

const NEARLY = 0.7
const KEPT_LINES = 20
/** What the function has started may hold its output open after it has gone. */
const HELD_MS = 250

function readOutput(child: ChildProcess, { info, debug, onLog }: CallOptions) {
  const lastLines: string[] = []
  const tell = (stream: 'out' | 'err') => (text: string) => {
    if (debug && stream === 'err' && isOfInspector(text)) return tellAddress(text, debug)
    lastLines.push(text)
    if (lastLines.length > KEPT_LINES) lastLines.shift()
    onLog({ time: Date.now(), function: info.function, stream, text, requestId: info.requestId })
  }
  if (child.stdout) readLines(child.stdout, tell('out'))
  if (child.stderr) readLines(child.stderr, tell('err'))
  const done = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
    child.once('exit', () => setTimeout(resolve, HELD_MS).unref())
  })
  return { lastLines, done }
}

function tellAddress(text: string, { onListening }: NonNullable<CallOptions['debug']>): void {
  const address = addressIn(text)
  if (address) onListening(address)
}
