import { elsewhere, emulated, lossy, NOT_MADE, ROUTED_INSIDE, refuse, refused, type TriggerTable } from '@anyfaas/kit'
import { NOTIFY_FORMAT, NOTIFY_RETRY, ONE_EVENT, ONE_TAG } from '../common-rows.ts'
import { storageEvents } from '../storage.ts'
import { payloadText, timerExpression } from '../timer.ts'

const base = {
  kind: elsewhere('Type'),
  at: elsewhere('a place in the file'),
  name: elsewhere('the key of the event'),
  qualifier: { to: 'Qualifier' },
  role: { to: 'InvocationRole' },
  overrides: elsewhere('laid over the event at last'),
} as const

const switchless = { ...base, enabled: NOT_MADE } as const

const NO_BUS = 'its template knows no EventBridge triggers'

/** Model -> the events of Aliyun::Serverless::Function. */
export const triggers: TriggerTable = {
  http: {
    type: 'HTTP',
    switchless: true,
    fields: {
      ...switchless,
      path: ROUTED_INSIDE,
      auth: {
        to: 'AuthType',
        takes: 'none or iam',
        as: ({ kind }) =>
          kind === 'jwt'
            ? refused(
                'the platform checks no tokens in this edition',
                'use edition 3.0, or check the token inside the function',
              )
            : kind === 'iam'
              ? 'FUNCTION'
              : 'ANONYMOUS',
      },
      methods: { to: 'Methods' },
      cors: emulated('the router inside answers'),
      timeoutSec: lossy('the timeout of the function holds'),
      streaming: lossy('the router hands answers over whole', 'use runtime: custom'),
    },
  },
  timer: {
    type: 'Timer',
    fields: {
      ...base,
      schedule: { to: 'CronExpression', takes: 'cron without L, W and #, every in whole minutes', as: timerExpression },
      timezone: elsewhere('CRON_TZ in CronExpression'),
      enabled: { to: 'Enable' },
      payload: { to: 'Payload', as: payloadText },
    },
  },
  os: {
    type: 'OSS',
    switchless: true,
    always: { Filter: { Key: { Prefix: '', Suffix: '' } } },
    fields: {
      ...switchless,
      bucket: { to: 'BucketName' },
      events: {
        to: 'Events',
        takes: 'created, removed and their kinds, or a name such as oss:ObjectCreated:PutSymlink',
        as: storageEvents,
      },
      filter: {
        to: 'Filter.Key',
        as: ({ prefix, suffix }) => ({
          ...(prefix !== undefined && { Prefix: prefix }),
          ...(suffix !== undefined && { Suffix: suffix }),
        }),
      },
    },
  },
  log: {
    type: 'Log',
    always: { JobConfig: { MaxRetryTime: 1, TriggerInterval: 60 } },
    fields: {
      ...base,
      source: {
        to: 'SourceConfig.Logstore',
        takes: 'with project and log',
        as: (source, { project, log }) =>
          project === undefined || log === undefined
            ? refused('it needs the project, and a logstore for its own reports', 'add project and log')
            : source,
      },
      project: { to: 'LogConfig.Project' },
      log: { to: 'LogConfig.Logstore' },
      retry: { to: 'JobConfig.MaxRetryTime', range: { min: 0, max: 100 } },
      intervalSec: { to: 'JobConfig.TriggerInterval', range: { min: 3, max: 600 } },
      filter: lossy('the trigger sends whole logstores', 'filter inside the function'),
      enabled: { to: 'Enable' },
    },
  },
  mq: {
    type: 'MNSTopic',
    switchless: true,
    always: { NotifyContentFormat: 'JSON', NotifyStrategy: 'BACKOFF_RETRY' },
    fields: {
      ...switchless,
      topic: { to: 'TopicName' },
      region: { to: 'Region' },
      format: { to: 'NotifyContentFormat', ...NOTIFY_FORMAT },
      retry: { to: 'NotifyStrategy', ...NOTIFY_RETRY },
      tags: { to: 'FilterTag', ...ONE_TAG },
      filter: lossy('the trigger filters by a tag only', 'use tags'),
    },
  },
  cdn: {
    type: 'CDN',
    switchless: true,
    always: { EventName: '', EventVersion: '1.0.0', Notes: 'made by anyfaas', Filter: { Domain: [] } },
    fields: {
      ...switchless,
      events: { to: 'EventName', ...ONE_EVENT },
      domains: { to: 'Filter.Domain' },
    },
  },
  table: {
    type: 'TableStore',
    switchless: true,
    fields: {
      ...switchless,
      instance: { to: 'InstanceName' },
      table: {
        to: 'TableName',
        takes: 'with the instance',
        as: (table, { instance }) =>
          instance === undefined ? refused('it needs the instance of the table', 'add instance') : table,
      },
      batch: lossy('the platform chooses the size of a batch'),
    },
  },
  stream: {
    type: 'Datahub',
    switchless: true,
    always: { Topic: '', StartingPosition: 'LATEST' },
    fields: {
      ...switchless,
      role: lossy('the event has no role of its own'),
      stream: { to: 'Topic' },
      position: {
        to: 'StartingPosition',
        takes: 'latest, oldest or earliest',
        as: (position) => POSITIONS[position] ?? refused(`"${position}" is not latest or oldest`),
      },
      batch: { rows: { size: { to: 'BatchSize' }, windowSec: lossy('a batch is bounded by its size only') } },
    },
  },
  queue: refuse(NO_BUS, 'use edition 3.0'),
  kafka: refuse(NO_BUS, 'use edition 3.0'),
  mqtt: refuse(NO_BUS, 'use edition 3.0'),
  eventbus: refuse(NO_BUS, 'use edition 3.0'),
  dapr: refuse('the platform runs no Dapr'),
  event: {
    type: 'invoke',
    fields: {
      ...base,
      qualifier: elsewhere('the call names it'),
      role: elsewhere('the caller has one'),
      enabled: elsewhere('every function can be invoked'),
    },
  },
}

const POSITIONS: Readonly<Record<string, string>> = { latest: 'LATEST', oldest: 'OLDEST', earliest: 'OLDEST' }
