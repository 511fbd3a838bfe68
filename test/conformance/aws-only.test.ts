import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { afterEach, expect, it, vi } from 'vitest'
import { doctor } from '../../src/actions/doctor.ts'
import { logs } from '../../src/actions/logs.ts'
import { LambdaEmulator } from '../emulators/lambda/emulator.ts'
import { CODE_BUCKET } from '../emulators/lambda/storage.ts'
import { ACCOUNT } from '../emulators/lambda/world.ts'
import { aws, BIG, writeBig } from './aws.ts'
import { Bench, type Tree } from './edition.ts'

let bench: Bench
let emulator: LambdaEmulator

async function open(env: Record<string, string> = {}): Promise<void> {
  emulator = new LambdaEmulator()
  const whole = (address: string): Record<string, string> => ({ ...aws.env(address), ...env })
  bench = await new Bench({ ...aws, env: whole, emulate: () => emulator }).start()
}

afterEach(() => bench.close())

const GROUP = '/aws/lambda/shop-dev-a'

function withGroup(RetentionInDays?: number): Tree {
  const Properties = { LogGroupName: GROUP, ...(RetentionInDays && { RetentionInDays }) }
  return { resources: { aws: { Logs: { Type: 'AWS::Logs::LogGroup', Properties } } } }
}

it('log groups of the file are there before the function, keep lines as long as it says, and go with the service', async () => {
  await open()
  bench.write({ a: {} }, withGroup(14))
  await bench.deploy()
  const actions = emulator.requests.map(({ action }) => action)
  expect(actions.indexOf('CreateLogGroup')).toBeLessThan(actions.indexOf('CreateFunction'))
  expect(JSON.stringify(emulator.logs.state())).toContain('"days":14')
  expect(await bench.plan()).toEqual([])
  bench.write({ a: {} }, withGroup(30))
  expect(await bench.plan()).toEqual([`update log-group/${GROUP}: RetentionInDays`])
  await bench.deploy()
  bench.write({ a: {} }, withGroup())
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(JSON.stringify(emulator.logs.state())).not.toContain('days')
  await bench.remove()
  expect(JSON.stringify(emulator.logs.state())).not.toContain('shop')
})

it('a log group that Lambda made by itself is taken over only when asked', async () => {
  await open()
  bench.write({ a: {} })
  await bench.deploy()
  emulator.logs.add(GROUP)
  bench.write({ a: {} }, withGroup(7))
  const failure = await bench.deploy().catch((error: unknown) => error)
  expect(isSlsError(failure) && failure.diagnostics.map(({ code }) => code)).toEqual(['SLS5003'])
  await bench.deploy({ adopt: true })
  expect(await bench.plan()).toEqual([])
})

it('anything else of CloudFormation is refused with its name', async () => {
  await open()
  bench.write({ a: {} }, { resources: { aws: { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } } } })
  await expect(bench.deploy()).rejects.toThrow('the AWS::DynamoDB::Table Table is not deployed')
  expect(emulator.mutations).toEqual([])
})

it('a role that is not known everywhere yet is tried by one function, and the others wait for it', async () => {
  await open()
  emulator.options = { settleMs: 1000 }
  const names = Array.from({ length: 12 }, (_, index) => `f${index}`)
  bench.write(Object.fromEntries(names.map((name) => [name, {}])))
  await bench.deploy()
  const tries = emulator.mutations.filter((action) => action === 'CreateFunction').length
  expect(tries).toBeGreaterThan(names.length)
  expect(tries).toBeLessThan(names.length * 2)
})

