import {
  type EventInput,
  type EventRow,
  numberOf,
  parsePayload,
  type Reading,
  readEvents,
  shapeOf,
  shapesOf,
  textOf,
  timerData,
} from '@anyfaas/runtime'
import { busRows, unwrapStream } from './bus-events.ts'
import type { FcCall } from './call.ts'
import { tableRow } from './table-events.ts'

/** An event of any of Function Compute's triggers, the same in both editions, in the words of the service file. */
export function readFcEvents(parsed: unknown, call: FcCall, reading: Reading): readonly EventInput[] {
  return readEvents(rows, unwrapStream(parsed), call, reading)
}

/** https://help.aliyun.com/document_detail/74676.html */
const timerRow: EventRow = {
  kind: 'timer',
  matches: (event) => typeof event['triggerTime'] === 'string' && typeof event['triggerName'] === 'string',
  read: (event) => {
    const trigger = textOf(event['triggerName'])
    const time = textOf(event['triggerTime'])
    return { trigger, time, data: timerData(trigger, time, parsePayload(event['payload'])) }
  },
}

/** https://help.aliyun.com/document_detail/70140.html */
const storageRow: EventRow = {
  kind: 'os',
  matches: ({ events }) =>
    shapesOf(events).some(({ eventSource, oss }) => eventSource === 'acs:oss' && oss !== undefined),
  read: ({ events }) =>
    shapesOf(events).map(({ eventName, eventTime, oss, responseElements }) => {
      const { bucket: bucketFields, object } = shapeOf(oss)
      const { key: name, size, eTag, versionId } = shapeOf(object)
      const bucket = String(shapeOf(bucketFields)['name'])
      const key = String(name)
      const event = STORAGE_WORDS[String(eventName)] ?? `oss:${String(eventName)}`
      const data = { bucket, key, size: numberOf(size), etag: textOf(eTag), versionId: textOf(versionId), event }
      const id = textOf(shapeOf(responseElements)['requestId'])
      return { resource: bucket, id, subject: key, time: textOf(eventTime), data }
    }),
}

const STORAGE_WORDS: Readonly<Record<string, string>> = {
  'ObjectCreated:PutObject': 'created:put',
  'ObjectCreated:PostObject': 'created:post',
  'ObjectCreated:CopyObject': 'created:copy',
  'ObjectCreated:AppendObject': 'created:append',
  'ObjectCreated:CompleteMultipartUpload': 'created:multipart',
  'ObjectRemoved:DeleteObject': 'removed:delete',
  'ObjectRemoved:DeleteObjects': 'removed:delete',
}

/** A message of a topic in each of its two formats; the plain one is the text alone. https://help.aliyun.com/document_detail/97032.html */
const topicRows: readonly EventRow[] = [
  {
    kind: 'mq',
    matches: (event) => typeof event['TopicName'] === 'string' && 'Message' in event && 'MessageId' in event,
    read: ({
      TopicOwner,
      TopicName,
      Subscriber,
      SubscriptionName,
      Message,
      MessageId,
      MessageMD5,
      PublishTime,
      ...own
    }) => {
      const [topic, id, published] = [textOf(TopicName), textOf(MessageId), numberOf(PublishTime)]
      const publishedAt = published === undefined ? undefined : new Date(published).toISOString()
      const data = { topic, id, body: String(Message), attributes: own, publishedAt }
      return { resource: topic, id, time: published, data }
    },
  },
  {
    kind: 'mq',
    matches: (event, declares, whole) =>
      (declares('mq') && typeof whole === 'string') ||
      (typeof event['body'] === 'string' && typeof event['attrs'] === 'object' && Object.keys(event).length === 2),
    read: (event, whole) => {
      const body = typeof whole === 'string' ? whole : String(event['body'])
      const attributes = shapeOf(event['attrs'])
      return { data: { topic: undefined, id: undefined, body, attributes, publishedAt: undefined } }
    },
  },
]

/** Where the lines are, not they themselves. https://help.aliyun.com/document_detail/84386.html */
const logRow: EventRow = {
  kind: 'log',
  matches: ({ source, cursorTime, taskId }) =>
    typeof shapeOf(source)['logstoreName'] === 'string' && cursorTime !== undefined && typeof taskId === 'string',
  read: ({ source, parameter, cursorTime, taskId, jobName }) => {
    const { projectName, logstoreName, endpoint, shardId, beginCursor, endCursor } = shapeOf(source)
    const cursor = { endpoint, shard: shardId, begin: beginCursor, end: endCursor, job: jobName, parameter }
    const seconds = numberOf(cursorTime)
    const time = seconds === undefined ? undefined : seconds * 1000
    const store = textOf(logstoreName)
    return { resource: store, id: textOf(taskId), time, data: { project: textOf(projectName), store, cursor } }
  },
}

/** https://help.aliyun.com/document_detail/73333.html */
const cdnRow: EventRow = {
  kind: 'cdn',
  matches: ({ events }) => shapesOf(events).some(({ eventSource }) => eventSource === 'cdn'),
  read: ({ events }) =>
    shapesOf(events).map(({ eventName, eventTime, traceId, resource, eventParameter }) => {
      const domain = textOf(shapeOf(resource)['domain'])
      const data = { ...shapeOf(eventParameter), domain, event: String(eventName) }
      return { resource: domain, id: textOf(traceId), time: textOf(eventTime), data }
    }),
}

const rows: readonly EventRow[] = [timerRow, storageRow, ...topicRows, logRow, cdnRow, tableRow, ...busRows]
