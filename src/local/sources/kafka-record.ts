import type { KafkaRecord } from '@anyfaas/runtime'
import type { RecordsBatch } from '@platformatic/kafka'
import { textOf } from './payload.ts'

/** A record as a function gets it. */
export type KafkaEventRecord = KafkaRecord & {
  readonly offset: number
  /** Of a value that is no text. */
  readonly encoding?: 'base64'
}

/** Written by brokers for themselves; and stamped by the broker when it came. https://kafka.apache.org/documentation/#recordbatch */
const IS_CONTROL = 0x20
const IS_STAMPED_LATE = 0x08

/** The records of a batch from an offset on. */
export function recordsOf(
  batch: RecordsBatch,
  from: bigint,
  place: Pick<KafkaRecord, 'topic' | 'partition'>,
): KafkaEventRecord[] {
  if (batch.attributes & IS_CONTROL) return []
  const isLate = (batch.attributes & IS_STAMPED_LATE) !== 0
  return batch.records.flatMap(({ offsetDelta, timestampDelta, key, value, headers }) => {
    const offset = batch.firstOffset + BigInt(offsetDelta)
    if (offset < from) return []
    const { topic, partition } = place
    return {
      topic,
      partition,
      offset: Number(offset),
      key: key?.toString(),
      ...contentOf(value),
      timestamp: Number(isLate ? batch.maxTimestamp : batch.firstTimestamp + timestampDelta),
      headers: Object.fromEntries(headers.map(([name, text]) => [String(name ?? ''), String(text ?? '')])),
    }
  })
}

/** The offset after the last one of the batches. */
export function endOf(batches: readonly RecordsBatch[], from: bigint): bigint {
  return batches.reduce((end, { firstOffset, lastOffsetDelta }) => {
    const next = firstOffset + BigInt(lastOffsetDelta) + 1n
    return next > end ? next : end
  }, from)
}

function contentOf(value: Buffer | null): Pick<KafkaEventRecord, 'value' | 'encoding'> {
  if (value === null) return { value: undefined }
  const text = textOf(value)
  return text === undefined ? { value: value.toString('base64'), encoding: 'base64' } : { value: text }
}
