import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clock, type Event } from '@anyfaas/kit'
import { afterEach, expect, it } from 'vitest'
import { doctor } from '../../src/actions/doctor.ts'
import { logs } from '../../src/actions/logs.ts'
import { LambdaEmulator } from '../emulators/lambda/emulator.ts'
import { isAllowed, type Policy } from '../emulators/lambda/rights.ts'
import { CODE_BUCKET } from '../emulators/lambda/storage.ts'
import { ACCOUNT, type Role } from '../emulators/lambda/world.ts'
import { aws, writeBig } from './aws.ts'
import { Bench, type Tree } from './edition.ts'

// Whether what the doctor prints is enough: the platform asks for every right by the vendor's tables of them.

let bench: Bench
let emulator: LambdaEmulator

async function open(env: Record<string, string> = {}): Promise<void> {
  emulator = new LambdaEmulator()
  const whole = (address: string): Record<string, string> => ({ ...aws.env(address), ...env })
  bench = await new Bench({ ...aws, env: whole, emulate: () => emulator }).start()
}

afterEach(() => bench.close())

async function examined(): Promise<Policy> {
  const { platforms } = await doctor({ dir: bench.dir }, bench.io)
  return platforms[0]?.examination.policy as Policy
}

/** Lets whoever deploys do what the doctor prints, and nothing else. */
async function confine(): Promise<void> {
  emulator.policy = undefined
  emulator.policy = await examined()
}

const group = {
  Type: 'AWS::Logs::LogGroup',
  Properties: { LogGroupName: '/shop/audit', RetentionInDays: 7, KmsKeyId: 'k' },
}
const SERVER = { runtime: 'custom', custom: { command: ['./bootstrap'] } }

it.each([
  ['a usual name', 'shop'],
  ['a name with a dot', 'my.shop'],
  ['a name with hyphens', 'my--shop'],
  ['a name that is cut', `a-service-${'very-'.repeat(10)}long`],
])(
  'the rights that the doctor prints are enough to deploy all of it, change it and remove it: %s',
  async (_, service) => {
    await open()
    const before = emulator.state()
    const events = (aws.rich['events'] as Tree[]).filter((event) => !('http' in event))
    const whole = { ...aws.rich, role: undefined, concurrency: { min: 2 } }
    const more = { service, resources: { aws: { Group: group } } }
    bench.write({ a: whole, [`b-${'long'.repeat(12)}`]: { events }, c: { role: aws.rich['role'] } }, more)
    await confine()
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    const less = { ...group, Properties: { LogGroupName: '/shop/audit' } }
    bench.write({ a: { events: [{ http: 'GET /b' }] } }, { ...more, resources: { aws: { Group: less } } })
    await confine()
    await bench.deploy()
    bench.write({ a: {} }, { service })
    await confine()
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    await bench.remove()
    expect(emulator.state()).toEqual(before)
  },
)

it('the rights name the bucket of the deployer’s own for code, and no other, and none to make it', async () => {
  await open({ ANYFAAS_CODE_BUCKET: 'mine' })
  emulator.storage.buckets.set('mine', {})
  bench.write({ a: {} }, { package: { artifact: 'big.zip' } })
  writeBig(bench.dir)
  const { Statement } = await examined()
  const rights = Statement.flatMap(({ Action, Resource }) =>
    Action.filter((action) => action.startsWith('s3:')).map((action) => `${action} ${Resource.join()}`),
  )
  expect(rights.sort()).toEqual([
    's3:DeleteObject arn:aws:s3:::mine/anyfaas/*',
    's3:GetObject arn:aws:s3:::mine/anyfaas/*',
    's3:ListBucket arn:aws:s3:::mine',
    's3:PutObject arn:aws:s3:::mine/anyfaas/*',
  ])
  await confine()
  await bench.deploy()
  expect(emulator.storage.state()).toEqual([])
})

it('code that waits in the usual bucket takes the rights to make it', async () => {
  await open()
  bench.write({ a: {} }, { package: { artifact: 'big.zip' } })
  writeBig(bench.dir)
  await confine()
  await bench.deploy()
  expect([...emulator.storage.buckets.keys()]).toEqual([CODE_BUCKET])
})

const ARN = `us-east-1:${ACCOUNT}`
const RAW = {
  Role: `arn:aws:iam::${ACCOUNT}:role/fn`,
  Layers: [`arn:aws:lambda:${ARN}:layer:tools:3`],
  VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
  KmsKeyArn: `arn:aws:kms:${ARN}:key/k`,
  FileSystemConfigs: [{ Arn: `arn:aws:elasticfilesystem:${ARN}:access-point/fsap-1`, LocalMountPath: '/mnt/x' }],
  DeadLetterQueue: { Type: 'SNS', TargetArn: `arn:aws:sns:${ARN}:dead` },
}
const KEYS = Object.keys(RAW) as (keyof typeof RAW)[]

