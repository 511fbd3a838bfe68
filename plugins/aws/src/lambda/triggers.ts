import {
  ACCOUNT,
  adjusted,
  elsewhere,
  isMap,
  lossy,
  NOT_MADE,
  PARTITION,
  REGION,
  refuse,
  refused,
  type TriggerTable,
} from '@anyfaas/kit'
import { qualifier } from './alias.ts'
import { batch, queueBatch, reporting } from './batch.ts'
import { storageEvents } from './storage.ts'
import { scheduleExpression } from './timer.ts'

const base = {
  kind: elsewhere('Type'),
  at: elsewhere('a place in the file'),
  name: elsewhere('the key of the event'),
  qualifier: { to: 'Qualifier', as: qualifier, takes: 'the name of an alias' },
  overrides: elsewhere('laid over the event at last'),
} as const

const plain = { ...base, role: lossy('the platform lets the source call by a permission of the function') } as const
const switchless = { ...plain, enabled: NOT_MADE } as const
const switched = { ...plain, enabled: { to: 'Enabled' } } as const

/** Model -> the events of AWS::Serverless::Function. */
export const triggers: TriggerTable = {
  http: {
    type: 'HttpApi',
    switchless: true,
    fields: {
      ...switchless,
      name: elsewhere('nowhere: a route is known by its method and path'),
      path: elsewhere('Path, for each method'),
      methods: elsewhere('Method'),
      cors: elsewhere(
        'CorsConfiguration of the API when all routes agree; else the router inside answers, and OPTIONS is a route',
      ),
      auth: elsewhere('Auth, and the authorizers of the API'),
      timeoutSec: { to: 'TimeoutInMillis', range: { min: 1, max: 30 }, as: (seconds) => seconds * 1000 },
      streaming: lossy(
        'an HTTP API hands answers over whole',
        'url: true, which gives the function an address that does not',
      ),
    },
  },
  timer: {
    type: 'ScheduleV2',
    fields: {
      ...base,
      schedule: {
        to: 'ScheduleExpression',
        as: scheduleExpression,
        takes: 'cron from the minute on, one of day and weekday; every in whole minutes',
      },
      timezone: {
        to: 'ScheduleExpressionTimezone',
        as: (zone, { schedule }) => (zone === 'UTC' || schedule.kind === 'every' ? undefined : zone),
      },
      enabled: { to: 'State', as: (enabled) => (enabled ? 'ENABLED' : 'DISABLED') },
      role: { to: 'RoleArn' },
      payload: elsewhere('Input'),
    },
  },
  os: {
    type: 'S3',
    switchless: true,
    fields: {
      ...switchless,
      bucket: elsewhere('Bucket: one of this template'),
      events: {
        to: 'Events',
        as: storageEvents,
        takes: 'created, removed and their kinds, or a name such as s3:ObjectRestore:*',
      },
      filter: {
        to: 'Filter.S3Key.Rules',
        as: ({ prefix, suffix }) => [
          ...(prefix === undefined ? [] : [{ Name: 'prefix', Value: prefix }]),
          ...(suffix === undefined ? [] : [{ Name: 'suffix', Value: suffix }]),
        ],
      },
    },
  },
  mq: {
    type: 'SNS',
    switchless: true,
    fields: {
      ...switchless,
      topic: { to: 'Topic', as: (topic, { region }) => arn('sns', topic, region) },
      region: { to: 'Region' },
      filter: {
        to: 'FilterPolicy',
        as: (filter) =>
          isMap(filter) ? filter : refused('a filter is a map of attributes', 'filter: {state: [paid]}'),
        takes: 'a map of attributes',
      },
      tags: lossy('messages have attributes, no tags', 'use filter'),
      format: lossy('messages come in one format'),
      retry: lossy('the topic decides'),
    },
  },
  queue: {
    type: 'SQS',
    always: reporting,
    fields: {
      ...switched,
      queue: { to: 'Queue', as: (queue) => arn('sqs', queue) },
      batch: queueBatch,
      visibilitySec: lossy('it is a setting of the queue'),
    },
  },
  stream: {
    type: 'Kinesis',
    always: { Stream: '', StartingPosition: 'LATEST', ...reporting },
    fields: {
      ...switched,
      stream: { to: 'Stream', as: (stream) => arn('kinesis', stream, undefined, 'stream/') },
      position: { to: 'StartingPosition', as: startingPosition, takes: 'latest, earliest' },
      batch,
    },
  },
  table: {
    type: 'DynamoDB',
    always: { Stream: '', StartingPosition: 'LATEST', ...reporting },
    fields: {
      ...switched,
      table: {
        to: 'Stream',
        takes: 'the ARN of the stream',
        as: (table) =>
          table.startsWith('arn:')
            ? table
            : refused('the stream of a table bears a label that only AWS knows', 'table: the ARN of the stream'),
      },
      instance: lossy('tables stand alone'),
      batch,
    },
  },
  kafka: {
    type: 'MSK',
    always: { StartingPosition: 'LATEST' },
    fields: {
      ...switched,
      instance: {
        to: 'Stream',
        takes: 'the ARN of the cluster',
        as: (instance) =>
          instance.startsWith('arn:')
            ? instance
            : refused('a cluster is known by its ARN', 'instance: the ARN of the cluster'),
      },
      topics: {
        to: 'Topics',
        takes: 'with the instance, or with brokers',
        as: (topics, { instance, brokers }) =>
          instance === undefined && brokers === undefined
            ? refused('nobody says which cluster', 'instance: the ARN of a cluster of MSK, or brokers: [host:port]')
            : topics,
      },
      brokers: {
        to: 'KafkaBootstrapServers',
        as: (brokers, { instance }) =>
          instance === undefined ? brokers : adjusted(undefined, 'the cluster knows its brokers'),
      },
      group: { to: 'ConsumerGroupId' },
      offset: { to: 'StartingPosition', as: startingPosition, takes: 'latest, earliest' },
      batch,
    },
  },
  log: {
    type: 'CloudWatchLogs',
    switchless: true,
    always: { LogGroupName: '', FilterPattern: '' },
    fields: {
      ...switchless,
      source: { to: 'LogGroupName' },
      filter: { to: 'FilterPattern' },
      project: lossy('a log group stands alone'),
      log: lossy('the platform keeps no report of its own'),
      retry: lossy('the platform decides'),
      intervalSec: lossy('lines are sent as they come'),
    },
  },
  mqtt: {
    type: 'IoTRule',
    switchless: true,
    always: { AwsIotSqlVersion: '2016-03-23' },
    fields: {
      ...switchless,
      topic: {
        to: 'Sql',
        as: (topic) => (topic.includes("'") ? refused('a topic has no quotes') : `SELECT * FROM '${topic}'`),
      },
      broker: lossy('the account has one broker'),
      instance: lossy('the account has one broker'),
      qos: lossy('a rule sees every message'),
    },
  },
  eventbus: {
    type: 'EventBridgeRule',
    switchless: true,
    fields: {
      ...switchless,
      pattern: {
        to: 'Pattern',
        as: (pattern) => (isMap(pattern) ? pattern : refused('a pattern is a map', 'pattern: { source: [my.app] }')),
      },
      bus: { to: 'EventBusName' },
    },
  },
  cdn: refuse(
    'functions at the edge are versions in us-east-1 that belong to a distribution',
    'describe the distribution under resources.aws',
  ),
  dapr: refuse('the platform runs no Dapr'),
  event: { type: 'Invoke', fields: { ...plain, enabled: elsewhere('every function can be invoked') } },
}

const POSITIONS: Readonly<Record<string, string>> = {
  latest: 'LATEST',
  earliest: 'TRIM_HORIZON',
  oldest: 'TRIM_HORIZON',
  trim_horizon: 'TRIM_HORIZON',
}

function startingPosition(position: string): unknown {
  return POSITIONS[position.toLowerCase()] ?? refused(`"${position}" is not latest or earliest`)
}

// An ARN as it is, or a name in this account and region.
function arn(service: string, name: string, region = REGION, path = ''): unknown {
  if (!name.startsWith('arn:') && !/^[\w.-]+$/.test(name))
    return refused(`"${name}" is neither a name nor an ARN`, 'use letters, digits, "_" and "-"')
  return name.startsWith('arn:') ? name : `arn:${PARTITION}:${service}:${region}:${ACCOUNT}:${path}${name}`
}
