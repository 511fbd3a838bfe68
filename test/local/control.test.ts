import { request } from 'node:http'
import { json, text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { reply, useLocal } from './fixture.ts'

const local = useLocal()

function ask(
  port: number,
  path: string,
  headers: Record<string, string>,
  method = 'GET',
  body = '',
): Promise<[number, unknown]> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const isJson = response.headers['content-type'] === 'application/json'
      const body: Promise<unknown> = isJson ? json(response) : text(response)
      body.then((value) => resolve([response.statusCode ?? 0, value]), reject)
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

test('the control API answers to who has the token, under its own address', async () => {
  const platform = local()
  await platform.deploy('f', { body: reply('1') })
  const { port, token, pid, version } = await platform.record()
  const right = { authorization: `Bearer ${token}` }
  expect(await ask(port, '/v1', right)).toEqual([200, { platform: 'anyfaas', pid, version }])
  expect((await ask(port, '/v1', {}))[0]).toBe(401)
  expect((await ask(port, '/v1', { authorization: `Bearer ${token.slice(1)}x` }))[0]).toBe(401)
  expect((await ask(port, '/v1/shutdown', {}, 'POST'))[0]).toBe(401)
  expect((await ask(port, '/v1', { ...right, host: 'evil.example' }))[0]).toBe(403)
  expect((await ask(port, '/v1', { ...right, host: `evil.example:${port}` }))[0]).toBe(403)
  expect((await ask(port, '/v1', { ...right, host: `localhost:${port}` }))[0]).toBe(200)
})

test('the control API refuses what it does not understand, and goes on', async () => {
  const platform = local()
  await platform.deploy('f', { body: reply('1') })
  const { port, token } = await platform.record()
  const right = { authorization: `Bearer ${token}` }
  const at = '/v1/services/shop/dev/functions/f'
  for (const path of ['/', '/v2', '/v1/nothing', '/v1/services', '/v1/services/a/b', '/v1/code/sha256:../..']) {
    expect((await ask(port, path, right))[0]).toBe(404)
  }
  for (const body of [
    '',
    '{',
    '[]',
    '{}',
    '{"spec":{"name":"g"},"secrets":{}}',
    '{"spec":{"name":"f"},"secrets":{}}',
  ]) {
    expect(await ask(port, at, right, 'PUT', body)).toEqual([422, { code: 'SLS7002', message: expect.any(String) }])
  }
  const zip = `/v1/code/sha256:${'0'.repeat(64)}`
  expect((await ask(port, zip, right, 'PUT', 'no zip'))[1]).toMatchObject({
    message: expect.stringContaining('the artifact is sha256:'),
  })
  expect((await ask(port, '/v1/%E0%A4', right))[0]).toBe(404)
  expect((await ask(port, '/v1/services/shop/dev', right))[0]).toBe(200)
})
