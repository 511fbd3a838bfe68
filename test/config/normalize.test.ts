import { dump } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { writeService } from '../../src/config/write.ts'
import { serviceOf } from './files.ts'

describe('functions', () => {
  it('have defaults, then the provider’s, then their own', async () => {
    const service = await serviceOf(
      'service: a\nprovider: { timeout: 20, environment: { A: 1, B: true } }\nfunctions: { bare: , own: { handler: src/x.main, timeout: 30, environment: { B: no, C: } } }\n',
    )
    const [bare, own] = service.functions
    expect(bare).toMatchObject({
      name: 'bare',
      at: '/functions/bare',
      runtime: 'nodejs',
      timeoutSec: 20,
      memoryMb: 512,
      environment: { A: '1', B: 'true' },
    })
    expect(bare?.code).toEqual({ kind: 'handler', handler: 'bare.handler', signature: 'context' })
    expect(own).toMatchObject({
      timeoutSec: 30,
      environment: { A: '1', B: 'no', C: '' },
      code: { handler: 'src/x.main' },
    })
  })

  it('may be servers or images', async () => {
    const service = await serviceOf(
      'service: a\nfunctions: { s: { runtime: custom, handler: server.ts }, i: { image: x/y@sha256:1 }, c: { container: { build: ./app, port: 80, healthCheck: /ok } } }\n',
    )
    expect(service.functions.map((fn) => [fn.runtime, fn.code])).toEqual([
      ['custom', { kind: 'custom', source: 'server.ts', command: ['./bootstrap'], args: [], port: 9000 }],
      ['container', { kind: 'container', image: 'x/y@sha256:1', port: 9000 }],
      ['container', { kind: 'container', build: './app', port: 80, healthCheck: { path: '/ok' } }],
    ])
  })

  it('are told apart from the platform’s layers', async () => {
    const [fn] = (
      await serviceOf('service: a\nlayers: { log: ./log }\nfunctions: { f: { layers: [log, "arn:x:y:1"] } }\n')
    ).functions
    expect([fn?.layers, fn?.cloudLayers]).toEqual([['log'], ['arn:x:y:1']])
  })

  it('have all layers of the service, unless they say which', async () => {
    const text = `service: a
layers: { one: ./one, two: npm:two@2 }
functions:
  all: {}
  list: { layers: [two, "arn:x:y:1"] }
  none: { layers: [] }
  more: { layers: { three: ./three } }
  python: { runtime: python3.12 }
  server: { runtime: custom }
aggregation:
  group: { functions: [all, none], deployOrigin: true }
`
    const service = await serviceOf(text)
    const layers = {
      all: ['one', 'two'],
      list: ['two'],
      none: [],
      more: ['one', 'two', 'three'],
      python: [],
      server: [],
    }
    const of = ({ functions }: typeof service) => Object.fromEntries(functions.map((fn) => [fn.name, fn.layers]))
    expect(of(service)).toEqual({ ...layers, group: [] })
    expect(of(await serviceOf(dump(writeService(service))))).toEqual({ ...layers, group: [] })
  })

  it('that are not deployed stay known', async () => {
    const service = await serviceOf('service: a\nfunctions: { f: {}, g: { deploy: false } }\n')
    expect([service.functions.map((fn) => fn.name), service.undeployed.map((fn) => fn.name)]).toEqual([['f'], ['g']])
  })
})

