import { ScfEmulator } from '../emulators/scf/emulator.ts'
import type { Edition, Tree } from './edition.ts'

const rich: Tree = {
  description: 'all of it',
  memorySize: 512,
  timeout: 30,
  initTimeout: 20,
  environment: { A: '1', B: '2' },
  role: 'fn',
  vpc: { id: 'vpc-1', subnets: ['subnet-1'] },
  logs: { project: 'logset-1', store: 'topic-1' },
  tags: { team: 'core' },
  concurrency: { reserved: 10 },
  async: { retries: 1, maxAge: 3600 },
  events: [
    { http: { path: '/a/:id', method: 'get,post' } },
    { timer: { cron: '0 8 * * *', payload: 'x' } },
    { os: { bucket: 'photos-1250000000', events: ['created'], filter: { prefix: 'in/' } } },
    { kafka: { instance: 'ckafka-1', topics: ['clicks'], group: 'g1', batch: { size: 10, window: 5 } } },
    { log: { source: 'f1e2d3c4-0000-1111-2222-333344445555', interval: 30 } },
  ],
}

const events = rich['events'] as Tree[]

/** `rich` with another event in the place of one. */
function withEvent(index: number, event: Tree): Tree {
  return { ...rich, events: events.map((one, at) => (at === index ? event : one)) }
}

export const tencent: Edition = {
  name: 'tencent',
  provider: 'tencent',
  settings: { region: 'ap-guangzhou' },
  env: () => ({ TENCENTCLOUD_SECRET_ID: 'id', TENCENTCLOUD_SECRET_KEY: 'secret' }),
  emulate: (options) => new ScfEmulator(options),
  rich,
  changes: [
    ['description', { ...rich, description: 'other' }],
    ['no description', { ...rich, description: undefined }],
    ['memory', { ...rich, memorySize: 1024 }],
    ['timeout', { ...rich, timeout: 60 }],
    ['no time to begin', { ...rich, initTimeout: undefined }],
    ['another runtime, which makes it anew', { ...rich, runtime: 'nodejs18' }],
    ['a variable', { ...rich, environment: { A: '1', B: '3', C: '4' } }],
    ['a variable less', { ...rich, environment: { A: '1' } }],
    ['no variables', { ...rich, environment: undefined }],
    ['no role', { ...rich, role: undefined }],
    ['another network', { ...rich, vpc: { id: 'vpc-2', subnets: ['subnet-3'] } }],
    ['no network', { ...rich, vpc: undefined }],
    ['no logs', { ...rich, logs: undefined }],
    ['other tags', { ...rich, tags: { owner: 'me' } }],
    ['reserved concurrency', { ...rich, concurrency: { reserved: 20 } }],
    ['no reserved concurrency', { ...rich, concurrency: undefined }],
    ['asynchronous calls', { ...rich, async: { retries: 2 } }],
    ['no asynchronous calls', { ...rich, async: undefined }],
    ['who may call its address', withEvent(0, { http: { path: '/a/:id', auth: 'iam' } })],
    ['another time', withEvent(1, { timer: { cron: '0 9 * * *', payload: 'x' } })],
    ['a timer that is switched off', withEvent(1, { timer: { cron: '0 8 * * *', payload: 'x', enabled: false } })],
    ['no payload', withEvent(1, { timer: { cron: '0 8 * * *' } })],
    ['another bucket', withEvent(2, { os: { bucket: 'others-1250000000', events: ['created'] } })],
    [
      'a bucket that is switched off',
      withEvent(2, {
        os: { bucket: 'photos-1250000000', events: ['created'], filter: { prefix: 'in/' }, enabled: false },
      }),
    ],
    [
      'larger batches',
      withEvent(3, {
        kafka: { instance: 'ckafka-1', topics: ['clicks'], group: 'g1', batch: { size: 20, window: 5 } },
      }),
    ],
    [
      'another group, which makes the trigger anew',
      withEvent(3, {
        kafka: { instance: 'ckafka-1', topics: ['clicks'], group: 'g2', batch: { size: 10, window: 5 } },
      }),
    ],
    ['a log topic less often', withEvent(4, { log: { source: 'f1e2d3c4-0000-1111-2222-333344445555', interval: 90 } })],
    ['another log topic', withEvent(4, { log: { source: 'a1b2c3d4-0000-1111-2222-333344445555' } })],
    ['no events', { ...rich, events: [] }],
  ],
  waiting: {
    concurrency: { reserved: 10 },
    async: { retries: 1 },
    events: [
      { os: { bucket: 'photos-1250000000', events: ['created'] } },
      { kafka: { instance: 'ckafka-1', topics: ['clicks'], group: 'g1' } },
      { log: { source: 'f1e2d3c4-0000-1111-2222-333344445555' } },
    ],
  },
  drift: { MemorySize: 2048 },
  measure: (emulator, name) => {
    const time = Math.floor(Date.now() / 60_000) * 60 - 60
    const figures = { Invocation: 3, Error: 1, Throttle: 2, Duration: 20 }
    const next = { Invocation: 1, Error: 0, Throttle: 0, Duration: 40 }
    ;(emulator as ScfEmulator).minutes.push({ time, name, figures }, { time: time + 60, name, figures: next })
  },
}
