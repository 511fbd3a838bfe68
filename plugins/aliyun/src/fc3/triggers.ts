import {
  ACCOUNT,
  type Auth,
  elsewhere,
  emulated,
  lossy,
  REGION,
  ROUTED_INSIDE,
  refuse,
  refused,
  type TriggerTable,
} from '@anyfaas/kit'
import { NOTIFY_FORMAT, NOTIFY_RETRY, ONE_EVENT, ONE_TAG } from '../common-rows.ts'
import { storageEvents } from '../storage.ts'
import { payloadText, timerExpression } from '../timer.ts'
import { base, switchless } from './base.ts'
import { eventBridge } from './event-bridge.ts'

/** Model -> the triggers of an fc3 component. */
export const triggers: TriggerTable = {
  http: {
    type: 'http',
    switchless: true,
    always: { triggerConfig: { authType: 'anonymous', disableURLInternet: false } },
    fields: {
      ...switchless,
      path: ROUTED_INSIDE,
      auth: { to: 'triggerConfig', as: authConfig, takes: 'jwt by jwks, without issuer and audience' },
      methods: { to: 'triggerConfig.methods' },
      cors: emulated('the router inside answers'),
      timeoutSec: lossy('the timeout of the function holds'),
      streaming: lossy('the platform hands answers over whole', 'use runtime: custom'),
    },
  },
  timer: {
    type: 'timer',
    fields: {
      ...base,
      schedule: {
        to: 'triggerConfig.cronExpression',
        as: timerExpression,
        takes: 'cron without L, W and #, every in whole minutes',
      },
      timezone: elsewhere('CRON_TZ in cronExpression'),
      enabled: { to: 'triggerConfig.enable' },
      payload: { to: 'triggerConfig.payload', as: payloadText },
    },
  },
  os: {
    type: 'oss',
    switchless: true,
    always: { triggerConfig: { events: [], filter: { key: { prefix: '', suffix: '' } } } },
    fields: {
      ...switchless,
      bucket: { to: 'sourceArn', as: (bucket) => `acs:oss:${REGION}:${ACCOUNT}:${bucket}` },
      events: {
        to: 'triggerConfig.events',
        takes: 'created, removed and their kinds, or a name such as oss:ObjectCreated:PutSymlink',
        as: storageEvents,
      },
      filter: { to: 'triggerConfig.filter.key' },
    },
  },
  log: {
    type: 'log',
    fields: {
      ...base,
      project: { to: 'sourceArn', as: (project) => `acs:log:${REGION}:${ACCOUNT}:project/${project}` },
      source: {
        to: 'triggerConfig',
        takes: 'with project and log',
        as: (source, { project, log }) => {
          if (project === undefined || log === undefined)
            return refused('it needs the project, and a logstore for its own reports', 'add project and log')
          return { sourceConfig: { logstore: source }, logConfig: { project, logstore: log }, jobConfig: {} }
        },
      },
      log: elsewhere('triggerConfig.logConfig.logstore'),
      retry: { to: 'triggerConfig.jobConfig.maxRetryTime', range: { min: 0, max: 100 } },
      intervalSec: { to: 'triggerConfig.jobConfig.triggerInterval', range: { min: 3, max: 600 } },
      filter: lossy('the trigger sends whole logstores', 'filter inside the function'),
      enabled: { to: 'triggerConfig.enable' },
    },
  },
  mq: {
    type: 'mns_topic',
    switchless: true,
    always: { triggerConfig: { notifyContentFormat: 'JSON', notifyStrategy: 'BACKOFF_RETRY' } },
    fields: {
      ...switchless,
      topic: { to: 'sourceArn', as: (topic, { region }) => `acs:mns:${region ?? REGION}:${ACCOUNT}:/topics/${topic}` },
      region: elsewhere('sourceArn'),
      format: { to: 'triggerConfig.notifyContentFormat', ...NOTIFY_FORMAT },
      retry: { to: 'triggerConfig.notifyStrategy', ...NOTIFY_RETRY },
      tags: { to: 'triggerConfig.filterTag', ...ONE_TAG },
      filter: lossy('the trigger filters by a tag only', 'use tags'),
    },
  },
  cdn: {
    type: 'cdn_events',
    switchless: true,
    always: {
      sourceArn: `acs:cdn:*:${ACCOUNT}`,
      triggerConfig: { eventName: '', eventVersion: '1.0.0', notes: 'made by anyfaas', filter: { domain: [] } },
    },
    fields: {
      ...switchless,
      events: { to: 'triggerConfig.eventName', ...ONE_EVENT },
      domains: { to: 'triggerConfig.filter.domain' },
    },
  },
  table: {
    type: 'tablestore',
    switchless: true,
    always: { triggerConfig: {} },
    fields: {
      ...switchless,
      table: {
        to: 'sourceArn',
        takes: 'with the instance',
        as: (table, { instance }) =>
          instance === undefined
            ? refused('it needs the instance of the table', 'add instance')
            : `acs:ots:${REGION}:${ACCOUNT}:instance/${instance}/table/${table}`,
      },
      instance: elsewhere('sourceArn'),
      batch: lossy('the platform chooses the size of a batch'),
    },
  },
  ...eventBridge,
  stream: refuse('no trigger for DataHub is described for this edition', 'use edition 2.0, or kafka'),
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

// https://www.alibabacloud.com/help/en/fc/user-guide/configure-jwt-authentication-for-http-triggers
function authConfig(auth: Auth): unknown {
  if (auth.kind === 'none') return { authType: 'anonymous' }
  if (auth.kind === 'iam') return { authType: 'function' }
  if (auth.issuer !== undefined || auth.audience !== undefined)
    return refused('the platform checks a signature, neither issuer nor audience', 'check these inside the function')
  if (auth.jwks === undefined) return refused('it needs the public keys', 'auth.jwt.jwks: the key set as JSON')
  const keys = parseKeys(auth.jwks)
  if (keys === undefined) return refused('"jwks" is no key set in JSON', 'auth.jwt.jwks: \'{"keys":[…]}\'')
  return {
    authType: 'jwt',
    authConfig: { jwks: keys, tokenLookup: tokenLookup(auth.source ?? 'header:Authorization') },
  }
}

function parseKeys(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && 'keys' in parsed ? parsed : undefined
  } catch {
    // No JSON: the caller says so with the place.
    return undefined
  }
}

function tokenLookup(source: string): string {
  return source.split(':').length === 2 && source.toLowerCase() === 'header:authorization'
    ? `${source}:Bearer `
    : source
}
