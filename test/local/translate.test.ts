import type { Service } from '@anyfaas/kit'
import { expect, test } from 'vitest'
import { localProvider } from '../../src/local/provider.ts'
import type { FunctionSpec } from '../../src/local/spec.ts'
import { http, makeAggregate, makeFn, makeService, timer } from '../fixtures/service.ts'

const [target] = localProvider.targets

async function translate(functions: Service['functions']) {
  const translator = await target.translate()
  const service = makeService({ functions })
  const made = translator.translate(service, {})
  return { ...made, files: translator.render(service, made.resources) }
}

test('local.yml says what the platform will run', async () => {
  const list = makeFn('list', { triggers: [http('/posts', { methods: ['GET'], timeoutSec: 3 })] })
  const off = makeFn('off', { triggers: [http('/off', { enabled: false })] })
  const web = makeFn('web', {
    runtime: 'custom',
    code: { kind: 'custom', command: ['./bootstrap'], args: ['-v'], port: 9000, healthCheck: { path: '/health' } },
    environment: { TOKEN: { $secret: ['x-', { name: 'B' }] }, URL: { $secret: [{ name: 'A' }] } },
    triggers: [http('/*')],
  })
  const job = makeFn('job', {
    triggers: [
      timer('0 12 * * 1-5', { timezone: 'Asia/Shanghai', name: 'noon' }),
      timer('@every 90s', { enabled: false }),
    ],
  })
  const { files, diagnostics } = await translate([makeAggregate('all', [list, off]), web, job])
  expect(diagnostics).toEqual([])
  const base = { timeout: 10, memory: 512, environment: {}, secrets: [], routes: [], timers: [] }
  expect(files).toEqual([
    {
      path: 'local.yml',
      format: 'yaml',
      data: {
        service: 'blog',
        stage: 'dev',
        functions: {
          all: {
            ...base,
            artifact: './blog.zip',
            handler: 'sls_all.handler',
            routes: [{ path: '/posts', methods: ['GET'], timeout: 3 }],
          },
          web: {
            ...base,
            artifact: './blog.zip',
            server: { command: ['./bootstrap', '-v'], healthCheck: { path: '/health' } },
            environment: { TOKEN: 'x-${secret:B}', URL: '${secret:A}' },
            secrets: ['A', 'B'],
            routes: [{ path: '/*', methods: [] }],
          },
          job: {
            ...base,
            artifact: './blog.zip',
            handler: 'sls_job.handler',
            timers: [
              { name: 'noon', schedule: '0 0 12 * * 1-5 *', timezone: 'Asia/Shanghai', enabled: true },
              { name: 'timer', schedule: 90, timezone: 'UTC', enabled: false },
            ],
          },
        },
      },
    },
  ])
})

test('a domain is a name of the service, and one that a platform would give is none', async () => {
  const translator = await target.translate()
  const hostsOf = (name: string): unknown => {
    const service = makeService({ functions: [makeFn('f')], domain: { at: '/domain', name } })
    return (translator.translate(service, {}).resources[0]?.spec as FunctionSpec | undefined)?.hosts
  }
  expect([hostsOf('shop.example.com'), hostsOf('auto')]).toEqual([['shop.example.com'], undefined])
})

test('names that overrides give are further ones besides the domain, each once', async () => {
  const translator = await target.translate()
  const hostsOf = (hosts: readonly string[] | null, name = 'shop.example.com'): unknown => {
    const functions = [makeFn('f', { overrides: { local: { hosts } } })]
    const service = makeService({ functions, domain: { at: '/domain', name } })
    return (translator.translate(service, {}).resources[0]?.spec as FunctionSpec | undefined)?.hosts
  }
  expect(hostsOf(['dev.example.com', 'shop.example.com'])).toEqual(['shop.example.com', 'dev.example.com'])
  expect(hostsOf(['dev.example.com'], 'auto')).toEqual(['dev.example.com'])
  expect(hostsOf(null)).toBeUndefined()
})

test('what the platform cannot do is said at its place', async () => {
  const { diagnostics } = await translate([
    makeFn('a', { runtime: 'python3.12', cpu: 2, timeoutSec: 100_000 }),
    makeFn('b', {
      triggers: [
        { kind: 'table', at: '/functions/b/events/0/table', enabled: true, table: 't' },
        http('/b', { auth: { kind: 'iam' } }),
      ],
    }),
  ])
  expect(diagnostics.map(({ code, severity, pointer }) => [code, severity, pointer])).toEqual([
    ['SLS3004', 'error', '/functions/a/runtime'],
    ['SLS3002', 'warning', '/functions/a/cpu'],
    ['SLS3003', 'error', '/functions/a/timeout'],
    ['SLS3003', 'warning', '/functions/x/events/0/http/auth'],
    ['SLS3001', 'error', '/functions/b/events/0/table'],
  ])
})