describe('triggers', () => {
  it.each([
    ['http', { path: '/*', methods: [], auth: { kind: 'none' } }],
    [{ http: true }, { path: '/*', methods: [] }],
    [{ http: null }, { path: '/*', methods: [] }],
    [{ http: 'GET /a/{id}' }, { path: '/a/:id', methods: ['GET'] }],
    [{ http: '/a/:id/b.c' }, { path: '/a/:id/b.c' }],
    [{ http: '/{id}' }, { path: '/:id' }],
    [{ http: '/a/{id}/:other' }, { path: '/a/:id/:other' }],
    [{ http: '/a/*' }, { path: '/a/*', methods: [] }],
    [{ http: { path: 'a/{rest+}', method: 'post, get' } }, { path: '/a/*', methods: ['GET', 'POST'] }],
    [{ http: { method: ['get', 'any'] } }, { methods: [] }],
    [{ apigw: { method: 'all' } }, { kind: 'http', methods: [] }],
    [
      { http: { cors: true, auth: { jwt: { issuer: 'i', audience: 'a' } } } },
      { cors: { origins: ['*'] }, auth: { kind: 'jwt', issuer: 'i', audience: ['a'] } },
    ],
    [{ timer: '@every 5m' }, { schedule: { kind: 'every', seconds: 300 }, timezone: 'UTC' }],
    [{ schedule: { type: 'every', value: '1h' } }, { kind: 'timer', schedule: { kind: 'every', seconds: 3600 } }],
    [{ timer: { every: '30s', payload: { a: 1 }, enabled: false } }, { enabled: false, payload: { a: 1 } }],
    [{ oss: { bucket: 'b' } }, { kind: 'os', bucket: 'b', events: ['created'] }],
    [{ mq: 'news' }, { kind: 'mq', topic: 'news' }],
    [{ sqs: { queue: 'q', batch: 5 } }, { kind: 'queue', queue: 'q', batch: { size: 5 } }],
    [{ kafka: { topic: 't', version: 2 } }, { topics: ['t'], qualifier: '2' }],
    ['event', { kind: 'event', at: '/functions/f/events/0' }],
  ])('%j', async (event, expected) => {
    const service = await serviceOf(JSON.stringify({ service: 'a', functions: { f: { events: [event] } } }))
    expect(service.functions[0]?.triggers).toEqual([expect.objectContaining(expected)])
  })
})

describe('aggregates', () => {
  const file = (aggregation: string): string =>
    `service: s\nfunctions:\n  web: { events: [http: /] }\n  api-a: { events: [http: /a] }\n  api-b: { events: [http: /b] }\n  tick: { events: [timer: "@hourly"] }\naggregation: ${aggregation}\n`
  const shape = async (aggregation: string): Promise<unknown> =>
    (await serviceOf(file(aggregation))).functions.map((fn) =>
      fn.code.kind === 'aggregate' ? `${fn.name}(${fn.code.members.map((member) => member.name)})` : fn.name,
    )

  it.each([
    ['{ all: { functionsPattern: "*" } }', ['tick', 'all(web,api-a,api-b)']],
    ['{ all: { functionsPattern: "*", deploy: false } }', ['tick']],
    ['{ all: { functionsPattern: "*", eventTrigger: true } }', ['all(web,api-a,api-b,tick)']],
    ['{ all: { functionsPattern: ["*", "!web"] } }', ['web', 'tick', 'all(api-a,api-b)']],
    ['{ all: { functionsPattern: "!web" } }', ['web', 'tick', 'all(api-a,api-b)']],
    ['{ all: { functionsPattern: "api-{a,z}" } }', ['web', 'api-b', 'tick', 'all(api-a)']],
    ['{ all: { functions: [tick, web] } }', ['api-a', 'api-b', 'all(web,tick)']],
    [
      '{ all: { functionsPattern: "api-?", deployOrigin: true } }',
      ['web', 'api-a', 'api-b', 'tick', 'all(api-a,api-b)'],
    ],
    ['{ web: { functions: [web, api-a] } }', ['api-b', 'tick', 'web(web,api-a)']],
    ['{ one: { functions: [web] }, rest: { functionsPattern: "*" } }', ['tick', 'one(web)', 'rest(api-a,api-b)']],
  ])('%s', async (aggregation, expected) => {
    expect(await shape(aggregation)).toEqual(expected)
  })

  it('have settings of their own, and their members keep theirs', async () => {
    const service = await serviceOf(file('{ all: { functionsPattern: "*", memorySize: 1024 } }'))
    const all = service.functions.at(-1)
    expect(all?.memoryMb).toBe(1024)
    expect(all?.code.kind === 'aggregate' && all.code.members[0]?.memoryMb).toBe(512)
  })
})

