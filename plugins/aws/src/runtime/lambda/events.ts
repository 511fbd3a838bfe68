import { type EventInput, type EventRow, type Reading, readEvents, shapesOf, textOf } from '@anyfaas/runtime'
import { busRow, scheduleRow } from './bus-events.ts'
import type { LambdaCall } from './call.ts'
import { gunzip } from './gunzip.ts'
import { brokerRows, queueRow, topicRow } from './message-events.ts'
import { storageRow } from './storage-events.ts'
import { documentRow, kafkaRow, streamRow, tableRow } from './stream-events.ts'

/** An event of any of Lambda's own services, in the words of the service file. */
export function readLambdaEvents(call: LambdaCall, reading: Reading): readonly EventInput[] {
  return readEvents(rows, call.event, call, reading)
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html */
const logRow: EventRow = {
  kind: 'log',
  matches: ({ awslogs }) => typeof (awslogs as { data?: unknown } | undefined)?.data === 'string',
  read: ({ awslogs }) => {
    const text = gunzip((awslogs as { data: string }).data)
    const { owner, logGroup, logEvents } = JSON.parse(text)
    const lines = shapesOf(logEvents).map(({ timestamp, message }) => ({ time: timestamp, text: message }))
    return { resource: textOf(logGroup), data: { project: textOf(owner), store: textOf(logGroup), lines } }
  },
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html */
const cdnRow: EventRow = {
  kind: 'cdn',
  matches: ({ Records }) => shapesOf(Records).some(({ cf }) => typeof cf === 'object' && cf !== null),
  read: ({ Records }) =>
    shapesOf(Records).map(({ cf }) => {
      const { config = {}, ...more } = cf as { config?: Record<string, unknown> }
      const { distributionDomainName, distributionId, eventType, requestId } = config
      const data = {
        domain: distributionDomainName,
        event: String(eventType ?? ''),
        distribution: distributionId,
        ...more,
      }
      return { id: textOf(requestId), data }
    }),
}

/** A rule of IoT sends what its SQL selects, which has no shape of its own. */
const iotRow: EventRow = {
  kind: 'mqtt',
  matches: (_, declares) => declares('mqtt') && !declares('event'),
  read: (event, whole) => ({ data: { topic: textOf(event['topic']), payload: whole, qos: undefined } }),
}

const rows: readonly EventRow[] = [
  queueRow,
  topicRow,
  storageRow,
  streamRow,
  tableRow,
  kafkaRow,
  ...brokerRows,
  documentRow,
  logRow,
  cdnRow,
  scheduleRow,
  busRow,
  iotRow,
]