it("reads a Kafka of somebody's own, through the network of the function and with the secret that it names", async () => {
  await open()
  const secret = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:kafka-AbCdEf`
  const kafka = (topics: string[], more: Tree = {}): Tree => ({
    kafka: { brokers: ['b1:9092', 'b2:9092'], topics, ...more },
  })
  const SourceAccessConfigurations = [{ Type: 'SASL_SCRAM_512_AUTH', URI: secret }]
  const inside = {
    vpc: { id: 'vpc-1', subnets: ['subnet-1'], securityGroups: ['sg-1'] },
    events: [kafka(['orders'], { group: 'g' }), kafka(['bills'])],
  }
  bench.write({
    inside,
    outside: { events: [kafka(['orders'], { overrides: { aws: { SourceAccessConfigurations } } })] },
  })
  await bench.deploy()
  const state = JSON.stringify(emulator.state())
  expect(state).toContain(String.raw`\"KAFKA_BOOTSTRAP_SERVERS\":[\"b1:9092\",\"b2:9092\"]`)
  expect(state).toContain(String.raw`{\"Type\":\"VPC_SUBNET\",\"URI\":\"subnet:subnet-1\"}`)
  expect(JSON.stringify([...(emulator.world.roles.get('shop-dev-outside-own')?.policies.values() ?? [])])).toContain(
    secret,
  )
  expect(await bench.plan()).toEqual([])
  bench.write({ inside: { ...inside, events: [kafka(['orders'], { group: 'h' })] } })
  // The names of the triggers stand in the code.
  expect((await bench.plan()).filter((line) => !line.endsWith(': Code')).sort()).toEqual([
    'delete function/outside',
    'delete role/outside-own',
    'delete source/inside/b1:9092,b2:9092/bills',
    'delete source/outside/b1:9092,b2:9092/orders',
    'replace source/inside/b1:9092,b2:9092/orders: SelfManagedKafkaEventSourceConfig.ConsumerGroupId',
  ])
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  await bench.remove()
  expect(JSON.stringify(emulator.state())).not.toContain('b1:9092')
})

it('code that no request takes waits in a bucket until it is there', { timeout: 180_000 }, async () => {
  await open()
  bench.write({ a: {}, b: {} }, { package: { artifact: 'big.zip' } })
  writeBig(bench.dir)
  await bench.deploy()
  expect(emulator.world.fn('shop-dev-a').config['CodeSize']).toBe(BIG)
  expect(emulator.mutations.filter((action) => action === 'PutObject')).toHaveLength(1)
  expect(emulator.storage.state()).toEqual([])
  expect(emulator.storage.buckets.get(CODE_BUCKET)).toHaveProperty('PublicAccessBlockConfiguration')
  const sent = emulator.mutations.length
  await bench.deploy()
  expect(emulator.mutations.length).toBe(sent)
})

it('a bucket of the deployer is used, and not made when it is missing', { timeout: 180_000 }, async () => {
  await open({ ANYFAAS_CODE_BUCKET: 'mine' })
  bench.write({ a: {} }, { package: { artifact: 'big.zip' } })
  writeBig(bench.dir)
  await expect(bench.deploy()).rejects.toThrow('the bucket mine, where code above 50 MB waits, is not there')
  emulator.storage.buckets.set('mine', {})
  await bench.deploy()
  expect(emulator.mutations).not.toContain('CreateBucket')
  expect(emulator.storage.state()).toEqual([])
})

it('code goes to nobody else’s bucket, whose name everybody can work out, and it is said why', async () => {
  await open()
  bench.write({ a: {} }, { package: { artifact: 'big.zip' } })
  writeBig(bench.dir)
  emulator.storage.buckets.set(CODE_BUCKET, { owner: '999999999999' })
  await expect(bench.deploy()).rejects.toThrow(`the bucket ${CODE_BUCKET}, where code above 50 MB waits, is somebody`)
  expect(emulator.mutations).not.toContain('PutObject')
})

const CERTIFICATE = `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/c`

it('a domain leads to the API, says where it has to lead itself, and goes with the service', async () => {
  await open()
  const functions = { a: { events: [{ http: 'GET /a' }] } }
  const domain = (arn: string): Tree => ({ domain: { name: 'api.example.com', certificate: { arn } } })
  bench.write(functions, domain(CERTIFICATE))
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  const notes = JSON.stringify(bench.events)
  expect(notes).toContain('api.example.com has to lead to d-x.execute-api.us-east-1.amazonaws.com')
  bench.write(functions, domain(`${CERTIFICATE}2`))
  expect(await bench.plan()).toEqual(['update domain/api.example.com: CertificateArn'])
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  bench.write(functions)
  expect((await bench.plan()).sort()).toEqual([
    'delete domain-mapping/api.example.com',
    'delete domain/api.example.com',
  ])
  await bench.deploy()
  expect(JSON.stringify(emulator.state())).not.toContain('api.example.com')
})

