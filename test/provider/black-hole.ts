import { Agent } from 'node:http'
import { Socket } from 'node:net'
import { vi } from 'vitest'

export interface Swallowed {
  /** Undefined when `work` still waited after ten minutes. */
  readonly refused: unknown
  /** How many connections were begun. */
  readonly opened: number
  readonly lastedSec: number
}

/**
 * What `work` fails with at an address that takes no connection and refuses none: what is sent there is lost. The time is not the
 * real one. Plain HTTP only.
 */
export async function swallow(work: () => Promise<unknown>): Promise<Swallowed> {
  const open = vi.spyOn(Agent.prototype, 'createConnection').mockImplementation(() => {
    return Object.assign(new Socket(), { connecting: true })
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const began = performance.now()
    const lastedSec = (): number => (performance.now() - began) / 1000
    let refused: unknown
    work().catch((error: unknown) => {
      refused = error
    })
    while (open.mock.calls.length === 0) await new Promise(setImmediate)
    while (refused === undefined && lastedSec() < 600) {
      await vi.advanceTimersByTimeAsync(1000)
      await new Promise(setImmediate)
    }
    return { refused, opened: open.mock.calls.length, lastedSec: lastedSec() }
  } finally {
    vi.useRealTimers()
    open.mockRestore()
  }
}
