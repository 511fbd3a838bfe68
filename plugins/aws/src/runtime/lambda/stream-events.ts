import {
  type EventRow,
  fromBase64,
  type KafkaRecord,
  numberOf,
  type Shape,
  shapeOf,
  shapesOf,
  type TableChange,
  textOf,
  textOrNothing,
} from '@anyfaas/runtime'
import { plainOf } from './attribute-value.ts'
import { nameIn, recordsOf } from './records.ts'

/** https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
export const streamRow: EventRow = {
  kind: 'stream',
  matches: (event) => recordsOf(event, 'aws:kinesis').length > 0,
  read: (event) => {
    const list = recordsOf(event, 'aws:kinesis')
    const records = list.map(({ kinesis }) => {
      const { partitionKey, sequenceNumber, data } = shapeOf(kinesis)
      return { partition: textOf(partitionKey), sequence: textOf(sequenceNumber), data: contentOf(data) ?? '' }
    })
    const batch = { list: 'records', ids: records.map(({ sequence }) => sequence ?? '') }
    return { resource: nameIn(list[0]?.['eventSourceARN']), data: { records }, batch }
  },
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export const tableRow: EventRow = {
  kind: 'table',
  matches: (event) => recordsOf(event, 'aws:dynamodb').length > 0,
  read: (event) => {
    const list = recordsOf(event, 'aws:dynamodb')
    const table = nameIn(list[0]?.['eventSourceARN'])
    const ids = list.map(({ dynamodb }) => String(shapeOf(dynamodb)['SequenceNumber'] ?? ''))
    return { resource: table, data: { table, changes: list.map(changeOf) }, batch: { list: 'changes', ids } }
  },
}

/** Change streams of DocumentDB: https://docs.aws.amazon.com/lambda/latest/dg/with-documentdb.html */
export const documentRow: EventRow = {
  kind: 'table',
  matches: ({ eventSource, events }) => eventSource === 'aws:docdb' && Array.isArray(events),
  read: ({ events }) => {
    const list = shapesOf(events).map(({ event }) => shapeOf(event))
    const table = textOf(shapeOf(list[0]?.['ns'])['coll'])
    const changes = list.map(({ operationType, documentKey, fullDocument, fullDocumentBeforeChange }) => ({
      kind: KINDS[String(operationType)] ?? 'update',
      keys: shapeOf(documentKey),
      before: fullDocumentBeforeChange,
      after: fullDocument,
    }))
    return { resource: table, data: { table, changes } }
  },
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html */
export const kafkaRow: EventRow = {
  kind: 'kafka',
  matches: ({ eventSource, records }) => SOURCES.has(eventSource) && typeof records === 'object',
  read: ({ records }) => {
    const list = Object.values(shapeOf(records)).flatMap(shapesOf).map(recordOf)
    return { resource: list[0]?.topic, data: { records: list } }
  },
}

const SOURCES: ReadonlySet<unknown> = new Set(['aws:kafka', 'SelfManagedKafka'])

const KINDS: Readonly<Record<string, TableChange['kind']>> = {
  INSERT: 'insert',
  MODIFY: 'update',
  REMOVE: 'remove',
  insert: 'insert',
  delete: 'remove',
}

function changeOf({ eventName, dynamodb }: Shape): TableChange {
  const { Keys, OldImage, NewImage } = shapeOf(dynamodb)
  const image = (fields: unknown) => (fields === undefined ? undefined : plainFields(fields))
  const kind = KINDS[String(eventName)] ?? 'update'
  return { kind, keys: plainFields(Keys), before: image(OldImage), after: image(NewImage) }
}

function plainFields(fields: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(shapeOf(fields)).map(([name, value]) => [name, plainOf(value)]))
}

function recordOf({ topic, partition, offset, key, value, timestamp, headers }: Shape): KafkaRecord {
  const pairs = shapesOf(headers).flatMap((header) => Object.entries(header))
  return {
    topic: String(topic),
    partition: numberOf(partition),
    offset: numberOf(offset),
    key: contentOf(key)?.toString(),
    value: contentOf(value),
    timestamp: numberOf(timestamp),
    // Bytes come as numbers, in Java's way with a sign.
    headers: Object.fromEntries(
      pairs.map(([name, bytes]) => [name, Buffer.from([bytes].flat() as number[]).toString()]),
    ),
  }
}

function contentOf(base64: unknown): string | Uint8Array | undefined {
  if (typeof base64 !== 'string') return undefined
  const bytes = fromBase64(base64)
  return textOrNothing(bytes) ?? bytes
}
