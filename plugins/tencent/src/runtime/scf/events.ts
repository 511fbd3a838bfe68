import {
  type EventInput,
  type EventRow,
  numberOf,
  parsePayload,
  type Reading,
  readEvents,
  type Shape,
  shapeOf,
  shapesOf,
  textOf,
  timerData,
} from '@anyfaas/runtime'
import type { ScfCall } from './call.ts'
import { readLog } from './log.ts'

/** An event of any of SCF's triggers, in the words of the service file. https://cloud.tencent.com/document/product/583/9705 */
export function readScfEvents(call: ScfCall, reading: Reading): readonly EventInput[] {
  return readEvents(rows, call.event, call, reading)
}

const timerRow: EventRow = {
  kind: 'timer',
  matches: (event) => event['Type'] === 'Timer' && typeof event['TriggerName'] === 'string',
  read: (event) => {
    const trigger = textOf(event['TriggerName'])
    const time = textOf(event['Time'])
    return { trigger, time, data: timerData(trigger, time, parsePayload(event['Message'])) }
  },
}

/** https://cloud.tencent.com/document/product/583/9707 */
const storageRow: EventRow = {
  kind: 'os',
  matches: ({ Records }) => shapesOf(Records).some(({ cos }) => typeof cos === 'object' && cos !== null),
  read: ({ Records }) =>
    shapesOf(Records).map(({ cos, event }) => {
      const { cosObject, cosBucket } = shapeOf(cos)
      const { name, appid } = shapeOf(cosBucket)
      const { key: path, size, vid } = shapeOf(cosObject)
      const { eventName, eventTime, reqid } = shapeOf(event)
      // `/appid/bucket/key`
      const key = String(path).replace(`/${String(appid)}/${String(name)}/`, '')
      const seconds = numberOf(eventTime)
      const data = {
        bucket: String(name),
        key,
        size: numberOf(size),
        etag: undefined,
        versionId: textOf(vid),
        event: STORAGE_WORDS[String(eventName)] ?? String(eventName),
      }
      const time = seconds === undefined ? undefined : seconds * 1000
      return {
        resource: `${String(name)}-${String(appid)}`,
        id: reqid === undefined ? undefined : String(reqid),
        subject: key,
        time,
        data,
      }
    }),
}

const STORAGE_WORDS: Readonly<Record<string, string>> = {
  'cos:ObjectCreated:*': 'created',
  'cos:ObjectCreated:Put': 'created:put',
  'cos:ObjectCreated:Post': 'created:post',
  'cos:ObjectCreated:Copy': 'created:copy',
  'cos:ObjectCreated:Append': 'created:append',
  'cos:ObjectCreated:CompleteMultipartUpload': 'created:multipart',
  'cos:ObjectRemove:*': 'removed',
  'cos:ObjectRemove:Delete': 'removed:delete',
}

/** https://cloud.tencent.com/document/product/583/11517 */
const topicRow: EventRow = {
  kind: 'mq',
  matches: ({ Records }) => shapesOf(Records).some(({ CMQ }) => typeof CMQ === 'object' && CMQ !== null),
  read: ({ Records }) =>
    shapesOf(Records).map(({ CMQ }) => {
      const { topicName, msgId, msgBody, msgTag, publishTime, ...more } = shapeOf(CMQ)
      const [topic, id, time] = [textOf(topicName), textOf(msgId), textOf(publishTime)]
      const tags =
        textOf(msgTag)
          ?.split(',')
          .map((tag) => tag.trim()) ?? []
      const data = { topic, id, body: String(msgBody ?? ''), attributes: { ...more, tags }, publishedAt: time }
      return { resource: topic, id, time, data }
    }),
}

/** https://cloud.tencent.com/document/product/583/17530 */
const kafkaRow: EventRow = {
  kind: 'kafka',
  matches: ({ Records }) => shapesOf(Records).some(({ Ckafka }) => typeof Ckafka === 'object' && Ckafka !== null),
  read: ({ Records }) => {
    const records = shapesOf(Records).map(({ Ckafka }) => kafkaRecord(shapeOf(Ckafka)))
    return { resource: records[0]?.topic, data: { records } }
  },
}

function kafkaRecord({ topic, partition, offset, msgKey, msgBody }: Shape) {
  // A message without a key comes with this text for one.
  const key = msgKey === 'None' ? undefined : textOf(msgKey)
  const value: unknown = msgBody
  const [number, at] = [numberOf(partition), numberOf(offset)]
  return { topic: String(topic), partition: number, offset: at, key, value, timestamp: undefined, headers: {} }
}

/** https://cloud.tencent.com/document/product/583/38845 */
const logRow: EventRow = {
  kind: 'log',
  matches: ({ clslogs }) => typeof shapeOf(clslogs)['data'] === 'string',
  read: ({ clslogs }) => {
    const { topic_id: topicId, topic_name: topicName, records } = readLog(String(shapeOf(clslogs)['data']))
    const lines = shapesOf(records).map(({ timestamp, content }) => ({
      // Microseconds.
      time: Math.floor((numberOf(timestamp) ?? 0) / 1000),
      text: String(content),
    }))
    return { resource: textOf(topicId), data: { project: textOf(topicName), store: textOf(topicId), lines } }
  },
}

/** Event buses, and TDMQ that comes over one. https://cloud.tencent.com/document/product/1359/56084 */
const busRows: readonly EventRow[] = [
  {
    kind: 'mq',
    matches: (event) => isBus(event) && event['type'] === 'connector:tdmq',
    read: (event) => {
      const { topic: path, msgId, msgBody, tags, ...more } = shapeOf(event['data'])
      // `persistent://appid/namespace/topic`
      const topic = textOf(path)?.split('/').at(-1)
      const id = textOf(msgId)
      const time = numberOf(event['time'])
      const data = {
        topic,
        id,
        body: String(msgBody ?? ''),
        attributes: { ...more, tags },
        publishedAt: time === undefined ? undefined : new Date(time).toISOString(),
      }
      return { resource: topic, id, time, data }
    },
  },
  {
    kind: 'eventbus',
    matches: isBus,
    read: ({ id, source, type, subject, time, datacontenttype, data }) => ({
      id: textOf(id),
      subject: textOf(subject),
      time: numberOf(time) ?? textOf(time),
      attributes: { source: encodeURI(String(source)), type, ...(textOf(datacontenttype) && { datacontenttype }) },
      data,
    }),
  },
]

function isBus(event: Shape): boolean {
  return ['specversion', 'id', 'source', 'type'].every((name) => textOf(event[name]) !== undefined) && 'data' in event
}

const rows: readonly EventRow[] = [timerRow, storageRow, topicRow, kafkaRow, logRow, ...busRows]
