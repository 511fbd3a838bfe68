import { Fc3Emulator } from '../emulators/fc3/emulator.ts'
import { measureFour } from './aliyun-metrics.ts'
import type { Edition, Tree } from './edition.ts'

const rich: Tree = {
  description: 'all of it',
  memorySize: 512,
  timeout: 30,
  environment: { A: '1', B: '2' },
  role: 'acs:ram::1234567890123456:role/fn',
  vpc: { id: 'vpc-1', subnets: ['sub-1', 'sub-2'], securityGroups: ['sg-1'] },
  logs: { project: 'my-project', store: 'my-store' },
  tags: { team: 'core' },
  layers: ['acs:fc:cn-hangzhou:official:layers/Nodejs20/versions/1'],
  concurrency: { reserved: 10, min: 1 },
  async: { retries: 1, maxAge: 3600, onFailure: 'acs:mns:cn-hangzhou:1234567890123456:/queues/dead' },
  events: [
    { http: { path: '/a/:id', method: 'get,post' } },
    { timer: { cron: '0 8 * * *', payload: 'x' } },
    { os: { bucket: 'photos', events: ['created'], filter: { prefix: 'in/' } } },
  ],
}

/** Events of every product that calls functions in the name of a role. */
export const WAITING: Tree = {
  events: [
    { os: { bucket: 'photos', events: ['created'] } },
    { log: { source: 'orders', project: 'shop', log: 'reports' } },
    { mq: { topic: 'orders' } },
    { cdn: { events: ['LogFileCreated'], domains: ['example.com'] } },
    { table: { instance: 'db', table: 'orders' } },
  ],
}

export const aliyun3: Edition = {
  name: 'aliyun 3.0',
  provider: 'aliyun',
  settings: { region: 'cn-hangzhou', accountId: '1234567890123456' },
  env: () => ({ ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' }),
  emulate: (options) => new Fc3Emulator(options),
  rich,
  // Each of these with its role; the others are made in the same way.
  waiting: { events: (WAITING['events'] as Tree[]).slice(0, 2) },
  changes: [
    ['description', { ...rich, description: 'other' }],
    ['memory', { ...rich, memorySize: 1024 }],
    ['timeout', { ...rich, timeout: 60 }],
    ['a variable', { ...rich, environment: { A: '1', B: '3', C: '4' } }],
    ['a variable less', { ...rich, environment: { A: '1' } }],
    ['no role', { ...rich, role: undefined }],
    ['another network', { ...rich, vpc: { id: 'vpc-2', subnets: ['sub-3'], securityGroups: ['sg-2'] } }],
    ['no network', { ...rich, vpc: undefined }],
    ['another layer', { ...rich, layers: ['acs:fc:cn-hangzhou:1234567890123456:layers/tools/versions/3'] }],
    ['no layers', { ...rich, layers: undefined }],
    ['no logs', { ...rich, logs: undefined }],
    ['other tags', { ...rich, tags: { owner: 'me' } }],
    ['concurrency', { ...rich, concurrency: { reserved: 20 } }],
    ['asynchronous calls', { ...rich, async: { retries: 2 } }],
    ['no asynchronous calls', { ...rich, async: undefined }],
    [
      'methods',
      { ...rich, events: [{ http: { path: '/a/:id', method: 'put' } }, ...(rich['events'] as Tree[]).slice(1)] },
    ],
    [
      'an http trigger by another name',
      {
        ...rich,
        events: [{ http: { name: 'web', path: '/a/:id', method: 'put' } }, ...(rich['events'] as Tree[]).slice(1)],
      },
    ],
    [
      'another bucket',
      {
        ...rich,
        events: [...(rich['events'] as Tree[]).slice(0, 2), { os: { bucket: 'others', events: ['created'] } }],
      },
    ],
    [
      'a role of its own for an event',
      {
        ...rich,
        events: [
          ...(rich['events'] as Tree[]).slice(0, 2),
          { os: { bucket: 'photos', events: ['created'], filter: { prefix: 'in/' }, role: 'acs:ram::1:role/oss' } },
        ],
      },
    ],
    [
      'a version that an event calls',
      {
        ...rich,
        events: [
          { http: { path: '/a/:id', method: 'get,post' } },
          { timer: { cron: '0 8 * * *', payload: 'x', qualifier: 'live' } },
          (rich['events'] as Tree[])[2] as Tree,
        ],
      },
    ],
    ['no events', { ...rich, events: [] }],
  ],
  hang: (emulator, name) =>
    (emulator as Fc3Emulator).plantBeside(name, { triggerName: 'theirs', triggerType: 'alb', triggerConfig: '{}' }, {}),
  drift: { memorySize: 2048 },
  otherCode: { codeChecksum: '1' },
  measure: (emulator, name) => measureFour(emulator as Fc3Emulator, { region: 'cn-hangzhou', functionName: name }),
}
