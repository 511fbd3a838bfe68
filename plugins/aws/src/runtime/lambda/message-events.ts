import {
  type EventRow,
  fromBase64,
  type QueueMessage,
  type Shape,
  shapeOf,
  shapesOf,
  textOf,
  textOrNothing,
} from '@anyfaas/runtime'
import { nameIn, recordsOf } from './records.ts'

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export const queueRow: EventRow = {
  kind: 'queue',
  matches: (event) => recordsOf(event, 'aws:sqs').length > 0,
  read: (event) => {
    const records = recordsOf(event, 'aws:sqs')
    const messages = records.map(messageOf)
    const queue = nameIn(records[0]?.['eventSourceARN'])
    const batch = { list: 'messages', ids: messages.map(({ id }) => id) }
    return { resource: queue, data: { queue, messages }, batch }
  },
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export const topicRow: EventRow = {
  kind: 'mq',
  matches: (event) => recordsOf(event, 'aws:sns').length > 0,
  read: (event) =>
    recordsOf(event, 'aws:sns').map(({ Sns }) => {
      const { MessageId, TopicArn, Message, Timestamp, Subject, MessageAttributes } = shapeOf(Sns)
      const topic = nameIn(TopicArn)
      const attributes = valuesOf(MessageAttributes, ({ Type, Value }) => (Type === 'Binary' ? bytesOf(Value) : Value))
      const id = textOf(MessageId)
      const data = { topic, id, body: String(Message ?? ''), attributes, publishedAt: textOf(Timestamp) }
      return { resource: topic, id, time: textOf(Timestamp), subject: textOf(Subject), data }
    }),
}

/** Brokers of Amazon MQ: https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
export const brokerRows: readonly EventRow[] = [
  {
    kind: 'queue',
    matches: ({ eventSource, rmqMessagesByQueue }) => eventSource === 'aws:rmq' && rmqMessagesByQueue !== undefined,
    read: ({ rmqMessagesByQueue }) =>
      Object.entries(shapeOf(rmqMessagesByQueue)).map(([path, list]) => {
        // `queue::/virtual host`
        const queue = path.split('::')[0]
        return { resource: queue, data: { queue, messages: shapesOf(list).map(rabbitMessageOf) } }
      }),
  },
  {
    kind: 'queue',
    matches: ({ eventSource, messages }) => eventSource === 'aws:mq' && Array.isArray(messages),
    read: ({ messages: list }) => {
      const queue = textOf(shapeOf(shapesOf(list)[0]?.['destination'])['physicalName'])
      const messages = shapesOf(list).map(({ messageID, data, properties, ...attributes }) => ({
        id: String(messageID),
        body: contentOf(data),
        attributes: { ...attributes, ...shapeOf(properties) },
      }))
      return { resource: queue, data: { queue, messages } }
    },
  },
]

function messageOf({ messageId, body, attributes, messageAttributes }: Shape): QueueMessage {
  const own = valuesOf(messageAttributes, ({ stringValue, binaryValue }) => stringValue ?? bytesOf(binaryValue))
  return { id: String(messageId), body, attributes: { ...shapeOf(attributes), ...own } }
}

function rabbitMessageOf({ basicProperties, data }: Shape, index: number): QueueMessage {
  const { headers, messageId, ...properties } = shapeOf(basicProperties)
  const own = Object.entries(shapeOf(headers)).map(([name, value]) => [name, headerOf(value)])
  return {
    id: textOf(messageId) ?? String(index),
    body: contentOf(data),
    attributes: { ...properties, ...Object.fromEntries(own) },
  }
}

function headerOf(value: unknown): unknown {
  const { bytes } = shapeOf(value)
  return Array.isArray(bytes) ? Buffer.from(bytes).toString('utf8') : value
}

function valuesOf(fields: unknown, read: (field: Shape) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(shapeOf(fields)).map(([name, field]) => [name, read(shapeOf(field))]))
}

function bytesOf(base64: unknown): unknown {
  return typeof base64 === 'string' ? fromBase64(base64) : undefined
}

function contentOf(base64: unknown): unknown {
  const bytes = fromBase64(String(base64 ?? ''))
  return textOrNothing(bytes) ?? bytes
}
