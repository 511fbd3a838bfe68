import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failureClasses } from '../../src/runtime/src/index.ts'
import { isAlive, reply, until, useLocal } from './fixture.ts'

// The class `platform` of docs/failures.md: it is the platform that cannot call the function. What the runtime itself does
// where an answer cannot be sent is in test/runtime/unsent.test.ts.

const local = useLocal()
const { platform: failure } = failureClasses

// Says by a file that it was called, and how often; then it never answers.
const STARTS = `require('fs').appendFileSync(process.env.CALLS, 'x')`
const HANGS = `${STARTS}; await new Promise(() => setInterval(() => {}, 1000))`

test('a request that still waits when the platform ends gets the class, and the next platform answers', async () => {
  const platform = local()
  const calls = join(platform.home.root, '..', 'calls')
  writeFileSync(calls, '')
  const url = await platform.deploy('f', {
    body: `if (event.url.endsWith('quick')) { ${reply('1')} } ${HANGS}`,
    environment: { CALLS: calls },
    timeout: 60,
    concurrency: { instance: 1, max: 1, queue: 1 },
  })
  const running = fetch(`${url}/f`)
  await until(() => readFileSync(calls, 'utf8') === 'x', 'the first call')
  const waiting = fetch(`${url}/f`)
  await until(async () => (await fetch(`${url}/_/ready/f`)).status === 429, 'the call that waits')
  const { pid } = await platform.record()
  process.kill(pid, 'SIGTERM')

  // It has let calls finish for a while.
  const answer = await waiting
  expect([answer.status, answer.headers.get('x-error-class'), answer.headers.get('retry-after')]).toEqual([
    failure.status,
    'gone',
    '1',
  ])
  expect(await answer.text()).toBe('the function "f" was removed\n')
  expect(answer.headers.get('x-request-id')).toMatch(/./)
  // The one that had begun lost its process, which is another class; the other was never begun.
  expect((await running).headers.get('x-error-class')).toBe('exit')
  expect(readFileSync(calls, 'utf8')).toBe('x')
  await until(() => !isAlive(pid), 'the end of the platform')
  const again = await platform.info()
  await platform.record()
  expect((await fetch(`${again?.url}/f?quick`)).status).toBe(200)
}, 60_000)

test('an event is kept while the platform is gone, and comes again', async () => {
  const platform = local()
  const calls = join(platform.home.root, '..', 'calls')
  writeFileSync(calls, '')
  const body = `if (!require('fs').readFileSync(process.env.CALLS, 'utf8')) { ${HANGS} } ${STARTS}; ${reply('1')}`
  const url = await platform.deploy('f', { body, environment: { CALLS: calls }, timeout: 60 })
  const taken = await fetch(`${url}/async-function/f`, { method: 'POST', body: '{}' })
  expect(taken.status).toBe(202)
  await until(() => readFileSync(calls, 'utf8') === 'x', 'the first try')
  const { pid } = await platform.record()
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid), 'the end of the platform')
  await expect(fetch(`${url}/f`)).rejects.toThrow()
  await platform.info()
  await platform.record()
  await until(() => readFileSync(calls, 'utf8') === 'xx', 'the second try', 60_000)
})
