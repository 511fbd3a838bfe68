import { Fc2Emulator } from '../emulators/fc2/emulator.ts'
import { WAITING } from './aliyun-3.ts'
import { measureFour } from './aliyun-metrics.ts'
import type { Edition, Tree } from './edition.ts'

// A function with an HTTP trigger has no other triggers in this edition, so the rich one has none.
const rich: Tree = {
  description: 'all of it',
  memorySize: 512,
  timeout: 30,
  environment: { A: '1', B: '2' },
  layers: ['acs:fc:cn-hangzhou:official:layers/Nodejs20/versions/1'],
  async: { retries: 1, maxAge: 3600, onFailure: 'acs:mns:cn-hangzhou:1234567890123456:/queues/dead' },
  events: [
    { timer: { cron: '0 8 * * *', payload: 'x' } },
    { os: { bucket: 'photos', events: ['created'], filter: { prefix: 'in/' } } },
    { mq: { topic: 'orders', tags: ['paid'] } },
  ],
}

const [timer, os, mq] = rich['events'] as [Tree, Tree, Tree]

export const aliyun2: Edition = {
  name: 'aliyun 2.0',
  provider: 'aliyun',
  settings: { edition: '2.0', region: 'cn-hangzhou', accountId: '1234567890123456' },
  env: () => ({ ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' }),
  emulate: (options) => new Fc2Emulator(options),
  rich,
  waiting: { events: (WAITING['events'] as Tree[]).slice(0, 2) },
  changes: [
    ['description', { ...rich, description: 'other' }],
    ['no description', { ...rich, description: undefined }],
    ['memory', { ...rich, memorySize: 1024 }],
    ['timeout', { ...rich, timeout: 60 }],
    ['a variable', { ...rich, environment: { A: '1', B: '3', C: '4' } }],
    ['a variable less', { ...rich, environment: { A: '1' } }],
    ['no variables', { ...rich, environment: undefined }],
    ['another layer', { ...rich, layers: ['acs:fc:cn-hangzhou:1234567890123456:layers/tools/versions/3'] }],
    ['no layers', { ...rich, layers: undefined }],
    ['another runtime', { ...rich, runtime: 'nodejs18' }],
    ['asynchronous calls', { ...rich, async: { retries: 2 } }],
    ['no asynchronous calls', { ...rich, async: undefined }],
    ['a schedule', { ...rich, events: [{ timer: { cron: '0 9 * * *', payload: 'x' } }, os, mq] }],
    ['another bucket', { ...rich, events: [timer, { os: { bucket: 'others', events: ['created'] } }, mq] }],
    ['another tag', { ...rich, events: [timer, os, { mq: { topic: 'orders', tags: ['sent'] } }] }],
    [
      'a role of its own for an event',
      { ...rich, events: [timer, os, { mq: { topic: 'orders', tags: ['paid'], role: 'acs:ram::1:role/mns' } }] },
    ],
    [
      'a version that an event calls',
      { ...rich, events: [{ timer: { cron: '0 8 * * *', payload: 'x', qualifier: 'live' } }, os, mq] },
    ],
    ['an address instead', { ...rich, events: [{ http: { path: '/a/:id', method: 'get,post' } }] }],
    ['no events', { ...rich, events: [] }],
  ],
  hang: (emulator, name) => (emulator as Fc2Emulator).hang(name, 'theirs'),
  drift: { memorySize: 2048 },
  otherCode: { codeChecksum: '1' },
  measure: (emulator, name) => {
    const functionName = name.replace('shop-dev-', '')
    measureFour(emulator as Fc2Emulator, { region: 'cn-hangzhou', serviceName: 'shop-dev', functionName })
  },
}
