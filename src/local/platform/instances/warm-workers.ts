import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { execPath } from 'node:process'
import { baseEnvironment } from '../../environment.ts'
import { frameOf } from '../../wire/message-bytes.ts'
import { CHANNEL_FD } from '../../wire/wire.ts'

/** How long the next one can wait: to start a process holds this one up, and who took the last one wants to be answered. */
const REPLACE_MS = 50
/** Kept of each size of memory, and of all sizes. */
const KEPT = 1
const MOST = 4
/** The first message that a process takes lasts a third of a millisecond longer than the next ones: that one has no function waiting for it. */
const FIRST_MESSAGE = frameOf({ kind: 'ping' })

/**
 * Processes without code, which become those of a function when one is needed. The size of the heap is decided when a
 * process starts, so there are some of every size that was asked for. They end by themselves when this process does.
 */
export class WarmWorkers {
  readonly #worker: string
  readonly #idle = new Map<number, ChildProcess[]>()
  #isClosed = false

  constructor(worker: string) {
    this.#worker = worker
  }

  /** One that waits; undefined when there is none, and then the next one will find some. */
  take(memoryMb: number): ChildProcess | undefined {
    const waiting = this.#idle.get(memoryMb)
    const taken = waiting?.shift()
    taken?.removeAllListeners()
    return taken
  }

  /** Sees to it that the next one of this size is there. */
  refill(memoryMb: number): void {
    const waiting = this.#idle.get(memoryMb) ?? []
    this.#idle.delete(memoryMb)
    this.#idle.set(memoryMb, waiting)
    if (this.#isClosed || waiting.length >= KEPT) return
    this.#makeRoom()
    const environment = baseEnvironment(globalThis.process.env)
    const process = forkWorker(this.#worker, { memoryMb, environment })
    const forget = (): void => {
      const index = waiting.indexOf(process)
      if (index >= 0) waiting.splice(index, 1)
    }
    process.once('error', forget).once('exit', forget)
    const channel = process.stdio[CHANNEL_FD] as Socket | undefined
    channel?.write(FIRST_MESSAGE)
    waiting.push(process)
  }

  /** The same, in a moment. */
  replace(memoryMb: number): void {
    setTimeout(() => this.refill(memoryMb), REPLACE_MS).unref()
  }

  /** Starts some before anybody asks: a platform that comes back needs them as soon as it answers. */
  prepare(memoriesMb: Iterable<number>): void {
    for (const memoryMb of [...new Set(memoriesMb)].slice(0, MOST)) this.refill(memoryMb)
  }

  close(): void {
    this.#isClosed = true
    for (const process of [...this.#idle.values()].flat()) process.kill('SIGKILL')
    this.#idle.clear()
  }

  // The size that was asked for longest ago has to go first.
  #makeRoom(): void {
    let count = [...this.#idle.values()].flat().length
    for (const waiting of this.#idle.values()) {
      if (count < MOST) return
      count -= waiting.length
      for (const process of waiting.splice(0)) process.kill('SIGKILL')
    }
  }
}

interface ForkOptions {
  readonly memoryMb: number
  readonly environment: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Starts a process that waits for its function. */
export function forkWorker(worker: string, { memoryMb, environment, cwd }: ForkOptions): ChildProcess {
  const process = spawn(execPath, [`--max-old-space-size=${memoryMb}`, worker], {
    env: environment,
    ...(cwd !== undefined && { cwd }),
    // The last one is the channel: `CHANNEL_FD`.
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  })
  // A process that has gone is told of as such.
  process.stdio[CHANNEL_FD]?.on('error', () => undefined)
  return process
}
