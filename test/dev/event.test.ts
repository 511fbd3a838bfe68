import { describe, expect, test } from 'vitest'
import { makeEvent } from '../../src/actions/event.ts'
import type { ActionIo } from '../../src/actions/io.ts'

const io: ActionIo = { env: {}, cwd: import.meta.dirname, tell: () => undefined, signal: new AbortController().signal }

describe.each(['local', 'aliyun', 'aws', 'tencent'])('%s', (provider) => {
  test('has a request of what is given', async () => {
    const { event } = await makeEvent({ provider, kind: 'http', method: 'post', path: '/a?b=c', data: '{"d":1}' }, io)
    const text = JSON.stringify(event)
    for (const part of ['POST', '/a', '"c"']) if (provider !== 'local') expect(text).toContain(part)
    expect(text).toMatch(/POST/)
  })

  test('has a timer with its payload, as JSON', async () => {
    const { event, kind } = await makeEvent({ provider, kind: 'cron', data: '{"deep":[1]}' }, io)
    expect(kind).toBe('timer')
    expect(JSON.stringify(event).replaceAll('\\', '')).toContain('{"deep":[1]}')
  })
})

test('a vendor’s word means the kind', async () => {
  const [sqs, queue] = await Promise.all(['SQS', 'queue'].map((kind) => makeEvent({ provider: 'aws', kind }, io)))
  expect(sqs).toEqual(queue)
})

test('the editions of a provider have events of their own', async () => {
  const make = async (edition: string) => (await makeEvent({ provider: 'aliyun', kind: 'http', edition }, io)).event
  expect(await make('3.0')).toHaveProperty('rawPath')
  expect(await make('2.0')).not.toHaveProperty('rawPath')
})

test('what a platform does not send is refused with what it does', async () => {
  await expect(makeEvent({ provider: 'tencent', kind: 'kinesis' }, io)).rejects.toMatchObject({
    diagnostics: [{ code: 'SLS0002', help: [expect.stringContaining('os, mq')] }],
  })
})
