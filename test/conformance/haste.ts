import { clock } from '@anyfaas/kit'
import { afterAll, beforeAll } from 'vitest'

/** Lets nothing wait in the tests around: nobody refuses calls for being too many there, and nothing takes its time. */
export function withoutWaiting(): void {
  const { wait } = clock
  const pass: typeof wait = async (_, signal) => {
    await new Promise((done) => setImmediate(done))
    signal?.throwIfAborted()
  }
  beforeAll(() => void Object.assign(clock, { wait: pass }))
  afterAll(() => void Object.assign(clock, { wait }))
}
