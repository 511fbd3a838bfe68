import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { reply, useLocal } from './fixture.ts'

const local = useLocal()

async function statusOf(url: string, target: string): Promise<string | undefined> {
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.end(`GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`)
  return /^HTTP\/1\.1 (\d+)/.exec(await text(socket))?.[1]
}

test.each([
  'http://[',
  'http:///',
  'http://localhost:99999/a',
  '/async-function/%',
  '/_/ready/%E0%A4%A',
  '/%',
  '/function/%',
  '*',
])('the target %s is answered as wrong, and the platform lives on', async (target) => {
  const platform = local()
  const url = await platform.deploy('a', { body: reply('"here"') })
  const { pid } = await platform.record()
  expect(await statusOf(url, target)).toMatch(/^4\d\d$/)
  expect(await (await fetch(`${url}/a`)).text()).toBe('here')
  expect((await platform.record()).pid).toBe(pid)
})

test('a function that writes to the platform’s channel loses its process, and nobody else anything', async () => {
  const platform = local()
  await platform.deploy('bad', {
    body: `require('node:fs').writeSync(3, Buffer.alloc(64, 255)); await new Promise(() => {})`,
  })
  const url = await platform.deploy('good', { body: reply('"here"') })
  const bad = await fetch(`${url}/bad`)
  expect([bad.status, bad.headers.get('x-error-class')]).toEqual([502, 'exit'])
  expect(await (await fetch(`${url}/good`)).text()).toBe('here')
  const lines = (await platform.logs()).map((line) => line.text)
  expect(lines.join('\n')).toContain('what its process sent cannot be read')
})
