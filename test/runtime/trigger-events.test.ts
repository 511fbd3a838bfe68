import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudEvent as Judge } from 'cloudevents'
import { describe, expect, test } from 'vitest'
import { start as startFc2 } from '../../plugins/aliyun/src/runtime/fc2/start.ts'
import { start as startFc3 } from '../../plugins/aliyun/src/runtime/fc3/start.ts'
import { start as startLambda } from '../../plugins/aws/src/runtime/lambda/start.ts'
import { start as startScf } from '../../plugins/tencent/src/runtime/scf/start.ts'
import {
  type CloudEvent,
  type Context,
  parsePayload,
  type Start,
  type TriggerName,
} from '../../src/runtime/src/index.ts'
import { recordLog } from './log.ts'
import { entryOf, member } from './platforms.ts'

recordLog()

const STARTS: Readonly<Record<string, Start>> = {
  'aliyun fc2': startFc2,
  'aliyun fc3': startFc3,
  aws: startLambda,
  tencent: startScf,
}

const FOLDER = join(import.meta.dirname, 'events')

// What has no shape of its own is read by what the function declares.
const DECLARED: Readonly<Record<string, readonly TriggerName[]>> = {
  'mq-text': [{ kind: 'mq', name: 'orders' }],
  mqtt: [{ kind: 'mqtt', name: 'kitchen', source: 'sensors' }],
  queue: [{ kind: 'queue', name: 'worker', source: 'jobs' }],
}

interface Seen {
  readonly events: readonly CloudEvent[]
  readonly result: unknown
}

/** Calls a function with an event; the handler fails the first item of a batch. */
async function call(start: Start, event: unknown, triggers: readonly TriggerName[] = []): Promise<Seen> {
  const events: CloudEvent[] = []
  const handler = (ctx: Context, cloudEvent: CloudEvent) => {
    events.push(cloudEvent)
    expect(ctx.originEvent).toBe(sent)
    const { messages, records, changes } = (cloudEvent.data ?? {}) as Record<string, unknown[]>
    const [first] = messages ?? records ?? changes ?? []
    if (first !== undefined) ctx.fail(first)
    return 'done'
  }
  const entry = entryOf(start, [member('f', { triggers })], { f: { handler } })
  const sent = start === startFc2 || start === startFc3 ? bytesOf(event) : event
  const run = entry.handler as unknown as (event: unknown, context: object) => Promise<unknown>
  const context = { requestId: 'request-1', awsRequestId: 'request-1', request_id: 'request-1' }
  const result = await run(sent, context).catch((error: Error) => `rejected: ${error.message}`)
  return { events, result }
}

function bytesOf(event: unknown): Buffer {
  return Buffer.from(typeof event === 'string' ? event : JSON.stringify(event))
}