it.each([
  ...KEYS.map((key) => [key, 'of a function', { overrides: { aws: { [key]: RAW[key] } } }, {}] as const),
  ...KEYS.map((key) => {
    const raw = { AFunction: { Properties: { [key]: RAW[key] } } }
    return [key, 'of the service', {}, { overrides: { aws: { Resources: raw } } }] as const
  }),
])('a raw %s %s takes the rights that it needs', async (key, __, fn, more) => {
  await open()
  bench.write({ a: fn }, more)
  await confine()
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  // No role is made that nobody takes on.
  const made = [...emulator.world.roles.values()].filter(({ path }) => path !== '/')
  expect(made).toHaveLength(key === 'Role' ? 0 : 1)
})

const QUEUE = `arn:aws:sqs:${ARN}:dead`

it.each([
  ['a destination', { EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: 'SQS', Destination: QUEUE } } } }],
  ['a queue of dead letters', { DeadLetterQueue: { Type: 'SQS', TargetArn: QUEUE } }],
])('what a function sends to by raw settings its role allows: %s', async (_, raw) => {
  await open()
  bench.write({ a: { overrides: { aws: raw } } })
  await bench.deploy()
  const documents = [...emulator.world.roles.values()].flatMap(({ policies }) => [...policies.values()])
  const { Statement } = JSON.parse(documents.join()) as Policy
  expect(Statement).toEqual([{ Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: [QUEUE] }])
})

it('the role of a timer that raw settings name is handed over', async () => {
  await open()
  emulator.world.roles.set('tick', { ...role('tick'), document: '{"Service":["scheduler.amazonaws.com"]}' })
  const aws = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/tick` }
  bench.write({ a: { events: [{ timer: { cron: '0 8 * * *', overrides: { aws } } }] } })
  await confine()
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
})

function role(name: string): Role {
  return { name, path: '/', document: '', knownAt: 0, attached: new Set(), policies: new Map() }
}

it.each([
  ['logs.store', { logs: { store: '/theirs/app' } }],
  ['raw settings', { overrides: { aws: { LoggingConfig: { LogGroup: '/theirs/app' } } } }],
])('lines of a log group that %s names may be read', async (_, fn) => {
  await open()
  emulator.logs.add('/theirs/app')
  bench.write({ a: fn })
  await confine()
  await bench.deploy()
  const line = { group: '/theirs/app', timestamp: Date.now() - 1000, message: 'a line' }
  emulator.logs.events.push(line)
  await logs({ dir: bench.dir, since: '1m' }, bench.io)
  expect(bench.events.flatMap((event) => (event.kind === 'log' ? [event.line.text] : []))).toEqual(['a line'])
})

const domain = (certificate: string): Tree => ({
  domain: {
    name: 'api.example.com',
    certificate: { arn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/${certificate}` },
  },
})

function guarded(audience: string, more: Tree = {}): Tree {
  const jwt = { issuer: 'https://id.example.com', audience: [audience] }
  return { events: [{ http: { path: '/a', method: 'get', auth: { jwt }, ...more } }] }
}

it('the rights over API Gateway name methods and paths, and are enough for an API with a domain and tokens', async () => {
  await open()
  const before = emulator.state()
  emulator.gateway.calls['CreateDomainName']?.({ DomainName: 'api.example.com', DomainNameConfigurations: [] })
  bench.write({ a: guarded('one'), b: { events: [{ http: 'GET /b' }] } }, domain('c'))
  const rights = (await examined()).Statement.flatMap(({ Action, Resource }) =>
    Action.filter((action) => action.startsWith('apigateway:')).map((action) => [action, Resource.join()]),
  )
  expect(rights.filter(([action]) => action?.includes('*'))).toEqual([])
  expect(rights.filter(([action, on]) => /PATCH|DELETE/.test(`${action}`) && /domainnames\/\*/.test(`${on}`))).toEqual(
    [],
  )
  await confine()
  await bench.deploy({ adopt: true })
  expect(await bench.plan()).toEqual([])
  for (const [functions, more] of [
    [{ a: guarded('two', { cors: true }) }, domain('d')],
    [{ a: { events: [{ http: 'PUT /a' }] } }, {}],
    [{ a: {} }, {}],
  ] as const) {
    bench.write(functions, more)
    await confine()
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
  }
  await bench.remove()
  expect(emulator.state()).toEqual(before)
})

it('the rights over tags of API Gateway are those of HTTP APIs and domains', async () => {
  await open()
  bench.write({ a: guarded('one') }, domain('c'))
  const policy = await examined()
  const tagging = (of: string): boolean => {
    const tags = `/tags/${encodeURIComponent(`arn:aws:apigateway:us-east-1::/${of}`)}`
    return isAllowed(policy, { action: 'apigateway:PUT', resource: `arn:aws:apigateway:us-east-1::${tags}` })
  }
  expect(['apis/a1', 'v2/apis/a1', 'domainnames/api.example.com'].filter((of) => !tagging(of))).toEqual([])
  expect(['restapis/a1', 'usageplans/a1', 'apikeys/a1', 'vpclinks/a1'].filter(tagging)).toEqual([])
  bench.write({ a: guarded('one') })
  expect(JSON.stringify(await examined())).not.toContain('domainnames%2F')
})

