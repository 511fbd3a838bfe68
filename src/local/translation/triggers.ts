import {
  adjusted,
  elsewhere,
  formatCron,
  lossy,
  PLAIN_CRON,
  type Refuse,
  refuse,
  refused,
  type TriggerTable,
} from '@anyfaas/kit'
import { lineFilter } from '../sources/line-filter.ts'
import { kafkaFields, ONE_BY_ONE, OWN_TOPICS } from './kafka-fields.ts'

const COMMON = {
  kind: elsewhere('the list that it stands in'),
  at: elsewhere('a place in the file'),
  qualifier: lossy('a function has one version'),
  role: lossy('functions run as you'),
  overrides: elsewhere('laid over the trigger at last'),
}

const SOURCE = {
  ...COMMON,
  name: elsewhere('name'),
  enabled: { to: 'enabled' },
}

/** What becomes of each kind of trigger. */
export const triggers: TriggerTable = {
  http: {
    type: 'route',
    switchless: true,
    fields: {
      ...COMMON,
      name: elsewhere('a route has no name'),
      enabled: elsewhere('a route that is switched off is left out'),
      path: { to: 'path' },
      methods: { to: 'methods' },
      cors: elsewhere('the runtime inside the function answers'),
      auth: {
        to: 'auth',
        as: ({ kind }) => (kind === 'none' ? undefined : adjusted(undefined, 'everybody on this machine may call')),
      },
      timeoutSec: { to: 'timeout' },
      streaming: elsewhere('every answer can be streamed'),
    },
  },
  timer: {
    type: 'timer',
    fields: {
      ...COMMON,
      name: elsewhere('name'),
      enabled: { to: 'enabled' },
      schedule: {
        to: 'schedule',
        as: (schedule) => {
          if (schedule.kind === 'every') return schedule.seconds
          const cron = formatCron(schedule.cron, PLAIN_CRON)
          return typeof cron === 'string' ? cron : refused(cron.reason, cron.instead)
        },
      },
      timezone: { to: 'timezone' },
      payload: { to: 'payload' },
    },
  },
  event: {
    type: 'event',
    fields: {
      ...COMMON,
      name: elsewhere('nothing is deployed for it'),
      enabled: elsewhere('nothing is deployed for it'),
    },
  },
  os: {
    type: 'folder',
    emulated: 'a bucket is a folder of this machine',
    fields: {
      ...SOURCE,
      bucket: {
        to: 'bucket',
        takes: 'a name, or the absolute path of a folder',
        as: (bucket) =>
          /^(\/|[A-Za-z0-9][\w.-]*$)/.test(bucket) ? bucket : refused('it is neither a name nor the path of a folder'),
      },
      events: {
        to: 'events',
        as: fileEvents,
        takes: 'created and removed, of any kind and in the words of any platform',
      },
      filter: { rows: { prefix: { to: 'filter.prefix' }, suffix: { to: 'filter.suffix' } } },
    },
  },
  mq: {
    type: 'topic',
    emulated: OWN_TOPICS,
    always: { kind: 'mq' },
    fields: {
      ...SOURCE,
      topic: { to: 'topics', as: (topic) => [topic] },
      filter: lossy('every message of the topic comes', 'look into the function'),
      tags: lossy('every message of the topic comes', 'look into the function'),
      format: lossy('messages come in one format'),
      retry: lossy('async of the function says so'),
      region: lossy('everything is on this machine'),
    },
  },
  queue: {
    type: 'topic',
    emulated: OWN_TOPICS,
    always: { kind: 'queue' },
    fields: {
      ...SOURCE,
      queue: { to: 'topics', as: (queue) => [queue] },
      batch: { rows: { size: lossy(ONE_BY_ONE), windowSec: lossy(ONE_BY_ONE) } },
      visibilitySec: lossy('a message is out of sight as long as its call runs'),
    },
  },
  kafka: {
    type: 'topic',
    always: { kind: 'kafka' },
    fields: {
      ...SOURCE,
      ...kafkaFields,
    },
  },
  mqtt: {
    type: 'mqtt',
    fields: {
      ...SOURCE,
      broker: { to: 'broker' },
      instance: lossy('a broker of your own has an address', 'broker: mqtt://HOST'),
      topic: {
        to: 'topic',
        as: (topic, { broker }) =>
          broker === undefined ? refused('it comes without an MQTT broker', 'broker: mqtt://HOST') : topic,
      },
      qos: {
        to: 'qos',
        as: (qos) => (qos === 2 ? adjusted(1, 'a message is acknowledged once it is on the disk') : qos),
      },
    },
  },
  log: {
    type: 'log',
    emulated: 'lines that another function of the service prints, or of a file of this machine',
    fields: {
      ...SOURCE,
      source: { to: 'source', takes: 'a function of the service, or the absolute path of a file' },
      project: { to: 'project' },
      log: lossy('the platform keeps no report of its own'),
      retry: lossy('async of the function says so'),
      intervalSec: { to: 'interval' },
      filter: {
        to: 'filter',
        takes: 'words, "quoted texts", and either with a minus sign',
        as: (filter) =>
          lineFilter(filter)
            ? filter
            : adjusted(undefined, 'it knows words only: every line comes', 'look into the function'),
      },
    },
  },
  table: without('tables'),
  stream: without('streams'),
  cdn: without('a CDN'),
  eventbus: without('an event bus'),
  dapr: {
    type: 'dapr',
    fields: {
      ...SOURCE,
      component: { to: 'component' },
      topic: { to: 'topic' },
      components: lossy('components are files of the sidecar', 'daprd --resources-path FOLDER'),
    },
  },
}

function without(what: string): Refuse {
  return refuse(`it comes without ${what}`, 'sls invoke --trigger KIND calls the function with such an event')
}

// `created:put`, `s3:ObjectCreated:*`, `cos:ObjectRemove:Delete`: a folder knows two kinds of events.
function fileEvents(events: readonly string[]): unknown {
  const kinds = events.map((event) => FILE_EVENTS.find(({ words }) => words.test(event))?.kind)
  const unknown = events.find((_, index) => kinds[index] === undefined)
  if (unknown !== undefined) return refused(`a folder has no event "${unknown}"`, 'created or removed')
  const rare = events.find((event) => RARE.test(event))
  const value = [...new Set(kinds)]
  return rare === undefined ? value : adjusted(value, `"${rare}" is told whenever a file is there or gone`)
}

const FILE_EVENTS = [
  { kind: 'created', words: /created/i },
  { kind: 'removed', words: /remove/i },
]
// How a file came is not known.
const RARE = /post|copy|append|multipart|marker/i