describe('the rest of a service', () => {
  it('understands editions that YAML reads as numbers', async () => {
    for (const [text, expected] of [
      ['3.0', '3.0'],
      ['2', '2.0'],
      ['"2.0"', '2.0'],
    ]) {
      expect((await serviceOf(`service: a\nprovider: { name: x, edition: ${text} }`)).provider.edition).toBe(expected)
    }
  })

  it('joins include, exclude and patterns into one order', async () => {
    const service = await serviceOf('service: a\npackage: { include: [a], exclude: [b, "!c"], patterns: ["!d", e] }')
    expect(service.package.patterns).toEqual(['a', '!b', 'c', '!d', 'e'])
  })

  it('takes a whole application', async () => {
    const service = await serviceOf('service: a\ndeployType: { type: koa, entry: app.js, prefix: /x }')
    expect(service.functions).toMatchObject([
      {
        name: 'app',
        code: { kind: 'app', framework: 'koa', entry: 'app.js', options: { prefix: '/x' } },
        triggers: [{ kind: 'http', path: '/*' }],
      },
    ])
  })
})

describe('writing', () => {
  it('gives a file that reads as the same service', async () => {
    const text = `service: { name: full, description: all of it }
provider: { name: aliyun, edition: 2.0, region: r, stage: prod, timeout: 7, vpc: { id: v, subnets: s, securityGroups: [g] }, logs: { project: p, store: s }, tags: { a: 1 } }
functions:
  web:
    handler: a/b.c
    initializer: a/b.init
    signature: fetch
    cpu: 0.5
    concurrency: 10
    async: { retries: 2, maxAge: 60, onFailure: dlq, callback: "https://x/\${secret:T}" }
    environment: { S: "a\${secret:X}b" }
    events:
      - http: { path: /a/:id, method: [get, post], cors: { origins: a, maxAge: 5 }, timeout: 3 }
      - timer: { cron: "0 8 * * MON-FRI", timezone: Asia/Shanghai, payload: { x: [1] }, enabled: false }
      - timer: { every: 90s, name: t2 }
      - os: { bucket: b, events: [removed], filter: { suffix: .jpg } }
      - mq: { topic: t, tags: [x], filter: { a: 1 } }
      - queue: { queue: q, batch: { size: 2, window: 3 }, visibility: 9 }
      - kafka: { topics: [a, b], brokers: x, batch: 4 }
      - mqtt: { topic: a/#, qos: 1, broker: "mqtt://\${secret:B}" }
      - log: { source: s, interval: 5, retry: 1 }
      - table: { table: t, batch: 1 }
      - stream: { stream: s, position: latest }
      - cdn: { events: [x], domains: [y] }
      - eventbus: { bus: b, pattern: { source: [x] } }
      - dapr: { component: c, topic: t }
      - event
    outputs: [{ name: o, kind: mq, topic: z }]
    overrides: { aliyun: { Description: x } }
  solo: { runtime: python3.12, deploy: false }
  srv: { runtime: custom, custom: { command: [./run, -x], port: 8080, healthCheck: { path: /h, interval: 4 } } }
  img: { image: i, secrets: [s] }
aggregation: { all: { functions: [web], memorySize: 256, url: true } }
layers: { l: { path: npm:x@1 } }
package: { include: [a], exclude: [b], bundle: { minify: true }, individually: true }
domain: { name: x.com, protocol: HTTPS, certificate: { key: "\${secret:K}" }, routes: { /*: all } }
resources: { aliyun: { R: { T: 1 } } }
overrides: { aws: { A: 1 } }
custom: { any: [thing] }
`
    const service = await serviceOf(text)
    const again = await serviceOf(dump(writeService(service)), { stage: 'prod' })
    const bare = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === 'at' ? undefined : item)))
    expect(bare(again)).toEqual(bare(service))
    expect(writeService(again)).toEqual(writeService(service))
  })

  it('spells secrets as they stand in the file, in raw settings too', async () => {
    const raw = { aws: { Key: 'a${secret:K}b', List: [['${secret:L}'], { Deep: '${secret:D}' }] } }
    const file = {
      service: 'a',
      functions: { f: { overrides: raw, events: [{ os: { bucket: 'b', overrides: raw } }] } },
      resources: raw,
      overrides: raw,
    }
    const tree = writeService(await serviceOf(dump(file)))
    expect(tree).toMatchObject({ ...file, functions: { f: { overrides: raw, events: [{ os: { overrides: raw } }] } } })
    expect(JSON.stringify(tree)).not.toContain('$secret')
  })
})
