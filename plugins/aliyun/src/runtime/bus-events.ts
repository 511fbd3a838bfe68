import {
  type EventRow,
  type EventWords,
  isShape,
  type KafkaRecord,
  numberOf,
  parsePayload,
  type QueueMessage,
  type Shape,
  shapeOf,
  textOf,
} from '@anyfaas/runtime'

/**
 * Event streams send lists, whose items are CloudEvents or such as texts.
 * https://help.aliyun.com/document_detail/601217.html
 */
export function unwrapStream(event: unknown): unknown {
  if (!Array.isArray(event) || event.length === 0) return event
  const items = event.map(parsePayload)
  return items.every((item) => isShape(item) && isCloudEvent(item)) ? { [STREAM]: items } : event
}

/** What comes over the event bus: message services by the type of their CloudEvents, and everything else as it is. */
export const busRows: readonly EventRow[] = [
  row('queue', ['mns:Queue:SendMessage'], (events) => ({
    resource: queueIn(events[0]?.['subject']),
    data: { queue: queueIn(events[0]?.['subject']), messages: events.map(mnsMessage) },
  })),
  row('queue', ['amqp:Queue:SendMessage'], (events) => ({
    resource: queueIn(events[0]?.['subject']),
    data: { queue: queueIn(events[0]?.['subject']), messages: events.map(rabbitMessage) },
  })),
  row('queue', ['mq:Topic:SendMessage'], (events) => {
    const topic = textOf(shapeOf(events[0]?.['data'])['topic'])
    return { resource: topic, data: { queue: topic, messages: events.map(rocketMessage) } }
  }),
  row('kafka', ['alikafka:Topic:Message'], (events) => {
    const records = events.map(({ data }) => kafkaRecord(shapeOf(data)))
    return { resource: records[0]?.topic, data: { records } }
  }),
  row('mqtt', ['mqtt:Topic:SendMessage'], (events) => events.map(mqttMessage)),
  {
    kind: 'eventbus',
    matches: (event) => eventsOf(event).length > 0,
    read: (event) => eventsOf(event).map(asItIs),
  },
]

const STREAM = Symbol('stream')

function row(
  kind: string,
  types: readonly string[],
  read: (events: readonly Shape[]) => EventWords | readonly EventWords[],
): EventRow {
  const isOurs = ({ type }: Shape) => types.includes(String(type))
  return {
    kind,
    matches: (event) => eventsOf(event).length > 0 && eventsOf(event).every(isOurs),
    read: (event) => [read(eventsOf(event))].flat().map((words) => ({ ...commonOf(eventsOf(event)), ...words })),
  }
}

function eventsOf(event: Shape): readonly Shape[] {
  const stream = (event as { [STREAM]?: readonly Shape[] })[STREAM]
  return stream ?? (isCloudEvent(event) ? [event] : [])
}

// Some services leave the version out.
function isCloudEvent(event: Shape): boolean {
  return ['id', 'source', 'type'].every((name) => textOf(event[name]) !== undefined) && 'data' in event
}

// A batch bears the id of its first message.
function commonOf([first]: readonly Shape[]): Pick<EventWords, 'id' | 'time'> {
  return { id: textOf(first?.['id']), time: textOf(first?.['time']) }
}

function asItIs({ id, source, type, subject, time, datacontenttype, dataschema, data }: Shape): EventWords {
  const attributes = {
    source: encodeURI(String(source)),
    type,
    ...(textOf(datacontenttype) && { datacontenttype }),
    ...(textOf(dataschema) && { dataschema }),
  }
  return { id: textOf(id), subject: textOf(subject), time: textOf(time), attributes, data }
}

// `acs:mns:REGION:ACCOUNT:queues/NAME`, `acs:amqp:REGION:ACCOUNT:/instances/ID/vhosts/HOST/queues/NAME`
function queueIn(subject: unknown): string | undefined {
  return textOf(subject)?.split('queues/').at(-1)
}

function mnsMessage({ id, data }: Shape): QueueMessage {
  const { messageId, messageBody, ...attributes } = shapeOf(data)
  return { id: textOf(messageId) ?? String(id), body: messageBody, attributes }
}

function rabbitMessage({ id, data }: Shape): QueueMessage {
  const { body, props, envelope } = shapeOf(data)
  const { messageId, headers, ...attributes } = shapeOf(props)
  const { routingKey, exchange } = shapeOf(envelope)
  return {
    id: textOf(messageId) ?? String(id),
    body,
    attributes: { ...attributes, routingKey, exchange, ...shapeOf(headers) },
  }
}

function rocketMessage({ id, data }: Shape): QueueMessage {
  const { body, systemProperties, userProperties } = shapeOf(data)
  const { UNIQ_KEY: key, TAGS: tags, KEYS: keys } = shapeOf(systemProperties)
  return { id: textOf(key) ?? String(id), body, attributes: { tags, keys, ...shapeOf(userProperties) } }
}

function kafkaRecord({ topic, partition, offset, key, value, timestamp, headers }: Shape): KafkaRecord {
  const pairs = Object.entries(shapeOf(headers)).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  return {
    topic: String(topic),
    partition: numberOf(partition),
    offset: numberOf(offset),
    key: textOf(key),
    value,
    timestamp: numberOf(timestamp),
    headers: Object.fromEntries(pairs),
  }
}

function mqttMessage({ id, time, data }: Shape): EventWords {
  const { props, body, payload } = shapeOf(data)
  const { firstTopic, secondTopic, qos } = shapeOf(props)
  const topic = textOf(firstTopic) && `${String(firstTopic)}${textOf(secondTopic) ?? ''}`
  return {
    resource: textOf(firstTopic),
    id: textOf(id),
    time: textOf(time),
    data: { topic, payload: body ?? payload, qos: numberOf(qos) },
  }
}
