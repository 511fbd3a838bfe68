import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Crc64 } from '../../plugins/aliyun/src/account/crc64.ts'
import type { Headers } from '../../plugins/aliyun/src/account/sdk.ts'
import { signFunctions, signLogs, signObjects } from '../../plugins/aliyun/src/account/signature.ts'
import { Fc2Emulator } from '../emulators/fc2/emulator.ts'
import { ACCOUNT, REGION } from '../emulators/fc2/world.ts'
import { has, judgeFolder } from '../peers.ts'

// The vendor's own libraries are the clients of our emulator, and say of our signatures whether they are theirs.

type Tree = Record<string, unknown>
type Answer = Promise<{ data: Tree }>

interface Fc2 {
  createService(name: string, options: object): Answer
  createFunction(service: string, options: object): Answer
  getFunction(service: string, name: string): Answer
  updateFunction(service: string, name: string, options: object): Answer
  createTrigger(service: string, name: string, options: object): Answer
  listTriggers(service: string, name: string): Answer
  publishVersion(service: string, description: string): Answer
  createAlias(service: string, alias: string, version: string): Answer
  invokeFunction(service: string, name: string, event: string, headers?: object): Answer
  get(path: string, query: object): Answer
  deleteTrigger(service: string, name: string, trigger: string): Answer
  deleteFunction(service: string, name: string): Answer
  getTempBucketToken(): Answer
}
interface Fc2Class {
  new (account: string, config: object): Fc2
  getSignature(id: string, secret: string, method: string, path: string, headers: object, query: object | null): string
}

const isThere = has("Alibaba Cloud's older libraries")

describe.runIf(isThere)('the library for Function Compute 2.0', () => {
  const load = createRequire(`${judgeFolder('alibaba-cloud')}/`)
  const emulator = new Fc2Emulator()
  let client: Fc2
  let Library: Fc2Class

  beforeAll(async () => {
    Library = load('@alicloud/fc2') as Fc2Class
    const endpoint = await emulator.start()
    client = new Library(ACCOUNT, { accessKeyID: 'id', accessKeySecret: 'secret', region: REGION, endpoint })
  })
  afterAll(() => emulator.stop())

  it('is understood from a service to a call', async () => {
    const zip = Buffer.from('PK')
    const code = { zipFile: zip.toString('base64') }
    await client.createService('s', { description: 'x' })
    const made = await client.createFunction('s', {
      functionName: 'f',
      handler: 'index.handler',
      runtime: 'nodejs20',
      code,
    })
    expect(made.data['codeChecksum']).toBe(new Crc64().update(zip).digest())
    await client.updateFunction('s', 'f', { memorySize: 512, instanceConcurrency: 1 })
    expect((await client.getFunction('s', 'f')).data).toMatchObject({ memorySize: 512, instanceType: 'e1' })
    expect((await client.invokeFunction('s', 'f', '{"a":1}', { 'x-fc-log-type': 'Tail' })).data).toBeDefined()
    const triggerConfig = { authType: 'anonymous', methods: ['GET'] }
    await client.createTrigger('s', 'f', { triggerName: 'h', triggerType: 'http', triggerConfig })
    expect((await client.listTriggers('s', 'f')).data['triggers']).toMatchObject([{ triggerConfig }])
    await client.get('/proxy/s/f/a', { b: '2', a: '1' })
    const { data } = await client.publishVersion('s', 'first')
    await client.createAlias('s', 'live', String(data['versionId']))
    await client.deleteTrigger('s', 'f', 'h')
    await client.deleteFunction('s', 'f')
  })

  it('is told what is wrong in the words that it reads', async () => {
    await expect(client.getFunction('s', 'none')).rejects.toMatchObject({ code: 'FunctionNotFound' })
    const half = client.createFunction('s', { functionName: 'g', runtime: 'nodejs20' })
    await expect(half).rejects.toMatchObject({ code: 'InvalidArgument' })
    const endpoint = `http://127.0.0.1:${new URL(await emulatorAddress()).port}`
    const wrong = new Library(ACCOUNT, { accessKeyID: 'id', accessKeySecret: 'other', region: REGION, endpoint })
    await expect(wrong.getFunction('s', 'f')).rejects.toMatchObject({ code: 'SignatureNotMatch' })
  })

  it.each([
    ['GET', '/2016-08-15/services/s', {}, null],
    ['POST', '/2016-08-15/services', { 'content-type': 'application/json', 'content-md5': 'abc' }, null],
    ['PUT', '/2016-08-15/services/s', { 'x-fc-security-token': 'token', 'x-fc-account-id': '1' }, null],
    ['POST', '/2016-08-15/proxy/s/f/a', { 'x-fc-log-type': 'Tail' }, { b: '2', a: 'x y' }],
    ['GET', '/2016-08-15/proxy/s/f/', {}, {}],
  ] as const)('signs %s %s as we do', (method, path, more, query) => {
    const headers: Headers = { date: 'Sat, 21 Nov 2026 01:48:03 GMT', accept: 'application/json', ...more }
    const lines = query && Object.entries(query).map(([name, value]) => `${name}=${value}`)
    const resource = lines ? `${path}\n${lines.sort().join('\n')}` : path
    const ours = signFunctions({ id: 'id', secret: 'secret' }, { method, headers, resource })
    expect(ours).toBe(Library.getSignature('id', 'secret', method, path, headers, query))
  })

  const emulatorAddress = async (): Promise<string> => Reflect.get(client, 'endpoint') as string
})

describe.runIf(isThere)('the library for', () => {
  const load = createRequire(`${judgeFolder('alibaba-cloud')}/`)
  const date = 'Sat, 21 Nov 2026 01:48:03 GMT'

  it.each([{}, { query: '__topic__:"FCLogs:a" and "b c"', from: '1', to: '2', type: 'log' }])(
    'logs signs %j as we do',
    (query: Record<string, string>) => {
      const Log = load('@alicloud/log') as new (
        config: object,
      ) => {
        _sign(verb: string, path: string, queries: object, headers: object, credentials: object): string
      }
      const client = new Log({ accessKeyId: 'id', accessKeySecret: 'secret', region: REGION })
      const headers = {
        date,
        'x-log-apiversion': '0.6.0',
        'x-acs-security-token': 't',
        'content-type': 'application/json',
      }
      const asked = Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))
      const path = '/logstores/s'
      const resource = asked.length > 0 ? `${path}?${asked.map(([name, value]) => `${name}=${value}`).join('&')}` : path
      const credentials = { accessKeyId: 'id', accessKeySecret: 'secret' }
      const theirs = client._sign('GET', path, query, headers, credentials)
      expect(signLogs({ id: 'id', secret: 'secret' }, { method: 'GET', headers, resource })).toBe(theirs)
    },
  )

  it('objects signs as we do', () => {
    const library = load('ali-oss/lib/common/signUtils') as {
      authorization(id: string, secret: string, text: string): string
      buildCanonicalString(method: string, path: string, request: object): string
    }
    // Theirs sends the date under a name of its own beside the usual one.
    const headers = {
      date,
      'x-oss-date': date,
      'content-type': 'application/zip',
      'x-oss-security-token': 'token',
      'content-length': '4',
    }
    const resource = '/bucket/1234/a b.zip'
    const theirs = library.authorization('id', 'secret', library.buildCanonicalString('PUT', resource, { headers }))
    expect(signObjects({ id: 'id', secret: 'secret' }, { method: 'PUT', headers, resource })).toBe(theirs)
  })
})
