import type { Operations, RemoteInvocation, Service } from '@anyfaas/kit'
import { SlsError } from '@anyfaas/kit'
import { describe, expect, it } from 'vitest'
import { Fc2Client } from '../../plugins/aliyun/src/fc2/deploy/client.ts'
import { makeOperations as fc2Operations } from '../../plugins/aliyun/src/fc2/deploy/operations.ts'
import { Fc3Client } from '../../plugins/aliyun/src/fc3/deploy/client.ts'
import { makeOperations as fc3Operations } from '../../plugins/aliyun/src/fc3/deploy/operations.ts'
import { Api } from '../../plugins/aws/src/account/api.ts'
import { apiConfig } from '../../plugins/aws/src/account/identity.ts'
import { makeOperations as lambdaOperations } from '../../plugins/aws/src/lambda/deploy/operations.ts'
import { ScfClient } from '../../plugins/tencent/src/scf/deploy/client.ts'
import { makeOperations as scfOperations } from '../../plugins/tencent/src/scf/deploy/operations.ts'
import { swallow, unanswered } from './black-hole.ts'

// The deployed function has this much time, and nothing else of the platform is asked.
const TIMEOUT_SEC = 600
const MARGIN_SEC = 120
const endpoint = 'http://192.0.2.1'
const aliyun = {
  credentials: { accessKeyId: 'id', accessKeySecret: 'secret', source: 'the test' },
  region: 'cn-hangzhou',
  account: '1',
  endpoint,
}

type Invoke = NonNullable<Operations['invoke']>

const platforms: Readonly<Record<string, { readonly mostSec: number; invoker(): Promise<Invoke> }>> = {
  aws: {
    mostSec: 900,
    async invoker() {
      const provider = { region: 'us-east-1', endpoint }
      const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }
      const api = new Api(await apiConfig({ provider } as Service, env))
      const ours = { one: async () => ({ name: 'a', live: { Timeout: TIMEOUT_SEC } }) }
      return invokeOf(lambdaOperations({ site: { api }, ours } as unknown as Parameters<typeof lambdaOperations>[0]))
    },
  },
  'aliyun, 3.0': {
    mostSec: 86_400,
    async invoker() {
      const ours = { one: async () => ({ name: 'a', live: { timeout: TIMEOUT_SEC } }) }
      const site = { client: new Fc3Client(aliyun) }
      return invokeOf(fc3Operations(...([site, ours] as unknown as Parameters<typeof fc3Operations>)))
    },
  },
  'aliyun, 2.0': { mostSec: 86_400, invoker: async () => fc2Invoker([]) },
  'aliyun, 2.0, over HTTP': {
    mostSec: 86_400,
    invoker: async () => fc2Invoker([{ triggerType: 'http', triggerConfig: { methods: ['GET'] } }]),
  },
  tencent: {
    mostSec: 900,
    async invoker() {
      const credentials = { secretId: 'id', secretKey: 'secret' }
      const client = new ScfClient({ credentials, region: 'ap-guangzhou', endpoint })
      const site = { client, service: { functions: [{ name: 'a', timeoutSec: TIMEOUT_SEC }] } }
      const ours = { one: async () => ({ fn: 'a', name: 'a', namespace: 'default', live: {} }) }
      return invokeOf(scfOperations(...([site, ours, {}] as unknown as Parameters<typeof scfOperations>)))
    },
  },
}

function fc2Invoker(triggers: readonly object[]): Invoke {
  const client = new Fc2Client(aliyun)
  client.list = async () => [...triggers] as Awaited<ReturnType<Fc2Client['list']>>
  const ours = { path: '/services/s', one: async () => ({ name: 'a', live: { timeout: TIMEOUT_SEC } }) }
  return invokeOf(
    fc2Operations(...([{ client, serviceName: 's' }, ours] as unknown as Parameters<typeof fc2Operations>)),
  )
}

function invokeOf({ invoke }: Operations): Invoke {
  if (!invoke) throw new Error('it has no way to invoke')
  return invoke
}

describe.each(Object.entries(platforms))('%s', (_label, { mostSec, invoker }) => {
  const asked = async (wishes: Partial<RemoteInvocation> = {}, signal = new AbortController().signal) => {
    const invoke = await invoker()
    const request = { fn: 'a', payload: '{}', isAsync: false, tail: false, ...wishes }
    return async () => await invoke(request, { signal, note: () => undefined })
  }

  it('an invocation waits for as long as the function may run, and is sent once', async () => {
    const { refused, opened, lastedSec } = await unanswered(await asked(), { lastsSec: 2 * mostSec, stepSec: 10 })
    expect(refused).toBeInstanceOf(SlsError)
    expect(opened).toBe(1)
    expect(lastedSec).toBeGreaterThanOrEqual(TIMEOUT_SEC + MARGIN_SEC)
    expect(lastedSec).toBeLessThanOrEqual(TIMEOUT_SEC + MARGIN_SEC + 20)
  })

  it('one of a version waits for as long as the platform lets any run', async () => {
    const limits = { lastsSec: 2 * mostSec, stepSec: mostSec / 90 }
    const { refused, opened, lastedSec } = await unanswered(await asked({ qualifier: '1' }), limits)
    expect(refused).toBeInstanceOf(SlsError)
    expect(opened).toBe(1)
    expect(lastedSec).toBeGreaterThanOrEqual(mostSec + MARGIN_SEC)
    expect(lastedSec).toBeLessThanOrEqual(mostSec * 1.05 + MARGIN_SEC)
  })

  it('one that is only to be accepted waits for a minute', async () => {
    const { refused, opened, lastedSec } = await unanswered(await asked({ isAsync: true }), {
      lastsSec: 600,
      stepSec: 5,
    })
    expect(refused).toBeInstanceOf(SlsError)
    expect(opened).toBe(1)
    expect(lastedSec).toBeGreaterThanOrEqual(60)
    expect(lastedSec).toBeLessThanOrEqual(70)
  })

  it('an interruption ends the wait at once', async () => {
    const interrupted = new AbortController()
    const invoke = await asked({}, interrupted.signal)
    const work = async () => {
      setTimeout(() => interrupted.abort(), 300_000)
      return await invoke()
    }
    const { refused, lastedSec } = await unanswered(work, { lastsSec: 900, stepSec: 1 })
    expect(refused).toBeDefined()
    expect(refused).not.toBeInstanceOf(SlsError)
    expect(lastedSec).toBeLessThanOrEqual(302)
  })
})

// The library of the one has one limit for the connection and the answer.
const { 'aliyun, 3.0': _, ...limited } = platforms

it.each(Object.entries(limited))(
  '%s: a connection that comes to nothing is given up as ever',
  async (_label, { invoker }) => {
    const invoke = await invoker()
    const request = { fn: 'a', payload: '{}', isAsync: false, tail: false }
    const call = { signal: new AbortController().signal, note: () => undefined }
    const { refused, opened, lastedSec } = await swallow(() => invoke(request, call))
    expect(refused).toBeInstanceOf(SlsError)
    expect(opened).toBe(1)
    expect(lastedSec).toBeLessThan(15)
  },
)
