import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { isSlsError } from '@anyfaas/kit'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { doctor } from '../../src/actions/doctor.ts'
import type { EmulatorOptions } from '../emulators/emulator.ts'
import { Fc2Emulator } from '../emulators/fc2/emulator.ts'
import { Fc3Emulator } from '../emulators/fc3/emulator.ts'
import { aliyun2 } from './aliyun-2.ts'
import { aliyun3 } from './aliyun-3.ts'
import { Bench, type Tree } from './edition.ts'

// Whose the account is, where its keys are found, and who else works on it.

const EDITIONS = [
  { edition: aliyun3, make: (options?: EmulatorOptions) => new Fc3Emulator(options) },
  { edition: aliyun2, make: (options?: EmulatorOptions) => new Fc2Emulator(options) },
]
const ACCOUNT = '1234567890123456'
const FILES: Record<string, Tree> = { a: { events: [{ os: { bucket: 'photos', events: ['created'] } }] } }

// By `openssl enc -aes-256-cbc -md md5 -pass pass:SecretKey123`, which makes what the tool's own library does.
const ACCESS = `default:
  AccountID: U2FsdGVkX1+U7DW4WKoaDFkxyml5q2Bob1T3Qux5p3uFqHaQRUH+/BJoLjkzPSC4
  AccessKeyID: U2FsdGVkX18OB9PkflAaL2rXFSpgeFyiw9l8sqFr20o=
  AccessKeySecret: >-
    U2FsdGVkX18YLdRO/5afRAGnFejK+cB25
    UthO4oEGqc=
'by hand':
  AccessKeyID: id
  AccessKeySecret: 'wrong'
`

