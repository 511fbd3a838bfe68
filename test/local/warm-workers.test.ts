import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { SERVE_FILE } from '../../src/local/places.ts'
import { WarmWorkers } from '../../src/local/platform/instances/warm-workers.ts'
import { Channel } from '../../src/local/wire/channel.ts'
import { CHANNEL_FD, type FromWorker, type ToWorker } from '../../src/local/wire/wire.ts'

const taken: ChildProcess[] = []

afterEach(async () => {
  for (const process of taken.splice(0)) {
    const gone = once(process, 'exit')
    process.kill('SIGKILL')
    await gone
  }
})

test('a process that waits for a function has taken a message before, and says so first', async () => {
  const workers = new WarmWorkers(SERVE_FILE)
  workers.prepare([64])
  const process = workers.take(64)
  workers.close()
  if (!process) return expect.unreachable('no process waits')
  taken.push(process)
  const kinds: string[] = []
  await new Promise<void>((resolve, reject) => {
    const channel = new Channel<FromWorker, ToWorker>(
      process.stdio[CHANNEL_FD] as Socket,
      ({ kind }) => {
        kinds.push(kind)
        if (kind === 'failed') resolve()
      },
      reject,
    )
    // A process without a function refuses a call.
    const event = { kind: 'event', id: '', time: '', data: null } as const
    channel.send({ kind: 'event', id: 1, requestId: '', deadline: 0, event })
  })
  expect(kinds[0]).toBe('pong')
})
