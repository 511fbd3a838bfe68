import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { afterEach, expect, it, vi } from 'vitest'
import { signStorage } from '../../plugins/tencent/src/account/object-storage.ts'
import { doctor } from '../../src/actions/doctor.ts'
import { logs } from '../../src/actions/logs.ts'
import { ScfEmulator } from '../emulators/scf/emulator.ts'
import { Bench, type Tree } from './edition.ts'
import { tencent } from './tencent.ts'

let bench: Bench
let emulator: ScfEmulator

async function open(): Promise<void> {
  emulator = new ScfEmulator()
  bench = await new Bench({ ...tencent, emulate: () => emulator }).start()
}

afterEach(async () => {
  vi.unstubAllEnvs()
  await bench.close()
})

async function codesOf(work: Promise<unknown>): Promise<readonly string[]> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  return isSlsError(failure) ? failure.diagnostics.map(({ code }) => code) : []
}

const NAME = { FunctionName: 'shop-dev-a' }

it('a function whose creation failed is made anew by the next deploy', async () => {
  await open()
  bench.write({ a: {} })
  emulator.functions.fate = 'CreateFailed'
  expect(await codesOf(bench.deploy())).toContain('SLS5007')
  expect(await bench.plan()).toEqual(['replace function/a: creation'])
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
})

it('a function whose update failed is sent whole again', async () => {
  await open()
  bench.write({ a: {} })
  await bench.deploy()
  bench.write({ a: { memorySize: 1024 } })
  emulator.functions.fate = 'UpdateFailed'
  expect(await codesOf(bench.deploy())).toContain('SLS5007')
  expect((await bench.plan()).join()).toContain('lastUpdate')
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(emulator.functions.get(NAME).told).toMatchObject({ MemorySize: 1024 })
})

it('a function that is still on its way out is waited for, and made again', async () => {
  await open()
  bench.write({ a: {} })
  await bench.deploy()
  emulator.functions.busy(emulator.functions.get(NAME), 'Deleting', 1500)
  expect(await bench.plan()).toEqual(['create function/a'])
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
})

it('a part of a deploy leaves the other part alone', async () => {
  await open()
  bench.write({ a: {} })
  await bench.deploy()
  bench.write({ a: { memorySize: 1024, tags: { team: 'x' } } }, {}, 'two')
  await bench.deploy({ part: 'code' })
  expect(await bench.plan()).toEqual(['update function/a: MemorySize, Tags.team'])
  bench.write({ a: { memorySize: 1024, tags: { team: 'x' } } }, {}, 'three')
  await bench.deploy({ part: 'config' })
  expect(await bench.plan()).toEqual(['update function/a: code'])
})

it('a namespace is made where it is missing, and stays', async () => {
  await open()
  const team = {
    overrides: { tencent: { namespace: 'team' } },
    events: [{ timer: { every: '1h' } }, { http: 'GET /' }],
  }
  bench.write({ a: team })
  await bench.deploy()
  expect(emulator.functions.list().map(([key]) => key)).toEqual(['team/shop-dev-a'])
  expect(await bench.plan()).toEqual([])
  await bench.remove()
  expect(emulator.functions.list()).toEqual([])
  expect([...emulator.functions.namespaces]).toEqual(['default', 'team'])
})

it('a custom domain leads its paths to functions, and follows the file', async () => {
  await open()
  const domain = { name: 'api.example.com', protocol: 'HTTP,HTTPS', certificate: { id: 'abcd1234' } }
  const fn = (path: string): Tree => ({ events: [{ http: `GET ${path}` }] })
  bench.write({ a: fn('/a'), b: fn('/b') }, { domain })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(JSON.stringify(emulator.state())).toContain('"PathMatch":"/b"')
  bench.write({ a: fn('/a'), b: fn('/c') }, { domain })
  expect((await bench.plan()).join()).toContain('update domain/api.example.com: EndpointsConfig')
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  bench.write({ a: fn('/a') })
  await bench.deploy()
  expect(emulator.state()).toMatchObject({ domains: {} })
})

it('layers, a fixed address and rules for other origins come and go', async () => {
  await open()
  const cors = { origins: ['https://example.com'], methods: ['GET'], maxAge: 10 }
  const http = { path: '/', overrides: { tencent: { corsConfig: cors } } }
  bench.write({ a: { layers: ['tools:3'], overrides: { tencent: { eip: true } }, events: [{ http }] } })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(emulator.functions.get(NAME).told).toMatchObject({
    Layers: [{ LayerName: 'tools', LayerVersion: 3 }],
    PublicNetConfig: { EipConfig: { EipStatus: 'ENABLE' } },
  })
  expect(JSON.stringify(emulator.state())).toContain('https://example.com')
  bench.write({ a: { events: [{ http: '/' }] } })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(emulator.functions.get(NAME).told).toMatchObject({ Layers: [] })
})