function judge(event: CloudEvent): void {
  const { data, ...attributes } = event
  expect(new Judge({ ...attributes, data }, false).validate()).toBe(true)
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

describe.each(Object.entries(STARTS))('%s', (name, start) => {
  const folder = join(FOLDER, name.split(' ')[0] as string)
  const fixtures = readdirSync(folder).filter((file) => file.endsWith('.json'))

  test.each(fixtures.map((file) => file.replace('.json', '')))('%s', async (fixture) => {
    const seen = await call(start, readJson(join(folder, `${fixture}.json`)), DECLARED[fixture])
    for (const event of seen.events) judge(event)
    // The time of the call stands where the event bears none.
    const steady = JSON.stringify(seen, null, 2).replace(
      new RegExp(`"${new Date().getUTCFullYear()}-(?!01-02)[^"]+Z"`, 'g'),
      '"now"',
    )
    await expect(`${steady}\n`).toMatchFileSnapshot(join(folder, `${fixture}.expected.txt`))
  })
})

test('the binary format of Tablestore', async () => {
  const cbor = Buffer.from(
    'a26756657273696f6e6653796e632d31675265636f72647381a4645479706566507574526f7764496e666fa16954696d657374616d701b00064762b3a16a406a5072696d6172794b657981a26a436f6c756d6e4e616d656269646556616c756507' +
      '67436f6c756d6e7381a464547970656350757469436f6c756d6e4e616d65',
    'hex',
  )
  // Cut off in the middle: an error, not a crash.
  const broken = await callBytes(cbor)
  expect(broken.result).toMatch(/^rejected: /)
  const whole = await callBytes(Buffer.from(WHOLE, 'hex'))
  expect(whole.events[0]?.data).toEqual({
    table: undefined,
    changes: [{ kind: 'insert', keys: { id: 7 }, before: undefined, after: { name: 'a', score: -1.5, on: true } }],
  })
})

// {"Version":"1","Records":[{"Type":"PutRow","PrimaryKey":[{"ColumnName":"id","Value":7}],"Columns":[{"ColumnName":"name",…}]}]}
const WHOLE = [
  'a2',
  '6756657273696f6e',
  '6131',
  '675265636f726473',
  '9f',
  'a3',
  '6454797065',
  '66507574526f77',
  '6a5072696d6172794b6579',
  '81',
  'a2',
  '6a436f6c756d6e4e616d65',
  '626964',
  '6556616c7565',
  '07',
  '67436f6c756d6e73',
  '83',
  'a2',
  '6a436f6c756d6e4e616d65',
  '646e616d65',
  '6556616c7565',
  '6161',
  'a2',
  '6a436f6c756d6e4e616d65',
  '6573636f7265',
  '6556616c7565',
  'f9be00',
  'a2',
  '6a436f6c756d6e4e616d65',
  '626f6e',
  '6556616c7565',
  'f5',
  'ff',
].join('')

async function callBytes(bytes: Buffer): Promise<Seen> {
  const events: CloudEvent[] = []
  const handler = (_: Context, event: CloudEvent) => void events.push(event)
  const triggers = [{ kind: 'table', name: 'users' }]
  const entry = entryOf(startFc3, [member('f', { triggers })], { f: { handler } })
  const run = entry.handler as unknown as (event: unknown, context: object) => Promise<unknown>
  const result = await run(bytes, {}).catch((error: Error) => `rejected: ${error.message}`)
  return { events, result }
}

describe('in an aggregate', () => {
  test('what the trigger listens to decides when the event does not bear its name', async () => {
    const handlers = { a: { handler: () => 'a' }, b: { handler: (ctx: Context) => [ctx.trigger.name] } }
    const members = [
      member('a', { triggers: [{ kind: 'queue', name: 'a-queue', source: 'others' }] }),
      member('b', {
        triggers: [{ kind: 'queue', name: 'b-queue', source: 'arn:aws:sqs:eu-west-1:123456789012:jobs' }],
        signature: 'context',
      }),
    ]
    const entry = entryOf(startLambda, members, handlers)
    const run = entry.handler as unknown as (event: unknown, context: object) => Promise<unknown>
    expect(await run(readJson(join(FOLDER, 'aws/queue.json')), {})).toEqual({ batchItemFailures: [] })
    const oss = entryOf(
      startFc3,
      [
        member('a', { triggers: [{ kind: 'os', name: 'a-os', source: 'others' }] }),
        member('b', { triggers: [{ kind: 'os', name: 'b-os', source: 'pictures' }] }),
      ],
      handlers,
    )
    const runFc = oss.handler as unknown as (event: unknown, context: object) => Promise<unknown>
    expect(await runFc(bytesOf(readJson(join(FOLDER, 'aliyun/os-put.json'))), {})).toEqual(['b-os'])
  })
})

describe('failures of a batch', () => {
  const event = readJson(join(FOLDER, 'aws/queue.json'))

  async function run(handler: (ctx: Context, event: CloudEvent<{ messages: { id: string }[] }>) => unknown) {
    const entry = entryOf(startLambda, [member('f')], { f: { handler } })
    return (entry.handler as unknown as (event: unknown, context: object) => Promise<unknown>)(event, {})
  }

  test('by the message, by its id, each once', async () => {
    const result = await run((ctx, { data }) => {
      ctx.fail(data.messages[2], new Error('third'))
      ctx.fail('M-1')
      ctx.fail('M-1')
    })
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'M-3' }, { itemIdentifier: 'M-1' }] })
  })

  test('a report of one’s own is passed on', async () => {
    const report = { batchItemFailures: [{ itemIdentifier: 'M-2' }] }
    expect(await run(() => report)).toEqual(report)
  })

  test('what is no item fails the whole batch', async () => {
    await expect(run((ctx) => ctx.fail('M-9'))).rejects.toThrow('ctx.fail was given what is no item of the batch: M-9')
  })
})

