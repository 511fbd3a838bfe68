import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { afterEach, describe, expect, it } from 'vitest'
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
  afterEach(() => bench.close())
  const { accountId: _, ...anonymous } = edition.settings
  const asked = (): number => bench.emulator.requests.filter(({ action }) => action === 'GetCallerIdentity').length
  const codesOf = async (work: Promise<unknown>): Promise<unknown> => {
    const failure = await work.catch((error: unknown) => error)
    return isSlsError(failure) ? failure.diagnostics.map(({ code }) => code) : failure
  }
  const setEnv = (env: Record<string, string>): void => void Object.defineProperty(bench, 'env', { value: env })

  it('an account that nobody names is asked for', async () => {
    await open(FILES, anonymous)
    await bench.deploy()
    expect(JSON.stringify(bench.emulator.state())).toContain(`acs:oss:cn-hangzhou:${ACCOUNT}:photos`)
    expect(asked()).toBe(1)
    setEnv({ ...edition.env(''), ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'wrong' })
    expect(await codesOf(bench.plan())).toEqual(['SLS5006'])
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

  it('the doctor says whose the keys are, and how the clock goes', async () => {
    await open()
    const found = async (what: string): Promise<unknown> => {
      const { platforms } = await doctor({ dir: bench.dir }, bench.io)
      return platforms[0]?.examination.findings.find((one) => one.what === what)
    }
    expect(await found('account')).toMatchObject({ state: 'good', found: `${ACCOUNT}, as acs:ram::${ACCOUNT}:user/ci` })
    expect(await found('clock')).toMatchObject({ state: 'good' })
    emulator.neighbours.behindMs = 5 * 60_000
    expect(await found('clock')).toMatchObject({
      state: 'doubtful',
      found: expect.stringMatching(/^(299|30\d) s ahead/),
    })
    emulator.neighbours.behindMs = -20 * 60_000
    expect(await found('clock')).toMatchObject({ state: 'bad', found: expect.stringContaining('behind') })
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
