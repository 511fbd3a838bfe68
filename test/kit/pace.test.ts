import { type Clock, Pacer, Watch } from '@anyfaas/kit'
import { describe, expect, it } from 'vitest'

// Time that passes only while everybody waits.
class FakeClock implements Clock {
  #now = 0
  #sleepers: { at: number; wake: () => void }[] = []

  now(): number {
    return this.#now
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    return new Promise((wake) => this.#sleepers.push({ at: this.#now + ms, wake }))
  }

  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const end = work.finally(() => {
      isDone = true
    })
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve))
      const next = this.#sleepers.sort((a, b) => a.at - b.at).shift()
      if (!next) continue
      this.#now = Math.max(this.#now, next.at)
      next.wake()
    }
    return await end
  }
}

/** A platform that takes `rate` calls a second of each action, and as many at once. */
function bucket(clock: Clock, rate: number): () => boolean {
  let tokens = rate
  let at = clock.now()
  return () => {
    tokens = Math.min(rate, tokens + ((clock.now() - at) / 1000) * rate)
    at = clock.now()
    if (tokens < 1 - 1e-9) return false
    tokens--
    return true
  }
}

async function send(calls: number, platformRate: number, believedRate: number) {
  const clock = new FakeClock()
  const takes = bucket(clock, platformRate)
  let refused = 0
  const pacer = new Pacer({ rate: believedRate, isThrottled: (error) => (error as Error).message === '429', clock })
  const work = Array.from({ length: calls }, () =>
    pacer.run('create', async () => {
      await clock.wait(50)
      if (takes()) return
      refused++
      throw new Error('429')
    }),
  )
  await clock.run(Promise.all(work))
  return { seconds: clock.now() / 1000, refused, theory: (calls - platformRate) / platformRate }
}

describe('a pacer', () => {
  it('is as fast as the platform allows, without being refused', async () => {
    const { seconds, refused, theory } = await send(200, 20, 20)
    expect(refused).toBe(0)
    expect(seconds).toBeLessThan(theory * 1.02 + 0.1)
  })

  it('learns a lower rate from refusals', async () => {
    const { seconds, refused, theory } = await send(400, 10, 20)
    expect(refused).toBeLessThan(60)
    expect(seconds).toBeLessThan(theory * 1.5)
  })

  it('passes every other failure on, and stops at the signal', async () => {
    const clock = new FakeClock()
    const pacer = new Pacer({ rate: 1, isThrottled: () => false, clock })
    await expect(pacer.run('a', () => Promise.reject(new Error('no such thing')))).rejects.toThrow('no such thing')
    await expect(pacer.run('a', async () => 1, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
  })
})

describe('a watch', () => {
  it('shares its looks among all who wait', async () => {
    const clock = new FakeClock()
    let looks = 0
    const look = async (): Promise<Map<string, string>> => {
      looks++
      return new Map(
        Array.from({ length: 50 }, (_, index) => [`f${index}`, looks > 2 + (index % 3) ? 'active' : 'pending']),
      )
    }
    const watch = new Watch({ look, everyMs: 100, clock })
    const signal = new AbortController().signal
    const waits = Array.from({ length: 50 }, (_, index) =>
      watch.until(`f${index}`, (state) => state === 'active', signal),
    )
    expect(new Set(await clock.run(Promise.all(waits)))).toEqual(new Set(['active']))
    expect(looks).toBe(5)
  })

  it('sees that a thing is gone, and stops at the signal', async () => {
    const clock = new FakeClock()
    const watch = new Watch({ look: async () => new Map<string, string>(), everyMs: 100, clock })
    const signal = new AbortController().signal
    expect(await clock.run(watch.until('f', (state) => state === undefined, signal))).toBeUndefined()
    await expect(watch.until('f', () => false, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
  })
})