it('a service without routes gets no right over APIs but to list them', async () => {
  await open()
  bench.write({ a: {} })
  const { Statement } = await examined()
  const actions = Statement.flatMap(({ Action }) => Action).filter((action) => action.startsWith('apigateway:'))
  expect(actions).toEqual(['apigateway:GET'])
})

it('servers and functions in a network read layers and networks, and others do not', async () => {
  await open()
  bench.write({ a: SERVER })
  writeFileSync(join(bench.dir, 'bootstrap'), '#!/bin/sh\n', { mode: 0o755 })
  expect(JSON.stringify(await examined())).toContain('lambda:GetLayerVersion')
  bench.write({ a: { vpc: aws.rich['vpc'] } })
  expect(JSON.stringify(await examined())).toMatch(/^((?!GetLayer).)*ec2:DescribeSubnets((?!GetLayer).)*$/)
})

it.each([
  ['bucket', { os: { bucket: 'photos', events: ['created'] } }, 'GetBucketNotificationConfiguration'],
  ['topic', { mq: { topic: 'news' } }, 'ListSubscriptionsByTopic'],
  ['log group', { log: { source: 'app' } }, 'DescribeSubscriptionFilters'],
])(
  'a %s that the file names no more and that may not be read holds up no plan, and is told',
  async (kind, event, read) => {
    await open()
    bench.write({ a: { events: [event] }, b: {} })
    await bench.deploy()
    emulator.denied.add(read)
    await expect(bench.plan()).rejects.toThrow(/AccessDenied/)
    bench.write({ a: {}, b: {} })
    bench.events.length = 0
    expect((await bench.plan()).filter((line) => line.startsWith('delete'))).toEqual([
      expect.stringMatching(/^delete permission/),
    ])
    const told = bench.events.flatMap((one: Event) => (one.kind === 'phase' ? [one.name] : []))
    expect(told.join()).toMatch(
      new RegExp(`the ${kind} .*(photos|news|app), which the file names no more, may not be read`),
    )
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
  },
)

it('who may not do something is told where the rights are listed', async () => {
  await open()
  emulator.denied.add('CreateFunction')
  bench.write({ a: {} })
  const failure = await bench.deploy().catch((error: unknown) => error)
  expect(JSON.stringify(failure)).toContain('sls doctor --provider aws prints the rights')
})

it('a role, a log group and a rule that the file names no more are found by how names begin, dots and all', async () => {
  await open()
  const before = emulator.state()
  const long = 'b'.repeat(64)
  const Properties = { LogGroupName: `/aws/lambda/my-shop-dev-${long}`.slice(0, 60), RetentionInDays: 3 }
  const more = { service: 'my.shop', resources: { aws: { Group: { Type: 'AWS::Logs::LogGroup', Properties } } } }
  const events = [{ eventbus: { pattern: { source: ['x'] } } }, { mqtt: { topic: 'things' } }]
  bench.write({ [long]: { events }, a: { events } }, more)
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  bench.write({ a: {} }, { service: 'my.shop' })
  await bench.deploy()
  await bench.remove()
  expect(emulator.state()).toEqual(before)
})

it.each([
  [4 * 60_000 + 20 * 60_000, /is 14[34]\d s ahead of the platform's/],
  [-20 * 60_000, /is 1(199|20\d) s behind the platform's/],
])('a clock that is off is told with by how much: %i', async (behindMs, says) => {
  await open()
  bench.write({ a: {} })
  emulator.behindMs = behindMs
  const failure = await bench.deploy().catch((error: unknown) => error)
  expect((failure as { diagnostics: { help?: string[] }[] }).diagnostics[0]?.help?.join()).toMatch(says)
})

it('a platform that does not answer is said not to, and by which name it was asked', async () => {
  await open()
  bench.write({ a: {} })
  await emulator.stop()
  const { now, wait } = clock
  let nowMs = 0
  Object.assign(clock, { now: () => (nowMs += 1000), wait: async () => undefined })
  try {
    const failure = await bench.plan().catch((error: unknown) => error)
    expect(String(failure)).toMatch(/SLS5012: .*ECONNREFUSED/)
    expect(JSON.stringify(failure)).toContain('AWS did not answer')
    const said = bench.events.flatMap((one) => (one.kind === 'phase' && one.state === 'note' ? [one.name] : []))
    expect(said).toEqual([expect.stringMatching(/^AWS does not answer: .*ECONNREFUSED.*; trying again$/)])
  } finally {
    Object.assign(clock, { now, wait })
  }
})
