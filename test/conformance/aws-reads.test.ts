import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { clock, type SlsError } from '@anyfaas/kit'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { connector } from '../../plugins/aws/src/lambda/deploy/connect.ts'
import { loadService } from '../../src/config/load.ts'
import { LambdaEmulator } from '../emulators/lambda/emulator.ts'
import { ACCOUNT } from '../emulators/lambda/world.ts'
import { aws } from './aws.ts'
import { Bench, type Tree } from './edition.ts'

const COUNT = 120

// Nobody refuses calls for being too many here, so none has to wait for its turn.
const { wait } = clock
beforeAll(() => {
  Object.assign(clock, { wait: () => new Promise((done) => setImmediate(done)) })
})
afterAll(() => {
  Object.assign(clock, { wait })
})

let bench: Bench
let emulator: LambdaEmulator

async function open(): Promise<void> {
  emulator = new LambdaEmulator()
  bench = await new Bench({ ...aws, emulate: () => emulator }).start()
}

afterEach(() => bench?.close())

function many(of: (index: number) => Tree): Record<string, Tree> {
  return Object.fromEntries(Array.from({ length: COUNT }, (_, index) => [`f${index}`, of(index)]))
}

/** The requests of a deploy that changes nothing. */
async function readsOf(functions: Record<string, Tree>, more: Tree = {}): Promise<readonly string[]> {
  await open()
  bench.write(functions, more)
  await bench.deploy()
  const [changed, read] = [emulator.mutations.length, emulator.requests.length]
  expect((await bench.deploy()).counts).toEqual({})
  expect(emulator.mutations.length).toBe(changed)
  return emulator.requests.slice(read).map(({ action }) => action)
}

const PAGES = 40

it.each<[string, (index: number) => Tree, Tree]>([
  ['routes', (index) => ({ events: [{ http: `GET /f${index}` }] }), {}],
  ['timers', () => ({ events: [{ timer: { cron: '0 8 * * *' } }] }), {}],
  ['queues, and so roles', (index) => ({ events: [{ queue: { queue: `q${index}` } }] }), {}],
  ['nothing but code', () => ({}), {}],
  ['log groups', () => ({}), { resources: { aws: groups() } }],
])(
  'a deploy that changes nothing reads pages of lists, of functions with %s',
  { timeout: 300_000 },
  async (what, of, more) => {
    const reads = await readsOf(many(of), more)
    console.log(`${COUNT} functions with ${what}, nothing changed: ${reads.length} reads`)
    expect(reads.length, [...new Set(reads)].join()).toBeLessThan(PAGES)
  },
)

it('a deploy shows the addresses that it made', async () => {
  await open()
  bench.write({ a: { url: true, events: [{ http: 'GET /a' }] } })
  const shown = async (): Promise<unknown> => (await bench.deploy()).deployment.functions[0]?.urls.map(({ url }) => url)
  const urls = [expect.stringMatching(/execute-api.*\/a$/), expect.stringMatching(/lambda-url/)]
  expect(await shown()).toEqual(expect.arrayContaining(urls))
  expect(await shown()).toEqual(expect.arrayContaining(urls))
})

it('what no list tells is read once a function', { timeout: 300_000 }, async () => {
  const reads = await readsOf(many(() => ({ url: true })))
  expect(reads.filter((action) => action === 'GetFunctionUrlConfig')).toHaveLength(COUNT)
  expect(reads.length).toBeLessThan(2 * COUNT + PAGES)
})

function groups(): Tree {
  const group = (name: string): Tree => ({
    Type: 'AWS::Logs::LogGroup',
    Properties: { LogGroupName: `/aws/lambda/shop-dev-${name}`, RetentionInDays: 14 },
  })
  return Object.fromEntries(Object.keys(many(() => ({}))).map((name) => [`${name}Logs`, group(name)]))
}

const timer = { events: [{ timer: { cron: '0 8 * * *' } }] }

it('a schedule that somebody changed by hand is read and mended, and not read before', async () => {
  await open()
  bench.write({ a: timer })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(emulator.requests.map(({ action }) => action)).not.toContain('GetSchedule')
  emulator.schedules.drift({ State: 'DISABLED' })
  expect(await bench.plan()).toEqual(['update trigger/a/timer: State'])
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
})

