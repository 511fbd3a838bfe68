/** Other names of trigger kinds, as SPEC lists them: alias -> canonical kind. The vendors' own words may stand in a file. */
export const KIND_ALIASES: Readonly<Record<string, string>> = {
  apigw: 'http',
  schedule: 'timer',
  cron: 'timer',
  oss: 'os',
  cos: 'os',
  s3: 'os',
  storage: 'os',
  obs: 'os',
  blob: 'os',
  topic: 'mq',
  cmq: 'mq',
  mns: 'mq',
  sns: 'mq',
  smn: 'mq',
  pubsub: 'mq',
  sqs: 'queue',
  servicebus: 'queue',
  rabbitmq: 'queue',
  rocketmq: 'queue',
  ckafka: 'kafka',
  msk: 'kafka',
  iot: 'mqtt',
  sls: 'log',
  cls: 'log',
  cloudwatchLog: 'log',
  lts: 'log',
  tablestore: 'table',
  dynamodb: 'table',
  mongo: 'table',
  firestore: 'table',
  cosmos: 'table',
  kinesis: 'stream',
  datahub: 'stream',
  dis: 'stream',
  eventhub: 'stream',
  edge: 'cdn',
  eventbridge: 'eventbus',
  eventarc: 'eventbus',
  broker: 'eventbus',
}

/** The canonical kind of a word: its own where it is none of a vendor's. Case does not count. */
export function kindNamed(word: string): string {
  const low = word.toLowerCase()
  return Object.entries(KIND_ALIASES).find(([alias]) => alias.toLowerCase() === low)?.[1] ?? low
}