it('a web function from an image moves to another image', async () => {
  await open()
  const from = (tag: string): Tree => ({
    container: { image: `ccr.ccs.tencentyun.com/me/app:${tag}`, port: 9000 },
    concurrency: 10,
    events: [{ http: '/*' }],
  })
  bench.write({ a: from('1') })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  bench.write({ a: from('2') })
  expect(await bench.plan()).toEqual(['update function/a: ImageConfig.ImageUri'])
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(emulator.functions.get(NAME).told).toMatchObject({ Type: 'HTTP', Runtime: 'CustomImage' })
})

it('a server of the file is a web function, which takes no asynchronous calls', async () => {
  await open()
  const server = { runtime: 'custom', custom: { command: 'node server.js', port: 9000 }, concurrency: 10 }
  bench.write({ a: { ...server, events: [{ http: '/*' }] } })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  const { told } = emulator.functions.get(NAME)
  expect(told).toMatchObject({ Type: 'HTTP', InstanceConcurrencyConfig: { MaxConcurrency: 10 } })
  expect(emulator.mutations).not.toContain('UpdateFunctionEventInvokeConfig')
  bench.write({ a: { ...server, concurrency: 1, events: [{ http: '/*' }] } })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(emulator.functions.get(NAME).told['InstanceConcurrencyConfig']).toBeNull()
})

it('what cannot be deployed is said before anything is', async () => {
  await open()
  const log = { log: { source: 'f1e2d3c4-0000-1111-2222-333344445555' } }
  const server = { runtime: 'custom', custom: { command: 'node server.js', port: 9000 } }
  bench.write({ a: { ...server, events: [log] } })
  expect(await codesOf(bench.deploy())).toEqual(['SLS3001'])
  bench.write({ a: { events: [{ log: { ...log.log, overrides: { tencent: { description: 'x' } } } }] } })
  expect(await codesOf(bench.deploy())).toEqual(['SLS3001'])
  bench.write({ a: { overrides: { tencent: { entryFile: 'x.js' } } } })
  expect(await codesOf(bench.deploy())).toEqual(['SLS3001'])
  bench.write({ a: {} }, { resources: { tencent: { inputs: { src: './' } } } })
  expect(await codesOf(bench.deploy())).toEqual(['SLS3001'])
  expect(emulator.requests).toEqual([])
})

it('a topic of the log service, or a bucket, moves to another function in one deploy', async () => {
  await open()
  const log = { log: { source: 'f1e2d3c4-0000-1111-2222-333344445555' } }
  const os = { os: { bucket: 'photos-1250000000', events: ['created'] } }
  bench.write({ a: { events: [log] }, b: { events: [os] } })
  await bench.deploy()
  bench.write({ a: { events: [os] }, b: { events: [log] } })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(emulator.triggers.of('default/shop-dev-b').map(({ Type }) => Type)).toEqual(['cls'])
})

it('a log topic that somebody switched off or changed is put right, and believed in what is not told', async () => {
  await open()
  bench.write({ a: { events: [{ log: { source: 'f1e2d3c4-0000-1111-2222-333344445555', interval: 30 } }] } })
  await bench.deploy()
  const change = (more: Tree): void => {
    for (const trigger of emulator.triggers.all().values()) Object.assign(trigger, more)
  }
  change({ Enable: 0 })
  expect(await bench.plan()).toEqual(['update trigger/a/log: Enable'])
  await bench.deploy()
  change({ TriggerDesc: '{"max_wait":90,"max_size":100}' })
  expect(await bench.plan()).toEqual(['update trigger/a/log: Open.Timeout'])
  await bench.deploy()
  const notTold = 'trigger/a/log: the platform does not tell Timeout, MaxMsgNum'
  expect(JSON.stringify(bench.events)).not.toContain(notTold)
  change({ TriggerDesc: '{}' })
  expect(await bench.plan()).toEqual([])
  expect(JSON.stringify(bench.events)).toContain(notTold)
  bench.write({ a: { events: [{ log: { source: 'nowhere' } }] } })
  expect(await codesOf(bench.deploy())).toContain('SLS5007')
})

it('code that no request takes waits in a bucket until it is there', async () => {
  await open()
  bench.write({ a: {}, b: {} }, { package: { artifact: 'big.zip' } })
  const end = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)])
  const big = Buffer.concat([Buffer.from('PK\x03\x04'), randomBytes(8 * 1024 * 1024), end])
  writeFileSync(join(bench.dir, 'big.zip'), big)
  await bench.deploy()
  expect(emulator.functions.get(NAME).zip).toBe(big.toString('base64'))
  const sent = emulator.requests.filter(({ action }) => action === 'PUT object')
  expect(sent).toHaveLength(1)
  expect([...emulator.storage.buckets]).toEqual([['anyfaas-code-ap-guangzhou-1258888888', { expires: '1' }]])
  expect(emulator.functions.objects.size).toBe(0)
  expect(await bench.plan()).toEqual([])
})

