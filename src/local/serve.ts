import './usual-flags.ts'
import { Socket } from 'node:net'
import type { LocalEntry } from './runtime/protocol.ts'
import { giveFlagsBack } from './usual-flags.ts'
import { CallTable } from './wire/call-table.ts'
import { Channel } from './wire/channel.ts'
import { CHANNEL_FD, type FromWorker, type LoadMessage, type ToWorker } from './wire/wire.ts'
import { describeError } from './worker/error.ts'
import { lookAtFailures } from './worker/looked.ts'
import { openModule } from './worker/module.ts'
import { preheat, shareRuntime } from './worker/preheat.ts'
import { printInStep } from './worker/printing.ts'
import { RunningCall } from './worker/running-call.ts'

// After that time without a function.
const PREHEAT_MS = 100

// The process of a deployed function: it becomes one when the platform says which, and answers its calls until the platform goes.
serve()

function serve(): void {
  printInStep()
  const socket = new Socket({ fd: CHANNEL_FD, readable: true, writable: true })
  const leave = (): never => process.exit()
  // Without the platform nobody would end this process.
  socket.once('close', leave)
  let isGeneric = true
  let take: (message: ToWorker) => void = (message) => {
    if (message.kind !== 'load') return refuse(message, send)
    isGeneric = false
    void load(message, send).then((next) => (take = next ?? take))
  }
  const channel = new Channel<ToWorker, FromWorker>(socket, (message) => take(message), leave)
  const send: Send = (message) => channel.send(message)
  // Not by a flag of Node.js, which would read the maps of what is loaded up to here.
  process.setSourceMapsEnabled(true)
  // A function that is already waiting for this process comes first.
  setTimeout(async () => {
    if (isGeneric) await preheat()
    // The first thing that a process sends takes it a millisecond longer than the next ones.
    if (isGeneric) send({ kind: 'waiting' })
  }, PREHEAT_MS)
}

type Send = (message: FromWorker) => void

// A process without code turns into that of one function: it has its environment and its folder from here on.
async function load(message: LoadMessage, send: Send): Promise<((message: ToWorker) => void) | undefined> {
  become(message)
  giveFlagsBack()
  try {
    const entry = await open(message)
    if (entry.preStop) process.once('SIGTERM', () => void entry.preStop?.().finally(() => process.exit()))
    send({ kind: 'loaded' })
    return answerWith(entry, message, send)
  } catch (error) {
    send({ kind: 'refused', error: describeError(error) })
    return undefined
  }
}

function become({ folder, environment }: LoadMessage): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
  Object.assign(process.env, environment)
  process.chdir(folder)
  lookAtFailures(folder, environment)
  shareRuntime(folder)
}

async function open({ file, exported, context }: LoadMessage): Promise<LocalEntry> {
  const module = (await openModule(file)) as Record<string, unknown>
  // `import` shows the exports of a CommonJS module as its default when it cannot read their names.
  const exports = (module[exported] ? module : module['default']) as Record<string, unknown>
  const entry = {
    handler: exports[exported],
    initializer: exports['initializer'],
    preStop: exports['preStop'],
  } as LocalEntry
  await entry.initializer?.(context)
  return entry
}

function answerWith(entry: LocalEntry, { context }: LoadMessage, send: Send): (message: ToWorker) => void {
  const calls = new CallTable<RunningCall>()
  const end = (id: number): void => void calls.delete(id)
  return (message) => {
    switch (message.kind) {
      case 'http':
      case 'event': {
        const call = new RunningCall(message, context, send)
        calls.set(call)
        void call.run(entry, end)
        return
      }
      case 'cancel':
        return calls.get(message.id)?.cancel()
      case 'more':
        return calls.get(message.id)?.more()
      case 'ping':
        return send({ kind: 'pong' })
      case 'load':
        return send({ kind: 'refused', error: describeError(new Error('this process has a function already')) })
    }
  }
}

function refuse(message: ToWorker, send: Send): void {
  const error = { name: 'Error', message: 'this process has no function yet', stack: '' }
  if (message.kind === 'http' || message.kind === 'event') send({ kind: 'failed', id: message.id, error })
  else if (message.kind === 'ping') send({ kind: 'pong' })
}