it('routes can ask for tokens of an issuer, and stop asking', async () => {
  await open()
  const jwt = (audience: string): Tree => ({ issuer: 'https://id.example.com', audience: [audience] })
  const functions = (auth?: Tree): Record<string, Tree> => ({
    a: { events: [{ http: { path: '/a', method: 'get', ...(auth && { auth: { jwt: auth } }) } }] },
  })
  bench.write(functions(jwt('one')))
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  bench.write(functions(jwt('two')))
  expect(await bench.plan()).toEqual(['update authorizer/Jwt: JwtConfiguration.Audience'])
  await bench.deploy()
  bench.write(functions())
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(JSON.stringify(emulator.state())).not.toContain('id.example.com')
})

it('streams, tables and clusters are read, and are made anew where they cannot be changed', async () => {
  await open()
  const arn = (rest: string): string => `arn:aws:${rest.split(':')[0]}:us-east-1:${ACCOUNT}:${rest.split(':')[1]}`
  const events = (position: string, size: number): Tree[] => [
    { stream: { stream: 'clicks', position, batch: { size } } },
    { table: { table: arn('dynamodb:table/t/stream/2026'), batch: { size } } },
    { kafka: { instance: arn('kafka:cluster/c/1'), topics: ['t'], group: 'g', offset: position } },
  ]
  bench.write({ a: { events: events('latest', 10) } })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  bench.write({ a: { events: events('latest', 20) } })
  expect((await bench.plan()).map((line) => line.split(' ')[0])).toEqual(['update', 'update'])
  await bench.deploy()
  bench.write({ a: { events: events('earliest', 20) } })
  expect((await bench.plan()).map((line) => line.split(' ')[0])).toEqual(['replace', 'replace'])
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  await bench.remove()
  expect(JSON.stringify(emulator.state())).not.toContain('shop')
})

it.each(['my.shop', 'x'.repeat(60)])(
  'routes and timers may call the functions of a service named %s',
  async (service) => {
    await open()
    const events = [{ http: 'GET /a' }, { timer: { cron: '0 8 * * *' } }]
    bench.write({ a: { events }, b: {} }, { service })
    await bench.deploy()
    const documents = [...emulator.world.roles.values()].flatMap(({ policies }) => [...policies.values()])
    const allowed = documents.flatMap((text) => /function:([\w-]+)\*/.exec(text)?.[1] ?? [])
    expect(allowed).toHaveLength(2)
    for (const name of emulator.world.functions.keys())
      for (const prefix of allowed) expect(name.startsWith(prefix)).toBe(true)
    expect(await bench.plan()).toEqual([])
  },
)

it('what others hang on a bucket stays there', async () => {
  await open()
  bench.write({ a: { events: [{ os: { bucket: 'photos', events: ['created'] } }] } })
  await bench.deploy()
  bench.write({ a: {} })
  await bench.deploy()
  expect(JSON.stringify(emulator.state())).toContain('somebody-else')
})

it('logs are merged by time, each line once', async () => {
  await open()
  bench.write({ a: {}, b: {} })
  await bench.deploy()
  const time = Date.now() - 1000
  const line = (level: string, text: string): string => `2026-01-02T03:04:05.678Z\t${ID}\t${level}\t${text}\n`
  emulator.logs.add(GROUP)
  emulator.logs.events.push(
    { group: GROUP, timestamp: time, message: `START RequestId: ${ID} Version: $LATEST\n` },
    { group: GROUP, timestamp: time + 2, message: line('INFO', 'second') },
    { group: GROUP, timestamp: time + 3, message: line('ERROR', 'third') },
  )
  await logs({ dir: bench.dir, since: '1m' }, bench.io)
  const lines = bench.events.flatMap((event) => (event.kind === 'log' ? [event.line] : []))
  expect(lines.map(({ stream, requestId }) => [stream, requestId])).toEqual([
    ['sys', ID],
    ['out', ID],
    ['err', ID],
  ])
  bench.events.length = 0
  await logs({ dir: bench.dir, since: '1m', tail: 0 }, bench.io)
  expect(bench.events.filter(({ kind }) => kind === 'log')).toEqual([])
})

