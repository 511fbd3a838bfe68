import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CallTable } from '../../src/local/wire/call-table.ts'
import { Channel } from '../../src/local/wire/channel.ts'
import type { Message } from '../../src/local/wire/message-bytes.ts'

/** One end of a socket: gathers what is written, and takes what `push` gives it. */
function socketOf(written: Buffer[] = []): Socket {
  const socket = new Duplex({
    read: () => undefined,
    write: (bytes: Buffer, _, done) => {
      written.push(Buffer.from(bytes))
      done()
    },
  })
  return socket as Socket
}

async function bytesOf(batches: readonly (readonly Message[])[]): Promise<Buffer> {
  const written: Buffer[] = []
  const channel = new Channel<Message, Message>(
    socketOf(written),
    () => undefined,
    (error) => expect.unreachable(error.message),
  )
  for (const batch of batches) {
    for (const message of batch) channel.send(message)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return Buffer.concat(written)
}

async function arrived(pieces: Iterable<Buffer>): Promise<{ messages: Message[]; failures: Error[] }> {
  const messages: Message[] = []
  const failures: Error[] = []
  const socket = socketOf()
  new Channel<Message, Message>(
    socket,
    (message) => messages.push(message),
    (error) => failures.push(error),
  )
  for (const piece of pieces) {
    socket.push(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { messages, failures }
}

function* cut(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

// Bytes as a text: element by element they would be compared for minutes.
function plain(message: Message): object {
  const { body } = message as { readonly body?: Uint8Array }
  return { ...message, body: body && Buffer.from(body).toString('latin1') }
}

const texts = fc.array(fc.string({ unit: 'binary' }), { maxLength: 8 })
const id = fc.integer({ min: 1, max: 2 ** 50 })
const bytes = fc
  .integer({ min: 0, max: 150_000 })
  .map((length) => Buffer.alloc(length, 'every byte counts \xff\x00', 'latin1'))
const body = fc.option(bytes, { nil: undefined })
const text = fc.string({ unit: 'binary' })
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    kind: fc.constant('http' as const),
    id,
    deadline: id,
    requestId: text,
    method: text,
    url: text,
    ip: text,
    headers: texts,
    body,
  }),
  fc.record({
    kind: fc.constant('head' as const),
    id,
    status: fc.integer({ min: 100, max: 599 }),
    headers: texts,
    body,
    open: fc.constant(false),
  }),
  fc.record({ kind: fc.constant('chunk' as const), id, body: bytes }),
  fc.record({ kind: fc.constant('value' as const), id, json: text }),
  fc.constant({ kind: 'ping' as const }),
)

describe('the channel to a function’s process', () => {
  test('brings every message as it was sent, in order, in whatever pieces it arrives', async () => {
    const batches = fc.array(fc.array(message, { maxLength: 4 }), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 1, max: 9 }), async (sent, parts) => {
        const whole = await bytesOf(sent)
        const { messages, failures } = await arrived(cut(whole, Math.max(1, Math.ceil(whole.length / parts))))
        expect(failures).toEqual([])
        expect(messages.map(plain)).toEqual(sent.flat().map(plain))
      }),
      { numRuns: 40, seed: 7 },
    )
  })

  test('a message arrives from single bytes, and a text as its bytes', async () => {
    const head = { kind: 'head', id: 1, status: 200, headers: ['a', 'ü\0\n'], body: 'größer', open: false } as const
    const { messages } = await arrived(cut(await bytesOf([[head]]), 1))
    expect(messages).toEqual([{ ...head, body: Buffer.from('größer') }])
  })

  test.each([
    ['a kind that there is not', Buffer.from([1, 0, 0, 0, 9])],
    ['a length that no message has', Buffer.from([0xff, 0xff, 0xff, 0xff, 0])],
    ['no JSON', Buffer.from([2, 0, 0, 0, 0, 0x7b])],
    ['an answer that is cut off', Buffer.from([3, 0, 0, 0, 2, 1, 1])],
  ])('%s is told once, and nothing arrives after it', async (_, garbage) => {
    const good = await bytesOf([[{ kind: 'ping' }]])
    const { messages, failures } = await arrived([good, Buffer.concat([garbage, good]), good])
    expect(messages).toEqual([{ kind: 'ping' }])
    expect(failures).toHaveLength(1)
  })
})

describe('the table of calls', () => {
  test('finds a call by its number only, though its place is used again', () => {
    const table = new CallTable<{ id: number; name: string }>()
    const put = (name: string): number => {
      const number = table.reserve()
      table.set({ id: number, name })
      return number
    }
    const [first, second] = [put('first'), put('second')]
    expect([table.size, table.delete(first), table.delete(first), table.size]).toEqual([2, true, false, 1])
    const third = put('third')
    expect([table.get(first), table.get(second)?.name, table.get(third)?.name]).toEqual([undefined, 'second', 'third'])
    expect([...table].map(({ name }) => name).sort()).toEqual(['second', 'third'])
    expect(new Set([first, second, third]).size).toBe(3)
  })
})