it("signs requests to the object storage as the vendor's documents do", () => {
  const headers = {
    date: 'Thu, 16 May 2019 06:45:51 GMT',
    host: 'examplebucket-1250000000.cos.ap-beijing.myqcloud.com',
    'content-type': 'text/plain',
    'content-length': '13',
    'content-md5': 'mQ/fVh815F3k6TAUm8m0eg==',
    'x-cos-acl': 'private',
    'x-cos-grant-read': 'uin="100000000011"',
  }
  const path = '/exampleobject(腾讯云)'
  // The keys of the example, which open nothing.
  const keys = { secretId: 'AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q', secretKey: 'BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz' }
  const signed = signStorage({ method: 'PUT', path, headers, time: '1557989151;1557996351' }, keys)
  expect(signed).toMatch(/q-signature=3b8851a11a569213c17ba8fa7dcf2abec6935172$/)
})

it('what changed since the plan was made stops a deploy, and the next one goes on', async () => {
  await open()
  bench.write({ a: {}, b: {} })
  await bench.deploy()
  bench.write({ a: {}, b: { memorySize: 1024 } })
  const sent = emulator.mutations.length
  const confirm = async (): Promise<void> =>
    emulator.functions.configure(emulator.functions.get(NAME), { MemorySize: 256 })
  expect(await codesOf(bench.deploy({ confirm }))).toEqual(['SLS5004'])
  expect(emulator.mutations).toHaveLength(sent)
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
})

it('the doctor says how the clock goes', async () => {
  await open()
  bench.write({ a: {} })
  const { platforms } = await doctor({ dir: bench.dir }, bench.io)
  const findings = platforms[0]?.examination.findings ?? []
  expect(findings.map(({ what, state }) => `${what} ${state}`)).toEqual(
    ['credentials', 'region', 'clock', 'account', 'the API'].map((what) => `${what} good`),
  )
  const { policy } = platforms[0]?.examination ?? {}
  expect(JSON.stringify(policy)).toContain('qcs::cos:ap-guangzhou:uid/*:anyfaas-code-ap-guangzhou-*/*')
  expect(emulator.mutations).toEqual([])
})

it('a clock that is off is told from wrong keys', async () => {
  await open()
  bench.write({ a: {} })
  emulator.behindMs = 10 * 60_000
  const { platforms } = await doctor({ dir: bench.dir }, bench.io)
  const findings = platforms[0]?.examination.findings ?? []
  expect(findings.find(({ what }) => what === 'clock')).toMatchObject({ state: 'bad' })
  const failure = await bench.deploy().catch((error: unknown) => error)
  expect(isSlsError(failure) && failure.message).toContain('AuthFailure.SignatureExpire')
  expect(isSlsError(failure) && failure.diagnostics[0]?.help).toEqual([expect.stringContaining('sls doctor')])
})

it('the rights to paste are those that the file needs', async () => {
  await open()
  const on = async (action: string): Promise<readonly string[]> => {
    const { platforms } = await doctor({ dir: bench.dir }, bench.io)
    const { policy } = platforms[0]?.examination ?? {}
    const { statement } = policy as { statement: { action: string[]; resource: string[] }[] }
    return statement.flatMap((one) => (one.action.includes(action) ? one.resource : []))
  }
  bench.write({ a: {} })
  expect(await on('scf:*')).toEqual(['qcs::scf:ap-guangzhou:uin/100000000001:namespace/*/function/shop-dev-*'])
  bench.write({ a: {} }, { service: 'my.shop' })
  expect(await on('scf:*')).toEqual(['qcs::scf:ap-guangzhou:uin/100000000001:namespace/*/function/my-shop-dev-*'])
  bench.write({ a: {} })
  for (const action of ['cls:CreateDeliverCloudFunction', 'cls:SearchLog', 'cam:PassRole', 'scf:*CustomDomain'])
    expect(await on(action)).toEqual([])
  // The vendor says that these know no functions: a statement about functions would not allow them.
  for (const action of ['scf:CreateAlias', 'scf:DeleteAlias', 'scf:CreateNamespace', 'scf:InvokeFunction'])
    expect(await on(action)).toEqual(['*'])
  const logs = { project: 'logset-1', store: 'topic-1' }
  const log = { log: { source: 'f1e2d3c4-0000-1111-2222-333344445555' } }
  bench.write({ a: { role: 'fn', logs, events: [log] } }, { domain: { name: 'api.example.com', protocol: 'HTTP' } })
  expect(await on('cls:CreateDeliverCloudFunction')).toEqual(['*'])
  expect(await on('cls:SearchLog')).toEqual(['qcs::cls:ap-guangzhou:uin/100000000001:topic/topic-1'])
  expect(await on('cam:PassRole')).toEqual(['qcs::cam::uin/100000000001:roleName/fn'])
  expect(await on('scf:*CustomDomain')).toEqual(['qcs::scf:ap-guangzhou:uin/100000000001:domain/api.example.com'])
})