it('a schedule that is changed keeps its name, and two of one trigger become one', async () => {
  await open()
  bench.write({ a: timer })
  await bench.deploy()
  const [group] = emulator.schedules.groups.values()
  const names = (): string[] => [...(group?.schedules.keys() ?? [])]
  const before = names()
  const later = { events: [{ timer: { cron: '30 9 * * *' } }] }
  bench.write({ a: later })
  expect(await bench.plan()).toContain('update trigger/a/timer: ScheduleExpression')
  await bench.deploy()
  expect(names()).toEqual(before)
  expect(await bench.plan()).toEqual([])
  const one = group?.schedules.get(before[0] ?? '')
  group?.schedules.set('twin', { ...one, Name: 'twin' })
  expect(await bench.plan()).toEqual(['delete trigger/a/timer (twin)'])
  await bench.deploy()
  expect(names()).toEqual(before)
})

it('routes of a deploy that makes no roles are allowed by the policies of functions', async () => {
  await open()
  const own = { role: `arn:aws:iam::${ACCOUNT}:role/fn`, events: [{ http: 'GET /a' }] }
  bench.write({ a: own })
  await bench.deploy()
  expect(emulator.mutations).not.toContain('CreateRole')
  expect(emulator.world.facet('shop-dev-a').policy.size).toBe(1)
  expect(await bench.plan()).toEqual([])
  bench.write({ a: { events: [{ http: 'GET /a' }] } })
  await bench.deploy()
  expect(emulator.world.facet('shop-dev-a').policy.size).toBe(0)
  expect(emulator.world.canAssume('shop-dev-api', 'apigateway.amazonaws.com')).toBe(true)
  expect(await bench.plan()).toEqual([])
  bench.write({ a: own })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect([...emulator.world.roles.keys()]).toEqual(['fn'])
})

it('roles are asked for one by one where nobody may read all of them', { timeout: 300_000 }, async () => {
  await open()
  bench.write(
    Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`f${at}`, { events: [{ queue: { queue: `q${at}` } }] }])),
  )
  await bench.deploy()
  emulator.denied.add('GetAccountAuthorizationDetails')
  expect(await bench.plan()).toEqual([])
  expect(emulator.requests.map(({ action }) => action)).toContain('GetRolePolicy')
})

it('what a plan reads whatever the artifacts are is read before they are there, and not again', async () => {
  await open()
  bench.write({ a: { events: [{ http: 'GET /a' }] } })
  await bench.deploy()
  const { service } = await loadService({ dir: bench.dir, env: bench.env })
  const call = { signal: new AbortController().signal, note: () => undefined }
  const from = emulator.requests.length
  const actions = (): string[] => emulator.requests.slice(from).map(({ action }) => action)
  const begun = connector.begin?.({ service, env: bench.env }, call)
  const early = ['ListFunctions', 'GetRolePolicy', 'GetDomainNames', 'GetAuthorizers', 'GetStages', 'GetRoutes']
  await vi.waitFor(() => expect(actions()).toEqual(expect.arrayContaining(early)), { timeout: 30_000 })
  const connection = await begun?.connect({ service, env: bench.env, artifacts: [] })
  try {
    for (const driver of connection?.drivers ?? []) await driver.list(call, [])
  } finally {
    await connection?.close()
    await begun?.close()
  }
  for (const action of ['ListFunctions', 'GetApis', 'ListRoles', 'GetDomainNames', 'GetRoutes'])
    expect(actions().filter((one) => one === action)).toHaveLength(1)
})

it('an artifact is not read for a checksum that the packager told', async () => {
  await open()
  bench.write({ a: {} })
  const { service } = await loadService({ dir: bench.dir, env: bench.env })
  const made = {
    id: 'a',
    kind: 'zip',
    bytes: 1,
    handlers: {},
    marks: { a: 'm' },
    digest: `sha256:${'0'.repeat(64)}`,
  } as const
  const artifacts = [{ ...made, path: join(bench.dir, 'taken-away.zip') }]
  const connection = await connector.connect({ service, env: bench.env, artifacts })
  await connection.close()
  expect(connection.drivers.length).toBeGreaterThan(0)
})

it('a file that cannot be packaged is told of alone, also where the platform refuses meanwhile', async () => {
  await open()
  bench.write({ a: {} })
  bench.rewrite({ endpoint: 'http://127.0.0.1:1' })
  rmSync(join(bench.dir, 'a.js'))
  const refused = (await bench.deploy().catch((cause: unknown) => cause)) as SlsError
  expect(refused.diagnostics.map(({ code }) => code)).toEqual([expect.stringMatching(/^SLS4/)])
})