const CONTRACTS = join(import.meta.dirname, '../../../shared/contracts')

describe.skipIf(!existsSync(CONTRACTS))("the vendors' own samples", () => {
  const samples = (existsSync(CONTRACTS) ? readdirSync(CONTRACTS) : []).flatMap((vendor) => samplesOf(vendor))

  test('are many', () => expect(samples.length).toBeGreaterThan(200))

  test.each(samples)('%s %s', async (vendor, file) => {
    const starts = Object.entries(STARTS).filter(([name]) => name.startsWith(vendor))
    for (const [, start] of starts.length > 0 ? starts : Object.entries(STARTS)) {
      const seen = await callSample(start, sampleIn(file))
      for (const event of seen) judge(event)
      const kind = starts.length > 0 ? KINDS.find(([pattern]) => pattern.test(file))?.[1] : undefined
      if (kind) expect(seen[0]?.type ?? 'http').toBe(kind === 'http' ? 'http' : `anyfaas.${kind}`)
    }
  })
})

if (!existsSync(CONTRACTS)) console.log("left out: the vendors' own event samples, which are not here")

function samplesOf(vendor: string): [string, string][] {
  const folder = join(CONTRACTS, vendor, 'events')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json') && !/event-mapping|response/.test(file))
    .map((file) => [vendor, join(folder, file)])
}

// One vendor's sample is no JSON, on purpose; an event can be any text.
function sampleIn(file: string): unknown {
  return parsePayload(readFileSync(file, 'utf8'))
}

async function callSample(start: Start, event: unknown): Promise<CloudEvent[]> {
  const events: CloudEvent[] = []
  const handler = (_: Context, cloudEvent?: CloudEvent) => {
    if (cloudEvent) events.push(cloudEvent)
  }
  const entry = entryOf(start, [member('f')], { f: { handler } })
  const run = entry.handler as unknown as (event: unknown, context: object) => Promise<unknown>
  const sent = start === startFc2 || start === startFc3 ? bytesOf(event) : event
  // Some samples are cut short by their authors; then the call fails, and the instance lives.
  await run(sent, {}).catch((error) => expect(error).toBeInstanceOf(Error))
  return events
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/aliyun.*(timer|TestTimer)/, 'timer'],
  [/aliyun.*oss/, 'os'],
  [/aliyun.*mns-queue|gosdk-mns_queue/, 'queue'],
  [/aliyun.*(mns_topic|mns-topic|mns-w|mns-stream)/, 'mq'],
  [/aliyun.*kafka-trigger|gosdk-kafka/, 'kafka'],
  [/aliyun.*rabbit|gosdk-rocketmq/, 'queue'],
  [/aliyun.*tablestore/, 'table'],
  [/aliyun.*events\/cdn/, 'cdn'],
  [/aliyun.*(gosdk-sls|events\/sls)/, 'log'],
  [/tencent.*timer/, 'timer'],
  [/tencent.*(cos\.created|lib-cos)/, 'os'],
  [/tencent.*ckafka/, 'kafka'],
  [/tencent.*(cmq|tdmq)/, 'mq'],
  [/tencent.*(apigw|function-url)/, 'http'],
  [/aws.*(S3Put|S3Delete|lambda-go\/s3-event)/, 'os'],
  [/aws.*(sqs-event|Sqs\.json)/, 'queue'],
  [/aws.*(lambda-go\/sns-event|Sns\.json)/, 'mq'],
  [/aws.*(kinesis-event|kinesis-time-window|\/Kinesis\.json)/, 'stream'],
  [/aws.*(lambda-go\/dynamodb-event\.json|dynamodb-time-window|DynamoDBUpdate)/, 'table'],
  [/aws.*kafka-event/, 'kafka'],
  [/aws.*(rabbitmq|activemq)-event/, 'queue'],
  [/aws.*(cloudwatch-logs-event|CloudwatchLogs\.json)/, 'log'],
  [/aws.*ScheduledEvent/, 'timer'],
  [/aws.*cloudfront\/CloudFront/, 'cdn'],
  [
    /aws.*(AwsProxy|HttpApi\.json|ALBRequest|lambda-urls-request|alb-lambda-target-request|apigw-request|apigw-v2-request)/,
    'http',
  ],
]
