import { Agent } from 'node:http'
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { vi } from 'vitest'

export interface Swallowed {
  /** Undefined when `work` still waited at the end. */
  readonly refused: unknown
  /** How many connections were begun. */
  readonly opened: number
  readonly lastedSec: number
}

/**
 * What `work` fails with within ten minutes at an address that takes no connection and refuses none: what is sent there is lost. The time
 * is not the real one. Plain HTTP only.
 */
export async function swallow(work: () => Promise<unknown>): Promise<Swallowed> {
  return await within(work, {
    connect: () => Object.assign(new Socket(), { connecting: true }),
    lastsSec: 600,
    stepSec: 1,
  })
}

/** The same at an address that takes whatever comes and never answers, within `lastsSec`; looked at every `stepSec`. */
export async function unanswered(
  work: () => Promise<unknown>,
  limits: { readonly lastsSec: number; readonly stepSec: number },
): Promise<Swallowed> {
  return await within(work, { connect: () => new Mute(), ...limits })
}

// A socket as far as HTTP uses one. The time of a real one is the real one.
class Mute extends Duplex {
  connecting = true
  #idle: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    setImmediate(() => {
      this.connecting = false
      this.emit('connect')
    })
  }

  setTimeout(ms: number, onTimeout?: () => void): this {
    clearTimeout(this.#idle)
    if (onTimeout) this.once('timeout', onTimeout)
    if (ms > 0) this.#idle = setTimeout(() => this.emit('timeout'), ms)
    return this
  }

  setKeepAlive(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#idle)
    done(error)
  }
}

interface Limits {
  readonly connect: () => Duplex
  readonly lastsSec: number
  readonly stepSec: number
}

async function within(work: () => Promise<unknown>, { connect, lastsSec, stepSec }: Limits): Promise<Swallowed> {
  const open = vi.spyOn(Agent.prototype, 'createConnection').mockImplementation(connect)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const began = performance.now()
    const lastedSec = (): number => (performance.now() - began) / 1000
    let refused: unknown
    work().catch((error: unknown) => {
      refused = error
    })
    while (open.mock.calls.length === 0) await new Promise(setImmediate)
    while (refused === undefined && lastedSec() < lastsSec) {
      await vi.advanceTimersByTimeAsync(stepSec * 1000)
      await new Promise(setImmediate)
    }
    return { refused, opened: open.mock.calls.length, lastedSec: lastedSec() }
  } finally {
    vi.useRealTimers()
    open.mockRestore()
  }
}
