import type { Operations, RemoteInvocation } from '@anyfaas/kit'
import { expect, test } from 'vitest'
import { type LocalFixture, until, useLocal } from './fixture.ts'

const local = useLocal()

const body = `
  if (event.kind === 'http') {
    const text = event.body ? Buffer.from(event.body).toString() : ''
    return { kind: 'http', status: 201, headers: [['x-url', event.url]], body: event.method + ' ' + text }
  }
  console.log('got', JSON.stringify(event.data))
  if (event.data === 'break') throw new TypeError('on purpose')
  return { kind: 'value', value: [event.kind, event.data] }`

async function invoke(platform: LocalFixture, request: Partial<RemoteInvocation>) {
  const { operations } = await platform.connect()
  const whole = { fn: 'f', payload: '{}', isAsync: false, tail: false, ...request }
  return await (operations as Required<Operations>).invoke(whole, platform.call)
}

test('a deployed function is called with an event, and its failure is an answer', async () => {
  const platform = local()
  await platform.deploy('f', { body })
  const answer = await invoke(platform, { payload: '{"a":1}' })
  expect(JSON.parse(answer.payload)).toEqual(['event', { a: 1 }])
  expect(answer).toMatchObject({ requestId: expect.stringMatching(/^[\da-f-]{36}$/), durationMs: expect.any(Number) })
  // What a process prints comes another way than what it answers.
  await until(async () => (await invoke(platform, { payload: '{"b":1}', tail: true })).log === 'got {"b":1}', 'its log')
  expect((await invoke(platform, { payload: 'plain text' })).payload).toBe('["event","plain text"]')
  const failed = await invoke(platform, { payload: '"break"' })
  expect(failed.error).toMatchObject({ type: 'user', message: expect.stringContaining('on purpose') })
})

test('what is a request goes through the gateway', async () => {
  const platform = local()
  await platform.deploy('f', { body, routes: [{ path: '/*', methods: [] }] })
  const request = { kind: 'http', method: 'PUT', url: '/a/b?c=1', headers: [['x-a', '1']], body: Buffer.from('hello') }
  const { payload } = await invoke(platform, { payload: JSON.stringify(request) })
  expect(JSON.parse(payload)).toMatchObject({ statusCode: 201, body: 'PUT hello', headers: { 'x-url': '/a/b?c=1' } })
})

test('what the platform answers in the function’s stead is a failure, and what it does not accept too', async () => {
  const platform = local()
  await platform.deploy('f', { body: 'process.exit(3)' })
  const request = JSON.stringify({ kind: 'http', method: 'GET', url: '/f', headers: [] })
  const failed = await invoke(platform, { payload: request })
  expect(failed.error).toEqual({ type: 'exit', message: 'the function "f" ended its process (exit code 3)' })
  const { error } = await invoke(platform, { payload: 'x'.repeat(9 << 20), isAsync: true })
  expect(error).toEqual({ type: 'too-large', message: 'the body of an asynchronous call has at most 6 MB' })
})

test('an asynchronous call is accepted with its id', async () => {
  const platform = local()
  await platform.deploy('f', { body })
  expect(await invoke(platform, { isAsync: true })).toMatchObject({ payload: '', requestId: expect.any(String) })
})

test('what is not there is said to be so', async () => {
  const platform = local()
  await platform.deploy('f', { body })
  await expect(invoke(platform, { fn: 'g' })).rejects.toThrow('"g" is not deployed here')
  await expect(invoke(platform, { fn: 'g', isAsync: true })).rejects.toThrow('"g" is not deployed here')
  await expect(invoke(platform, { qualifier: 'live' })).rejects.toThrow('keeps one version')
})

test('calls, failures and times are counted', async () => {
  const platform = local()
  await platform.deploy('f', { body })
  await platform.deploy('g', { body })
  for (const payload of ['1', '2', '"break"']) await invoke(platform, { payload })
  const metrics = async (since: number) => {
    const { operations } = await platform.connect()
    return await (operations as Required<Operations>).metrics(
      { functions: ['f'], since, until: Date.now() },
      platform.call,
    )
  }
  expect(await metrics(Date.now() - 3_600_000)).toEqual([
    { function: 'f', calls: 3, errors: 1, throttles: 0, averageMs: expect.any(Number), maxMs: expect.any(Number) },
  ])
  expect(await metrics(Date.now() + 3_600_000)).toEqual([{ function: 'f', calls: 0, errors: 0, throttles: 0 }])
})

test('the doctor says where the state is and whether the platform runs', async () => {
  const platform = local()
  const { operations } = await platform.connect()
  const examine = async () => (await (operations as Required<Operations>).doctor(platform.call)).findings
  expect(await examine()).toContainEqual(
    expect.objectContaining({ what: 'platform', found: expect.stringContaining('does not run') }),
  )
  await platform.deploy('f', { body })
  const findings = await examine()
  expect(findings.map(({ state }) => state)).toEqual(['good', 'good', 'good'])
  expect(findings).toContainEqual({ what: 'platform', state: 'good', found: 'runs' })
  expect(findings).toContainEqual({ what: 'state folder', state: 'good', found: platform.home.root })
})
