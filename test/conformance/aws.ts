import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LambdaEmulator } from '../emulators/lambda/emulator.ts'
import type { Edition, Tree } from './edition.ts'

const rich: Tree = {
  description: 'all of it',
  memorySize: 512,
  timeout: 30,
  environment: { ALPHA: '1', BETA: '2' },
  role: 'arn:aws:iam::123456789012:role/fn',
  vpc: { id: 'vpc-1', subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'] },
  tags: { team: 'core' },
  url: true,
  concurrency: { reserved: 10 },
  async: { retries: 1, maxAge: 3600, onFailure: 'arn:aws:sqs:us-east-1:123456789012:dead' },
  events: [
    { http: { path: '/a/:id', method: 'get,post' } },
    { timer: { cron: '0 8 * * *', payload: 'x' } },
    { os: { bucket: 'photos', events: ['created'], filter: { prefix: 'in/' } } },
    { queue: { queue: 'jobs', batch: { size: 5 } } },
    { mq: { topic: 'news', filter: { state: ['paid'] } } },
    { eventbus: { bus: 'shop', pattern: { source: ['orders'] } } },
    { log: { source: 'app', filter: 'ERROR' } },
    { mqtt: { topic: 'things/+/state' } },
  ],
}

const events = rich['events'] as Tree[]

function aliased([kind, options]: [string, unknown]): [string, unknown] {
  return [kind, { ...(options as Tree), qualifier: 'live' }]
}

export const aws: Edition = {
  name: 'aws',
  provider: 'aws',
  settings: { region: 'us-east-1' },
  env: () => ({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }),
  emulate: (options) => new LambdaEmulator(options),
  rich,
  changes: [
    ['description', { ...rich, description: 'other' }],
    ['memory', { ...rich, memorySize: 1024 }],
    ['timeout', { ...rich, timeout: 60 }],
    ['a variable', { ...rich, environment: { ALPHA: '1', BETA: '3', GAMMA: '4' } }],
    ['a variable less', { ...rich, environment: { ALPHA: '1' } }],
    ['no role', { ...rich, role: undefined }],
    ['another network', { ...rich, vpc: { id: 'vpc-2', subnets: ['subnet-3'], securityGroups: ['sg-2'] } }],
    ['no network', { ...rich, vpc: undefined }],
    ['other tags', { ...rich, tags: { owner: 'me' } }],
    ['no function URL', { ...rich, url: undefined }],
    ['concurrency', { ...rich, concurrency: { reserved: 20 } }],
    ['no concurrency', { ...rich, concurrency: undefined }],
    ['instances that are kept ready', { ...rich, concurrency: { reserved: 10, min: 2 } }],
    [
      'events that call an alias',
      { ...rich, events: events.map((event) => Object.fromEntries(Object.entries(event).map(aliased))) },
    ],
    ['asynchronous calls', { ...rich, async: { retries: 2 } }],
    ['no asynchronous calls', { ...rich, async: undefined }],
    ['methods', { ...rich, events: [{ http: { path: '/a/:id', method: 'put' } }, ...events.slice(1)] }],
    [
      'a shorter wait',
      { ...rich, events: [{ http: { path: '/a/:id', method: 'get,post', timeout: 5 } }, ...events.slice(1)] },
    ],
    [
      'callers with keys',
      { ...rich, events: [{ http: { path: '/a/:id', method: 'get,post', auth: 'iam' } }, ...events.slice(1)] },
    ],
    [
      'another time',
      { ...rich, events: [events[0], { timer: { cron: '30 9 * * *', payload: 'x' } }, ...events.slice(2)] },
    ],
    [
      'another bucket',
      {
        ...rich,
        events: [...events.slice(0, 2), { os: { bucket: 'others', events: ['removed'] } }, ...events.slice(3)],
      },
    ],
    [
      'another batch',
      {
        ...rich,
        events: [...events.slice(0, 3), { queue: { queue: 'jobs', batch: { size: 9 } } }, ...events.slice(4)],
      },
    ],
    ['another filter', { ...rich, events: [...events.slice(0, 4), { mq: { topic: 'news' } }, ...events.slice(5)] }],
    [
      'another pattern',
      {
        ...rich,
        events: [
          ...events.slice(0, 5),
          { eventbus: { bus: 'shop', pattern: { source: ['bills'] } } },
          ...events.slice(6),
        ],
      },
    ],
    ['other lines', { ...rich, events: [...events.slice(0, 6), { log: { source: 'app' } }, ...events.slice(7)] }],
    ['another topic', { ...rich, events: [...events.slice(0, 7), { mqtt: { topic: 'things' } }] }],
    ['no events', { ...rich, events: [] }],
  ],
  waiting: {
    url: true,
    concurrency: { min: 1 },
    events: [
      { os: { bucket: 'photos', events: ['created'] } },
      { queue: { queue: 'jobs' } },
      { mq: { topic: 'news' } },
      { eventbus: { pattern: { source: ['orders'] } } },
      { log: { source: 'app' } },
      { mqtt: { topic: 'things' } },
    ],
  },
  drift: { MemorySize: 2048 },
  otherCode: { CodeSha256: 'b3RoZXI=' },
  measure: (emulator, name) => {
    const time = Math.floor(Date.now() / 60_000) * 60 - 60
    const minute = { time, name, calls: 3, errors: 1, throttles: 2, durationsMs: [10, 20, 30] }
    const next = { time: time + 60, name, calls: 1, errors: 0, throttles: 0, durationsMs: [40] }
    ;(emulator as LambdaEmulator).minutes.push(minute, next)
  },
}

/** More bytes than a request takes. */
export const BIG = 51 * 1024 * 1024

/** Writes `big.zip`, of so many bytes: what begins and ends as a zip is taken for one. */
export function writeBig(dir: string): void {
  const end = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)])
  const bytes = randomBytes(BIG - 4 - end.length)
  writeFileSync(join(dir, 'big.zip'), Buffer.concat([Buffer.from('PK\x03\x04'), bytes, end]))
}