describe.each(EDITIONS)('$edition.name', ({ edition, make }) => {
  let bench: Bench
  let emulator: Fc2Emulator | Fc3Emulator
  const open = async (functions = FILES, settings: Tree = edition.settings): Promise<void> => {
    const emulate = (options?: EmulatorOptions): Fc2Emulator | Fc3Emulator => {
      emulator = make(options)
      return emulator
    }
    bench = await new Bench({ ...edition, emulate, settings }).start()
    bench.write(functions)
  }
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
    return bench.close()
  })
  const { accountId: _, ...anonymous } = edition.settings
  const asked = (): number => bench.emulator.requests.filter(({ action }) => action === 'GetCallerIdentity').length
  const codesOf = async (work: Promise<unknown>): Promise<unknown> => {
    const failure = await work.catch((error: unknown) => error)
    return isSlsError(failure) ? failure.diagnostics.map(({ code }) => code) : failure
  }
  const setEnv = (env: Record<string, string>): void =>
    void Object.defineProperty(bench, 'env', { value: env, configurable: true })

  it('an account that nobody names is asked for', async () => {
    await open(FILES, anonymous)
    await bench.deploy()
    expect(JSON.stringify(bench.emulator.state())).toContain(`acs:oss:cn-hangzhou:${ACCOUNT}:photos`)
    expect(asked()).toBe(1)
    setEnv({ ...edition.env(''), ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'wrong' })
    expect(await codesOf(bench.plan())).toEqual(['SLS5006'])
  })

  it('an account that no trigger needs is not asked for, and why one is not known is said', async () => {
    await open({ a: { events: [{ timer: { every: '1h' } }] } }, anonymous)
    await bench.deploy()
    expect(asked()).toBe(edition === aliyun2 ? 1 : 0)
    bench.write(FILES)
    emulator.neighbours.hasIdentity = false
    const failure = await bench.plan().catch((error: unknown) => error)
    if (!isSlsError(failure)) throw failure
    expect(failure.diagnostics).toMatchObject([{ code: 'SLS5006', help: [expect.stringContaining('accountId')] }])
    expect(JSON.stringify(failure.diagnostics[0]?.notes)).toContain('InvalidAction.NotFound: no such service')
  })

  it('what the vendor’s library finds is taken before the default of Serverless Devs', async () => {
    await open(FILES, anonymous)
    const home = join(bench.dir, 'home')
    mkdirSync(join(home, '.s'), { recursive: true })
    writeFileSync(join(home, '.s/access.yaml'), 'default:\n  AccessKeyID: id\n  AccessKeySecret: of-somebody-else\n')
    const Expiration = '2099-01-01T00:00:00Z'
    const keys = JSON.stringify({ AccessKeyId: 'id', AccessKeySecret: 'secret', SecurityToken: 'token', Expiration })
    const server = createServer((_, response) => response.end(keys))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
    vi.stubEnv('ALIBABA_CLOUD_CREDENTIALS_URI', uri)
    vi.spyOn(os, 'homedir').mockReturnValue(home)
    try {
      setEnv({ HOME: home, ALIBABA_CLOUD_CREDENTIALS_URI: uri })
      await bench.deploy()
      expect(await bench.plan()).toEqual([])
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
    vi.unstubAllEnvs()
    vi.stubEnv('ALIBABA_CLOUD_ECS_METADATA_DISABLED', 'true')
    mkdirSync(join(home, '.alibabacloud'), { recursive: true })
    const file = '[default]\ntype = access_key\naccess_key_id = id\naccess_key_secret = secret\n'
    writeFileSync(join(home, '.alibabacloud/credentials'), file)
    setEnv({ HOME: home })
    expect((await bench.plan()).join()).not.toContain('create')
  })

  it('what is there and does not work is said, without its text, and nothing else is taken', async () => {
    await open(FILES, anonymous)
    const home = join(bench.dir, 'home')
    mkdirSync(join(home, '.s'), { recursive: true })
    mkdirSync(join(home, '.aliyun'), { recursive: true })
    writeFileSync(
      join(home, '.s/access.yaml'),
      'mine:\n  AccessKeyID: id\n  AccessKeySecret: secret\n  __default: true\n',
    )
    writeFileSync(join(home, '.aliyun/config.json'), '{ "profiles": [{ "name": "mine", "key": "planted-5ecret-value"')
    vi.spyOn(os, 'homedir').mockReturnValue(home)
    vi.stubEnv('ALIBABA_CLOUD_ECS_METADATA_DISABLED', 'true')
    setEnv({ HOME: home })
    for (const profile of [undefined, 'mine']) {
      bench.rewrite({ profile })
      const failure = await bench.plan().catch((error: unknown) => error)
      if (!isSlsError(failure)) throw failure
      expect(failure.diagnostics).toMatchObject([{ code: 'SLS5006' }])
      expect(JSON.stringify(failure.diagnostics)).toContain('parse aliyun cli config')
      expect(inspect(failure, { depth: 9 })).not.toContain('planted-5ecret-value')
    }
    expect(bench.emulator.requests).toEqual([])
    writeFileSync(
      join(home, '.aliyun/config.json'),
      '{ "current": "other", "profiles": [{ "name": "other", "mode": "AK" }] }',
    )
    await bench.plan()
    writeFileSync(join(home, '.s/access.yaml'), 'mine: [planted-5ecret-value')
    const failure = await bench.plan().catch((error: unknown) => error)
    expect(String(failure)).toContain('cannot be read as YAML')
    expect(inspect(failure, { depth: 9 })).not.toContain('planted-5ecret-value')
  })

  it.each([
    ['what was answered', 200, { Message: 'planted-5ecret-value' }, 'credentialsURI result'],
    ['a refusal', 403, { Code: 'NoPermission', AccessKeySecret: 'planted-5ecret-value' }, '403, message: NoPermission'],
  ])('of an address of credentials %s is not quoted', async (_, status, body, said) => {
    await open(FILES, anonymous)
    const server = createServer((_request, response) => response.writeHead(status).end(JSON.stringify(body)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
    vi.stubEnv('ALIBABA_CLOUD_CREDENTIALS_URI', uri)
    try {
      setEnv({ HOME: join(bench.dir, 'home'), ALIBABA_CLOUD_CREDENTIALS_URI: uri })
      const failure = await bench.plan().catch((error: unknown) => error)
      expect(JSON.stringify(isSlsError(failure) && failure.diagnostics)).toContain(said)
      expect(inspect(failure, { depth: 9 })).not.toContain('planted-5ecret-value')
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })

  it('keys of Serverless Devs are read, the account with them, and others by their alias', async () => {
    await open(FILES, anonymous)
    const home = join(bench.dir, 'home')
    mkdirSync(join(home, '.s'), { recursive: true })
    writeFileSync(join(home, '.s/access.yaml'), ACCESS)
    setEnv({ HOME: home })
    await bench.deploy()
    expect(asked()).toBe(0)
    bench.rewrite({ profile: 'by hand', accountId: ACCOUNT })
    expect(await codesOf(bench.deploy())).toEqual(['SLS5006'])
    expect(bench.emulator.requests.length).toBeGreaterThan(0)
  })

  it('a profile that is named wins over keys in the environment', async () => {
    await open()
    setEnv({ ...bench.env, HOME: join(bench.dir, 'home') })
    bench.rewrite({ profile: 'nobody' })
    const failure = await bench.plan().catch((error: unknown) => error)
    expect(isSlsError(failure) && failure.diagnostics[0]).toMatchObject({
      code: 'SLS5006',
      message: 'no credentials for Alibaba Cloud in the profile "nobody"',
    })
  })

  it('the doctor says whose the keys are, and how the clock goes', async () => {
    await open()
    const found = async (what: string): Promise<unknown> => {
      const { platforms } = await doctor({ dir: bench.dir }, bench.io)
      return platforms[0]?.examination.findings.find((one) => one.what === what)
    }
    expect(await found('account')).toMatchObject({ state: 'good', found: `${ACCOUNT}, as acs:ram::${ACCOUNT}:user/ci` })
    expect(await found('clock')).toMatchObject({ state: 'good' })
    emulator.behindMs = 5 * 60_000
    expect(await found('clock')).toMatchObject({
      state: 'doubtful',
      found: expect.stringMatching(/^(299|30\d) s ahead/),
    })
    emulator.behindMs = -20 * 60_000
    expect(await found('clock')).toMatchObject({ state: 'bad', found: expect.stringContaining('behind') })
    expect(await found('the API')).toMatchObject({ state: 'bad', found: expect.stringContaining('Expired') })
    const failure = await bench.deploy().catch((error: unknown) => error)
    expect(isSlsError(failure) && failure.diagnostics[0]?.help).toEqual([expect.stringContaining('sls doctor')])
    expect(emulator.mutations).toEqual([])
    emulator.behindMs = 0
    if (edition === aliyun2) return
    bench.rewrite({ accountId: '42' })
    expect(await found('account')).toMatchObject({ state: 'bad' })
  })

  it('the rights on a bucket are among those to paste where code goes through one', async () => {
    await open()
    const policy = async (): Promise<string> => JSON.stringify(await doctor({ dir: bench.dir }, bench.io))
    expect(await policy()).not.toContain('oss:PutObject')
    setEnv({ ...bench.env, ANYFAAS_CODE_BUCKET: 'my-bucket' })
    expect(await policy()).toContain('acs:oss:*:*:my-bucket/anyfaas/*')
    setEnv({ ...bench.env, ANYFAAS_CODE_BUCKET: '' })
    expect(await policy()).not.toContain('oss:PutObject')
  })

  it('the rights to paste are on the names that things get on the platform', async () => {
    await open()
    bench.write(FILES, { service: 'my.shop' })
    const policy = JSON.stringify(await doctor({ dir: bench.dir }, bench.io))
    expect(policy).not.toContain('my.shop-')
    if (edition === aliyun3) expect(policy).toContain(`acs:fc:cn-hangzhou:${ACCOUNT}:functions/my-shop-dev-*/*`)
    for (const kind of ['role', 'policy']) expect(policy).toContain(`acs:ram:*:${ACCOUNT}:${kind}/my-shop-dev-*`)
  })

  it('what changed since the plan was made stops a deploy, and the next one goes on', async () => {
    await open({ a: {}, b: {} })
    await bench.deploy()
    bench.write({ a: {}, b: { memorySize: 1024 } })
    const sent = bench.emulator.mutations.length
    const confirm = async (): Promise<void> =>
      emulator.drift('shop-dev-a', { memorySize: 2048, lastModifiedTime: new Date(Date.now() + 1000).toISOString() })
    expect(await codesOf(bench.deploy({ confirm }))).toEqual(['SLS5004'])
    expect(bench.emulator.mutations).toHaveLength(sent)
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
  })
})
