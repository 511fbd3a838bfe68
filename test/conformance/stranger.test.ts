import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { isSlsError } from '@anyfaas/kit'
import { afterEach, describe, expect, it } from 'vitest'
import { doctor } from '../../src/actions/doctor.ts'
import { makeCertificate } from '../../src/local/dev/certificate.ts'
import type { WireRequest } from '../emulators/emulator.ts'
import { serviceOf } from '../emulators/lambda/wire.ts'
import { aliyun2 } from './aliyun-2.ts'
import { aliyun3 } from './aliyun-3.ts'
import { aws } from './aws.ts'
import { Bench } from './edition.ts'
import { tencent } from './tencent.ts'

// Somebody else answers in the platform's place: no bug of ours, and nothing that a second attempt changes.

let bench: Bench
let server: Server | undefined
afterEach(async () => {
  await new Promise((done) => (server ? server.close(done) : done(undefined)))
  server = undefined
  await bench.close()
})

const page: RequestListener = (_, answer) => {
  answer.writeHead(200, { 'content-type': 'text/html', connection: 'close' })
  answer.end('<!DOCTYPE html><p>Welcome! Log in to use the network</p>')
}
const otherJson: RequestListener = (_, answer) => answer.writeHead(200, { connection: 'close' }).end('{"login":true}')

const NOT_THE_PLATFORM = /no answer: what answered is not the platform/
const strangers = [
  ['a page', 'http', () => createServer(page), NOT_THE_PLATFORM],
  [
    'a certificate of its own',
    'https',
    () => createSecureServer(makeCertificate(['127.0.0.1'], Date.now()), page),
    /no trusted connection: .*self-signed certificate/,
  ],
  ['no encryption', 'https', () => createServer(page), /no answer: no trusted connection: .*wrong version number/],
] as const

const editions = [aliyun3, aliyun2, tencent, aws]
const cases = editions.flatMap((edition) => strangers.map((one) => [edition, ...one] as const))

async function meet(scheme: string, made: Server): Promise<void> {
  server = made
  await new Promise<void>((done) => made.listen(0, '127.0.0.1', done))
  bench.rewrite({ endpoint: `${scheme}://127.0.0.1:${(made.address() as AddressInfo).port}` })
}

it.each(cases)('$name: $1 is told apart from the platform', async (edition, _, scheme, makeServer, said) => {
  bench = await new Bench(edition).start()
  bench.write({ a: {} })
  await meet(scheme, makeServer())
  const failure = await bench.plan().catch((error: unknown) => error)
  if (!isSlsError(failure)) throw failure
  expect(failure.diagnostics).toEqual([
    expect.objectContaining({ code: 'SLS5012', message: expect.stringMatching(said), help: expect.anything() }),
  ])
  const { platforms } = await doctor({ dir: bench.dir }, bench.io)
  const findings = platforms[0]?.examination.findings ?? []
  const of = (wanted: string) => findings.find(({ what }) => what === wanted)
  expect(of('the API')).toMatchObject({ state: 'bad', found: expect.stringMatching(said) })
  expect(of('account')).toMatchObject({ state: expect.not.stringMatching('good'), found: expect.stringMatching(said) })
})

it.each(editions)('$name: an account is not read out of any JSON', async (edition) => {
  bench = await new Bench(edition).start()
  bench.write({ a: {} })
  await meet('http', createServer(otherJson))
  const { platforms } = await doctor({ dir: bench.dir }, bench.io)
  const account = platforms[0]?.examination.findings.find(({ what }) => what === 'account')
  expect(account?.found).toMatch(NOT_THE_PLATFORM)
  expect(account?.state).not.toBe('good')
})

// A proxy that lets nobody through does not fail as the platform would.
it.each([
  ['a page', '<!DOCTYPE html><p>Forbidden</p>', 403],
  ['a page whose tags do not match', '<html><meta></html>', 403],
  ['nothing', '', 407],
  ['the way to another page', '', 302],
])('aws: $0 with status $2 is no refusal of the platform', async (_, body, status) => {
  bench = await new Bench(aws).start()
  bench.write({ a: {} })
  await meet(
    'http',
    createServer((__, answer) => answer.writeHead(status, { connection: 'close' }).end(body)),
  )
  await expect(bench.plan()).rejects.toThrow(NOT_THE_PLATFORM)
  const { platforms } = await doctor({ dir: bench.dir }, bench.io)
  const findings = platforms[0]?.examination.findings ?? []
  const found = findings.flatMap((one) => (['account', 'the API'].includes(one.what) ? [one] : []))
  expect(found).toHaveLength(2)
  for (const one of found) expect(one).toMatchObject({ state: 'bad', found: expect.stringMatching(NOT_THE_PLATFORM) })
})

// A proxy may bar some addresses only, and be honest about none.
describe('aws: a page with status 200 from one address', () => {
  const rich = {
    tick: {
      url: true,
      events: [
        { timer: { cron: '0 8 * * *' } },
        { os: { bucket: 'photos', events: ['created'] } },
        { mq: { topic: 'news' } },
      ],
    },
  }
  const barring =
    (...services: readonly string[]) =>
    (request: WireRequest) =>
      services.includes(serviceOf(request)) ? ('page' as const) : undefined

  it.each(['iam', 'sns', 's3', 'sts', 'lambda', 'apigateway', 'scheduler'])('is no answer of %s', async (service) => {
    bench = await new Bench(aws).start()
    bench.write(rich)
    if (service !== 'sts') await bench.deploy()
    bench.emulator.options = { fault: barring(service) }
    await expect(bench.plan()).rejects.toThrow(NOT_THE_PLATFORM)
  })

  it('is no word that something was deleted', async () => {
    bench = await new Bench(aws).start()
    bench.write(rich)
    await bench.deploy()
    bench.emulator.options = {
      fault: (request) => (/^Delete(Function|Role|Schedule)$/.test(request.action) ? 'page' : undefined),
    }
    await expect(bench.remove()).rejects.toThrow(NOT_THE_PLATFORM)
    bench.emulator.options = {}
    expect(await bench.remove()).toContain('function/tick')
  })
})
