import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineBatch } from '../../src/local/async/line-batch.ts'
import { LogQueue } from '../../src/local/async/log-queue.ts'
import type { QueueMessage } from '../../src/local/async/message.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

test('lines are the bytes of their parts, whatever they hold and however long they are', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.constantFrom('x', 'é', '汉', '😀'), fc.integer({ min: 0, max: 70_000 }))
      .map(([one, n]) => one.repeat(n)),
  )
  const lines = fc.array(fc.array(part, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 })
  let page: Buffer | undefined
  fc.assert(
    fc.property(lines, (all) => {
      const batch = new LineBatch(page)
      for (const parts of all) batch.add(...parts)
      expect(batch.bytes.equals(Buffer.from(all.map((parts) => `${parts.join('')}\n`).join('')))).toBe(true)
      page = batch.page
    }),
    { seed: 7, numRuns: 40 },
  )
})

test('a call is the same after a restart, also with a body that nobody would send', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sls-queue-'))
  const messages = ['', 'aGk=', '"}\n\\ {"done":"x"}', '汉'].map(
    (Body): QueueMessage => ({
      Header: { Body: ['', '"Body":""'], 'X-A': ['1', '2'] },
      Host: 'h',
      Body,
      Method: 'POST',
      Path: '/a b',
      QueryString: 'x=1',
      Function: 'f.shop.dev',
      QueueName: '',
      CallbackUrl: null,
    }),
  )
  const queue = new LogQueue(folder)
  await queue.open()
  await Promise.all(
    messages.map((message, n) => queue.put({ id: `c${n}`, message, accepted: 5, attempts: 0, next: 7 })),
  )
  await queue.close()
  const again = new LogQueue(folder)
  await again.open()
  expect([...again.calls.values()]).toEqual(
    messages.map((message, n) => ({ id: `c${n}`, message, accepted: 5, attempts: 0, next: 7 })),
  )
  await again.close()
  removeFolder(folder)
})
