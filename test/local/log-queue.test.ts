import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AsyncCalls } from '../../src/local/async/async-calls.ts'
import type { CallQueue, QueuedCall } from '../../src/local/async/call-queue.ts'
import { LogQueue } from '../../src/local/async/log-queue.ts'
import type { QueueMessage } from '../../src/local/async/message.ts'
import type { AsyncTarget } from '../../src/local/async/target.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { until } from './fixture.ts'

let root = ''
let folder = ''
let open: LogQueue[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sls-queue-'))
  folder = join(root, '0')
})

afterEach(async () => {
  await Promise.all(open.map((queue) => queue.close()))
  open = []
  removeFolder(root)
})

async function opened(): Promise<LogQueue> {
  const queue = new LogQueue(folder)
  open.push(queue)
  await queue.open()
  return queue
}

/** As after a crash: of the one before, nothing is closed by then. */
async function openedAgain(): Promise<LogQueue> {
  const left = folder
  folder = join(root, String(open.length))
  cpSync(left, folder, { recursive: true })
  return await opened()
}

function callOf(id: string, Body: string): QueuedCall {
  const message = { Header: {}, Host: '', Method: 'POST', Path: '/', QueryString: '', QueueName: '', CallbackUrl: null }
  return { id, message: { ...message, Body, Function: 'f.s.dev' }, accepted: 1, attempts: 0, next: 1 }
}

async function bury(queue: LogQueue, id: string): Promise<void> {
  await queue.keep({ ...(queue.calls.get(id) as QueuedCall), attempts: 4, next: undefined, reason: 'status 500' })
}

const BODY = Buffer.alloc(3 << 20, 7).toString('base64')

describe('dead letters', () => {
  test('take none of the room of calls that wait, and none of the memory', async () => {
    const queue = await opened()
    await queue.put(callOf('a', BODY))
    await queue.put(callOf('b', 'Yg=='))
    expect(queue.heldBytes).toBe(BODY.length + 4)
    await bury(queue, 'a')
    expect(queue.heldBytes).toBe(4)
    expect(queue.dead.get('a')).toMatchObject({ attempts: 4, reason: 'status 500', message: { Body: '' } })
    await queue.finish('b')
    expect(queue.heldBytes).toBe(0)
  })

  test('have their bodies again when they are replayed, and after that nothing of them is left', async () => {
    const queue = await opened()
    await queue.put(callOf('a', BODY))
    await bury(queue, 'a')
    const lying = queue.dead.get('a') as QueuedCall
    const revived = { ...lying, attempts: 0, next: 5 }
    await Promise.all([queue.keep(revived), queue.keep(revived)])
    expect([queue.dead.size, queue.heldBytes]).toEqual([0, BODY.length])
    expect(queue.calls.get('a')).toMatchObject({ attempts: 0, next: 5, message: { Body: BODY } })
    expect(readdirSync(join(folder, 'dead'))).toEqual([])
    await bury(queue, 'a')
    expect(readdirSync(join(folder, 'dead'))).toHaveLength(1)
    await queue.finish('a')
    expect(readdirSync(join(folder, 'dead'))).toEqual([])
  })

  test('outlive a crash, before and after the log is written anew', async () => {
    const queue = await opened()
    await queue.put(callOf('a', BODY))
    await bury(queue, 'a')
    const second = await openedAgain()
    expect([second.dead.get('a')?.message.Body, second.heldBytes]).toEqual(['', 0])
    // Enough of finished calls for the log to be written anew.
    for (let index = 0; index < 17; index++) {
      await second.put(callOf(`x${index}`, BODY))
      await second.finish(`x${index}`)
    }
    expect(readFileSync(join(folder, 'calls.ndjson')).length).toBeLessThan(5 * BODY.length)
    const third = await openedAgain()
    await third.keep({ ...(third.dead.get('a') as QueuedCall), attempts: 0, next: 5 })
    const fourth = await openedAgain()
    expect(fourth.calls.get('a')).toMatchObject({ next: 5, message: { Body: BODY } })
    expect([fourth.dead.size, fourth.heldBytes]).toEqual([0, BODY.length])
  }, 30_000)

  test('without a body have none when they are replayed', async () => {
    const queue = await opened()
    await queue.put(callOf('a', ''))
    await bury(queue, 'a')
    await queue.keep({ ...(queue.dead.get('a') as QueuedCall), next: 5 })
    expect(queue.calls.get('a')?.message.Body).toBe('')
  })
})

describe('events that have to wait for a place', () => {
  const EVENT = { kind: 'mqtt', trigger: 't', time: '', data: 1 } as const

  function fullQueue(): { queue: CallQueue & { heldBytes: number }; put: ReturnType<typeof vi.fn> } {
    const put = vi.fn(async (_: { message: QueueMessage }) => true)
    return { queue: { calls: new Map(), dead: new Map(), heldBytes: 256 << 20, put } as never, put }
  }

  test('say so once in the log of their function, and again the next time', async () => {
    const { queue, put } = fullQueue()
    const told: string[] = []
    const target = { tell: (text: string) => told.push(text) } as unknown as AsyncTarget
    const calls = new AsyncCalls({ queue, find: () => target })
    const first = Promise.all([calls.enqueue('f.s.dev', EVENT, 'a'), calls.enqueue('f.s.dev', EVENT, 'b')])
    const text = 'its events have to wait: too many calls wait already (at most 100000 calls or 256 MB)'
    expect([told, put.mock.calls.length]).toEqual([[text], 0])
    queue.heldBytes = 0
    put.mockRejectedValueOnce(new Error('no space left on device'))
    await expect(calls.enqueue('f.s.dev', EVENT, 'c')).rejects.toThrow('no space')
    // That made room, so those that waited were let in.
    await first
    expect(put).toHaveBeenCalledTimes(3)
    queue.heldBytes = 256 << 20
    const second = calls.enqueue('f.s.dev', EVENT, 'd')
    expect(told).toEqual([text, text])
    queue.heldBytes = 0
    put.mockRejectedValueOnce(new Error('no space left on device'))
    await expect(calls.enqueue('f.s.dev', EVENT, 'e')).rejects.toThrow('no space')
    await second
  })

  test('are let in when a call that took the last room could not be kept', async () => {
    const queue = await opened()
    const room = 256 << 20
    const held = vi.spyOn(queue, 'heldBytes', 'get').mockImplementation(() => (queue.calls.size > 0 ? room : 0))
    const calls = new AsyncCalls({ queue, find: () => undefined })
    const append = vi.spyOn(queue, 'put').mockImplementationOnce(async (call) => {
      queue.calls.set(call.id, call)
      await new Promise((resolve) => setImmediate(resolve))
      queue.calls.delete(call.id)
      throw new Error('no space left on device')
    })
    const refused = calls.enqueue('f.s.dev', EVENT, 'a')
    const waits = calls.enqueue('f.s.dev', EVENT, 'b')
    await expect(refused).rejects.toThrow('no space')
    await waits
    await until(() => queue.calls.has('b'), 'the event that waited')
    held.mockRestore()
    append.mockRestore()
  })
})
