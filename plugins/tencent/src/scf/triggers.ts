import {
  elsewhere,
  emulated,
  lossy,
  NOT_MADE,
  REGION,
  ROUTED_INSIDE,
  refuse,
  refused,
  type TriggerTable,
} from '@anyfaas/kit'
import { STORAGE_EVENTS, storageEvent } from './storage.ts'
import { timerExpression, ZONE } from './timer.ts'

const base = {
  kind: elsewhere('type'),
  at: elsewhere('a place in the file'),
  name: elsewhere('parameters.name'),
  qualifier: { to: 'qualifier' },
  role: lossy('triggers have no roles'),
  overrides: elsewhere('laid over the parameters at last'),
} as const

const enabled = { to: 'enable' } as const

const NO_BUS = 'such triggers are made in EventBridge, not by the API of SCF'

/** Model -> the parameters of the triggers of multi-scf. */
export const triggers: TriggerTable = {
  http: {
    type: 'http',
    switchless: true,
    always: { authType: 'NONE', netConfig: { enableExtranet: true, enableIntranet: false } },
    fields: {
      ...base,
      enabled: NOT_MADE,
      path: ROUTED_INSIDE,
      methods: emulated('the router inside answers other methods with 405'),
      auth: {
        to: 'authType',
        takes: 'none or iam',
        as: ({ kind }) =>
          kind === 'jwt'
            ? refused('a function URL checks no tokens', 'check the token inside the function')
            : kind === 'iam'
              ? 'CAM'
              : 'NONE',
      },
      cors: emulated('the router inside answers'),
      timeoutSec: lossy('the timeout of the function holds'),
      streaming: lossy('the router hands answers over whole', 'use runtime: custom'),
    },
  },
  timer: {
    type: 'timer',
    fields: {
      ...base,
      schedule: {
        to: 'cronExpression',
        takes: 'cron without L, W and #; in UTC+8, where a zone with summer time cannot be said',
        as: timerExpression,
      },
      timezone: emulated(
        'the hours and days of cronExpression are moved to UTC+8',
        (zone) => zone !== 'UTC' && zone !== ZONE,
      ),
      enabled,
      payload: {
        to: 'argument',
        takes: '4096 characters',
        as: (payload) => {
          const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
          return text.length > 4096 ? refused('a payload has at most 4 KB') : text
        },
      },
    },
  },
  os: {
    type: 'cos',
    fields: {
      ...base,
      bucket: {
        to: 'bucket',
        takes: 'NAME-APPID',
        as: (bucket) => {
          if (bucket.includes('.cos.')) return bucket
          return /-\d+$/.test(bucket)
            ? `${bucket}.cos.${REGION}.myqcloud.com`
            : refused('buckets bear the APPID of the account in their names', `write ${bucket}-APPID`)
        },
      },
      // The translator makes a trigger of each event: SCF has one a trigger.
      events: {
        to: 'events',
        takes: 'created, removed and their kinds, or a name such as cos:ObjectCreated:Put; a trigger for each',
        as: ([event = '']) =>
          storageEvent(event) ??
          refused(
            `there is no event "${event}"`,
            `use ${STORAGE_EVENTS.join(', ')}, or a name of COS itself such as cos:ObjectCreated:Put`,
          ),
      },
      filter: { to: 'filter' },
      enabled,
    },
  },
  kafka: {
    type: 'ckafka',
    always: { maxMsgNum: 100, offset: 'latest', retry: 10_000, timeout: 60 },
    fields: {
      ...base,
      instance: { to: 'instanceId' },
      topics: {
        to: 'topic',
        takes: 'one topic, with the instance',
        as: (topics, { instance }) => {
          if (topics.length !== 1) return refused('a trigger has one topic', 'make a trigger for each topic')
          return instance === undefined ? refused('it reads instances of CKafka only', 'add instance') : topics[0]
        },
      },
      brokers: lossy('the instance knows its brokers'),
      group: { to: 'consumerGroupName' },
      offset: { to: 'offset' },
      batch: {
        rows: {
          size: { to: 'maxMsgNum', range: { min: 1, max: 1000 } },
          windowSec: { to: 'timeout', range: { min: 1, max: 60 } },
        },
      },
      enabled,
    },
  },
  log: {
    type: 'cls',
    switchless: true,
    always: { maxWait: 60, maxSize: 100, enable: true },
    fields: {
      ...base,
      enabled: NOT_MADE,
      source: { to: 'topicId' },
      intervalSec: { to: 'maxWait' },
      project: lossy('the topic is known by its id'),
      log: lossy('the platform keeps no report of its own'),
      retry: lossy('the log service decides'),
      filter: lossy('the topic is sent whole', 'filter inside the function'),
    },
  },
  mq: refuse('CMQ is closed, and SCF has no other trigger for topics', 'use kafka'),
  queue: refuse(NO_BUS, 'use kafka, or make a rule in EventBridge'),
  mqtt: refuse(NO_BUS, 'make a rule in the MQTT console'),
  table: refuse('no database of the vendor triggers functions'),
  stream: refuse('the vendor has no such stream', 'use kafka'),
  cdn: refuse('CDN does not trigger functions'),
  eventbus: refuse(NO_BUS, 'make a rule in EventBridge'),
  dapr: refuse('the platform runs no Dapr'),
  event: {
    type: 'invoke',
    fields: { ...base, qualifier: elsewhere('the call names it'), enabled: elsewhere('every function can be invoked') },
  },
}
