import { Agent, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { expect, it, vi } from 'vitest'
import { Fc3Client } from '../../plugins/aliyun/src/fc3/deploy/client.ts'

const region = 'cn-hangzhou'
const credentials = { accessKeyId: 'id', accessKeySecret: 'secret', source: 'the test' }
const { signal } = new AbortController()

it('a read is given up after ten seconds of silence, a change after a minute, and an invocation when it is told to be', async () => {
  const open = vi.spyOn(Agent.prototype, 'createConnection')
  const silenceMs: Record<string, number | undefined> = {}
  const server = createServer(({ method = '', url = '' }, answer) => {
    const socket = open.mock.results.at(-1)?.value as Socket
    silenceMs[`${method} ${url.split('/').at(-1)}`] = socket.timeout
    answer.writeHead(200, { connection: 'close' }).end('{}')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  try {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = new Fc3Client({ credentials, region, endpoint })
    const about = 'function/a'
    await client.call({ action: 'GetFunction', method: 'GET', path: '/functions/a', about }, { signal })
    await client.call({ action: 'CreateFunction', method: 'POST', path: '/functions', body: {}, about }, { signal })
    const invocation = { action: 'InvokeFunction', method: 'POST', path: '/functions/a/invocations', about } as const
    await client.exchange({ ...invocation, bytes: Buffer.from('1'), answerMs: 720_000 }, { signal })
    expect(silenceMs).toEqual({ 'GET a': 10_000, 'POST functions': 60_000, 'POST invocations': 720_000 })
  } finally {
    open.mockRestore()
    await new Promise((done) => server.close(done))
  }
})