it('the rights to paste cover raw settings, and a domain that the file no longer names', async () => {
  await open()
  const rights = async (): Promise<string> => {
    const { platforms } = await doctor({ dir: bench.dir }, bench.io)
    return JSON.stringify(platforms[0]?.examination.policy)
  }
  const raw = { role: 'raw-role', cls: { logsetId: 'logset-2', topicId: 'topic-2' } }
  const shared = { tencent: { inputs: { functions: { b: { role: 'shared-role' } } } } }
  bench.write({ a: { role: 'fn', overrides: { tencent: raw } }, b: {} }, { overrides: shared })
  const policy = await rights()
  for (const name of ['roleName/raw-role', 'roleName/shared-role', 'topic/topic-2']) expect(policy).toContain(name)
  expect(policy).not.toContain('roleName/fn')
  const functions = { a: { events: [{ http: 'GET /a' }] } }
  bench.write(functions, { domain: { name: 'api.example.com', protocol: 'HTTP' } })
  await bench.deploy()
  bench.write(functions)
  expect(await rights()).toContain('domain/api.example.com')
  expect(await bench.plan()).toContain('delete domain/api.example.com')
  await bench.deploy()
  expect(await rights()).not.toContain('domain/')
})

it('logs come from the topic of the function', async () => {
  await open()
  bench.write({ a: {} })
  await bench.deploy()
  const { io } = bench
  const read = async (): Promise<unknown> => await logs({ dir: bench.dir, provider: 'tencent' }, io)
  expect(await codesOf(read())).toEqual(['SLS2004'])
  bench.write({ a: { logs: { project: 'logset-1', store: 'topic-1' } } })
  await bench.deploy()
  const LogJson = JSON.stringify({
    SCF_Message: 'hello\n',
    SCF_RequestId: 'r-9',
    SCF_Type: 'Custom',
    SCF_Level: 'INFO',
  })
  emulator.logs.push({ Time: Date.now() - 1000, TopicId: 'topic-1', PkgId: 'p', PkgLogId: '1', LogJson })
  await read()
  expect(JSON.stringify(bench.events)).toContain('"text":"hello","requestId":"r-9"')
})

it('keys come from a profile of the command line, and a proxy does not stand before an own address', async () => {
  await open()
  vi.stubEnv('http_proxy', 'http://127.0.0.1:1')
  bench.write({ a: {} })
  const home = join(bench.dir, 'home')
  mkdirSync(join(home, '.tccli'), { recursive: true })
  Object.defineProperty(bench, 'env', { value: { HOME: home } })
  expect(await codesOf(bench.deploy())).toEqual(['SLS5006'])
  writeFileSync(join(home, '.tccli/default.credential'), JSON.stringify({ secretId: 'id', secretKey: 'secret' }))
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
})

it('triggers are listed only where a function does not tell just those that are wanted', async () => {
  await open()
  const timer = (cron: string): Tree => ({ events: [{ timer: { cron } }, { http: 'GET /' }] })
  bench.write({ a: timer('0 8 * * *'), b: timer('0 9 * * *') })
  await bench.deploy()
  const asked = async (): Promise<readonly [readonly string[], number]> => {
    emulator.requests.length = 0
    const planned = await bench.plan()
    return [planned, emulator.requests.filter(({ action }) => action === 'ListTriggers').length]
  }
  expect(await asked()).toEqual([[], 0])
  const [known] = emulator.triggers.of('default/shop-dev-a').filter(({ Type }) => Type === 'timer')
  Object.assign(known ?? {}, { Enable: 0 })
  expect(await asked()).toEqual([['update trigger/a/timer: Enable'], 1])
  await bench.deploy()
  const params = { Type: 'timer', TriggerName: 'by-hand', TriggerDesc: '0 0 1 * * * *', Qualifier: '$LATEST' }
  emulator.triggers.create('default/shop-dev-b', params)
  expect(await asked()).toEqual([['delete trigger/b/timer:by-hand:$LATEST'], 1])
  await bench.deploy()
  expect(await asked()).toEqual([[], 0])
})
