import { Agent } from 'node:http'
import { Socket } from 'node:net'
import { type Service, SlsError } from '@anyfaas/kit'
import { afterEach, expect, it, vi } from 'vitest'
import { Api } from '../../plugins/aws/src/account/api.ts'
import { apiConfig } from '../../plugins/aws/src/account/identity.ts'

// An address that takes no connection and refuses none: what is sent there is lost.

afterEach(() => void vi.useRealTimers())

class BlackHole extends Agent {
  opened = 0
  override createConnection(): Socket {
    this.opened++
    return Object.assign(new Socket(), { connecting: true })
  }
}

it('a connection that comes to nothing is given up, and tried again as any silence', async () => {
  const provider = { region: 'us-east-1', endpoint: 'http://192.0.2.1' }
  const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }
  const config = await apiConfig({ provider } as Service, env)
  const httpAgent = new BlackHole()
  const { requestHandler } = config as unknown as { requestHandler?: object }
  const said: string[] = []
  const asking = { note: (text: string) => void said.push(text) }
  const api = new Api({ ...config, requestHandler: { ...requestHandler, httpAgent } } as typeof config, asking)
  // What is imported is no matter of this time.
  await api.client('lambda')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const request = { service: 'lambda', action: 'ListFunctions', input: {}, about: 'functions' } as const
  let refused: unknown
  api.call(request, { signal: new AbortController().signal }).catch((error: unknown) => {
    refused = error
  })
  // The vendor's library reads files first.
  while (httpAgent.opened === 0) await new Promise(setImmediate)
  while (refused === undefined) {
    await vi.advanceTimersByTimeAsync(1000)
    await new Promise(setImmediate)
  }
  vi.useRealTimers()
  expect(refused).toBeInstanceOf(SlsError)
  expect((refused as SlsError).diagnostics).toMatchObject([
    { code: 'SLS5012', message: 'functions: ETIMEDOUT: no connection within 10 s' },
  ])
  expect(said).toEqual(['AWS does not answer: ETIMEDOUT: no connection within 10 s; trying again'])
  expect(httpAgent.opened).toBeGreaterThan(3)
  await api.close()
})