const ID = '11111111-2222-3333-4444-555555555555'

it('the doctor says how the clock goes, also where it lets the platform refuse all calls', async () => {
  await open()
  bench.write({ a: {} })
  const found = async (): Promise<Record<string, unknown>> => {
    const { platforms } = await doctor({ dir: bench.dir }, bench.io)
    const findings = platforms[0]?.examination.findings ?? []
    return Object.fromEntries(findings.map((one) => [one.what, one]))
  }
  expect(await found()).toMatchObject({ clock: { state: 'good' }, account: { found: ACCOUNT } })
  emulator.behindMs = 4 * 60_000
  expect((await found())['clock']).toMatchObject({
    state: 'doubtful',
    found: expect.stringMatching(/^(239|24\d) s ahead/),
  })
  emulator.behindMs = -20 * 60_000
  const refused = { state: 'bad', found: expect.stringContaining('Signature expired') }
  const clock = { state: 'bad', found: expect.stringContaining('behind') }
  // The vendor's library sets its clock by a refusal: of several calls of one client only the first is refused.
  expect(await found()).toMatchObject({ account: refused, clock })
  await expect(bench.deploy()).rejects.toThrow('SLS5006')
})

it('the doctor asks for no right over what belongs to other services and stages', async () => {
  await open()
  const role = `arn:aws:iam::${ACCOUNT}:role/fn`
  bench.write({ a: { role }, b: {} })
  const { platforms } = await doctor({ dir: bench.dir }, bench.io)
  const { Statement = [] } = (platforms[0]?.examination.policy ?? {}) as { readonly Statement?: readonly Allowed[] }
  const wide = Statement.filter(({ Resource, Condition }) => Resource.includes('*') && !Condition)
  expect(wide.flatMap(({ Action }) => Action).filter((action) => !/:(Get|List|Describe)/.test(action))).toEqual([])
  expect(Statement.find(({ Action }) => Action.includes('iam:PassRole'))?.Resource).toEqual([
    `arn:aws:iam::${ACCOUNT}:role/anyfaas/shop/dev/*`,
    role,
  ])
  const functions = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:shop-dev-*`
  expect(Statement.find(({ Action }) => Action.includes('lambda:DeleteEventSourceMapping'))?.Condition).toEqual({
    ArnLike: { 'lambda:FunctionArn': [functions] },
  })
})

interface Allowed {
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: object
}

it('credentials are looked for once, whatever is asked with them', async () => {
  await open({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' })
  bench.write({ a: { events: [{ http: 'GET /a' }, { mq: { topic: 'news' } }] } }, {})
  const log = join(bench.dir, 'asked')
  const program = join(bench.dir, 'keys.mjs')
  writeFileSync(
    program,
    `import { appendFileSync } from 'node:fs'
appendFileSync(${JSON.stringify(log)}, 'x')
console.log(JSON.stringify({ Version: 1, AccessKeyId: 'id', SecretAccessKey: 'secret' }))`,
  )
  const config = join(bench.dir, 'config')
  writeFileSync(config, `[profile ci]\nregion = us-east-1\ncredential_process = "${process.execPath}" "${program}"\n`)
  bench.rewrite({ profile: 'ci' })
  vi.stubEnv('AWS_CONFIG_FILE', config)
  try {
    await bench.deploy()
  } finally {
    vi.unstubAllEnvs()
  }
  expect(readFileSync(log, 'utf8')).toBe('x')
})
