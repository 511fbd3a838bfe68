/** A timer's data, which is the same on every platform; so is that of every other kind. */
export interface TimerData {
  readonly name: string | undefined
  readonly time: string
  readonly payload: unknown
}

/** `os`: one object of a bucket. */
export interface StorageData {
  readonly bucket: string
  /** Decoded. */
  readonly key: string
  readonly size: number | undefined
  readonly etag: string | undefined
  readonly versionId: string | undefined
  /** In the words of the service file, such as `created:put`; the platform's own where there is none. */
  readonly event: string
}

/** `mq`: one message of a topic. */
export interface TopicData {
  readonly topic: string | undefined
  readonly id: string | undefined
  readonly body: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly publishedAt: string | undefined
}

/** `queue`: a batch. */
export interface QueueData {
  readonly queue: string | undefined
  readonly messages: readonly QueueMessage[]
}

export interface QueueMessage {
  readonly id: string
  /** A text, or what the platform has parsed. */
  readonly body: unknown
  readonly attributes: Readonly<Record<string, unknown>>
}

/** `kafka`: a batch. */
export interface KafkaData {
  readonly records: readonly KafkaRecord[]
}

export interface KafkaRecord {
  readonly topic: string
  readonly partition: number | undefined
  readonly offset: number | undefined
  readonly key: string | undefined
  readonly value: unknown
  /** Milliseconds since 1970. */
  readonly timestamp: number | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** `mqtt`: one message. */
export interface MqttData {
  readonly topic: string | undefined
  readonly payload: unknown
  readonly qos: number | undefined
}

/** `log`: the lines, or where to fetch them. */
export interface LogData {
  readonly project: string | undefined
  readonly store: string | undefined
  readonly lines?: readonly LogLine[]
  readonly cursor?: Readonly<Record<string, unknown>>
}

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number | undefined
  readonly text: string
}

/** `table`: a batch of changes. */
export interface TableData {
  readonly table: string | undefined
  readonly changes: readonly TableChange[]
}

export interface TableChange {
  readonly kind: 'insert' | 'update' | 'remove'
  readonly keys: Readonly<Record<string, unknown>>
  readonly before: Readonly<Record<string, unknown>> | undefined
  readonly after: Readonly<Record<string, unknown>> | undefined
}

/** `stream`: a batch. */
export interface StreamData {
  readonly records: readonly StreamRecord[]
}

export interface StreamRecord {
  readonly partition: string | undefined
  readonly sequence: string | undefined
  /** The text that the bytes are, else the bytes. */
  readonly data: string | Uint8Array
}

/** `cdn`: what happened at which domain, and whatever else the platform tells of it. */
export interface CdnData {
  readonly domain: string | undefined
  readonly event: string
  readonly [more: string]: unknown
}