test('raw settings of a trigger are laid over it, and what becomes of missed runs is one of three words', async () => {
  const job = (missed: string) =>
    makeFn('job', { triggers: [timer('@every 90s', { overrides: { local: { missed } } })] })
  const { resources } = await translate([job('all')])
  expect(resources[0]?.spec).toMatchObject({ timers: [{ schedule: 90, missed: 'all' }] })
  const { diagnostics } = await translate([job('never')])
  expect(diagnostics).toMatchObject([
    { code: 'SLS3003', severity: 'error', message: '"missed" of a timer is one of skip, once, all' },
  ])
  expect(diagnostics[0]?.pointer).toMatch(/\/overrides\/local\/missed$/)
})

test('topics are those of Kafka or subjects of NATS where brokers are named, and others are refused', async () => {
  const at = '/functions/k/events/0'
  const common = { at, enabled: true, name: 'k' }
  const kafkaWith = (more: object) =>
    translate([
      makeFn('k', { triggers: [{ ...common, kind: 'kafka', topics: ['a.>'], group: 'g', ...more } as never] }),
    ])
  const withBrokers = (...brokers: string[]) => kafkaWith({ brokers })
  const withServer = (server: unknown) =>
    translate([
      makeFn('m', { triggers: [{ ...common, kind: 'mq', topic: 'a', overrides: { local: { server } } } as never] }),
    ])
  const servers = ['nats://127.0.0.1:4222', 'nats://u:p@b']
  const nats = await withBrokers(...servers)
  expect(nats.diagnostics).toEqual([])
  expect(nats.resources[0]?.spec).toMatchObject({ sources: [{ type: 'topic', server: servers, group: 'g' }] })
  const brokers = ['kafka:9092', 'kafka+ssl://u:p@b:9093?mechanism=scram-sha-256&ca=/etc/ca.pem']
  const own = { brokers, offset: 'earliest', batch: { size: 5, windowSec: 2 } }
  const kafka = await kafkaWith(own)
  expect(kafka.diagnostics).toEqual([])
  const { offset, batch } = own
  expect(kafka.resources[0]?.spec).toMatchObject({
    sources: [{ type: 'topic', server: brokers, group: 'g', offset, batch }],
  })
  expect((await kafkaWith({ ...own, offset: 'yesterday' })).diagnostics).toMatchObject([{ severity: 'error' }])
  expect((await withBrokers('nats://a', 'kafka:9092')).diagnostics).toMatchObject([{ severity: 'error' }])
  const lost = await kafkaWith({ ...own, brokers: servers })
  expect(lost.diagnostics.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning'])
  expect(lost.resources[0]?.spec).not.toHaveProperty('sources.0.offset')
  expect((await kafkaWith({})).diagnostics).toMatchObject([{ severity: 'note', emulated: true }])
  const secret = { $secret: ['nats://u:', { name: 'PASSWORD' }, '@host'] }
  const hidden = await withServer(secret)
  expect(hidden.diagnostics).toEqual([])
  expect(hidden.resources[0]?.spec).toMatchObject({ sources: [{ server: secret }], secrets: ['PASSWORD'] })
  for (const wrong of ['http://x', 'kafka://x', 7, [], ['nats://a', '']]) {
    const { diagnostics } = await withServer(wrong)
    expect(diagnostics).toMatchObject([{ code: 'SLS3003', severity: 'error', pointer: `${at}/overrides/local/server` }])
  }
})

test('a log trigger listens to another function or to a file, and never in a circle', async () => {
  const at = '/functions/x/events/0/log'
  const watch = (name: string, source: string, more = {}) =>
    makeFn(name, { triggers: [{ kind: 'log', at, enabled: true, source, ...more } as never] })
  const plain = makeFn('plain')
  const good = await translate([
    plain,
    watch('a', 'plain', { filter: 'ERROR', intervalSec: 5, project: 'p' }),
    watch('b', 'a'),
    watch('c', '/var/log/syslog'),
    watch('d', 'store-of-a-cloud', { overrides: { local: { source: 'plain' } } }),
  ])
  expect(good.diagnostics).toEqual([])
  expect(good.resources.map(({ spec }) => (spec as FunctionSpec).sources?.[0])).toMatchObject([
    undefined,
    { type: 'log', source: 'plain', filter: 'ERROR', interval: 5, project: 'p' },
    { source: 'a' },
    { source: '/var/log/syslog' },
    { source: 'plain' },
  ] as never)
  for (const bad of [
    [watch('a', 'nobody')],
    [watch('a', 'a')],
    [watch('a', 'b'), watch('b', 'c'), watch('c', 'b')].slice(0, 3),
  ]) {
    const { diagnostics } = await translate(bad)
    expect(diagnostics.length).toBeGreaterThan(0)
    for (const one of diagnostics)
      expect(one).toMatchObject({ code: 'SLS3001', severity: 'error', pointer: `${at}/source` })
  }
})
