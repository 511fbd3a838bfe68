import { isSlsError } from '@anyfaas/kit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { setAlias } from '../../src/actions/versions.ts'
import { LambdaEmulator } from '../emulators/lambda/emulator.ts'
import { ACCOUNT, arnOf } from '../emulators/lambda/world.ts'
import { aws } from './aws.ts'
import { Bench, type Tree } from './edition.ts'

let bench: Bench
let emulator: LambdaEmulator

beforeEach(async () => {
  emulator = new LambdaEmulator()
  bench = await new Bench({ ...aws, emulate: () => emulator }).start()
})

afterEach(() => bench.close())

const FN = arnOf('shop-dev-a')
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:news`
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`

/** A call by somebody else's hand. */
function byHand(calls: Readonly<Record<string, (input: Tree) => unknown>>, action: string, input: Tree): void {
  if (!calls[action]) throw new Error(action)
  calls[action](input)
}

function setAliasByHand(name: string): Promise<unknown> {
  return setAlias({ dir: bench.dir, provider: 'aws', function: 'a', name, version: 'latest' }, bench.io)
}

function subscribed(): unknown[] {
  return [...emulator.sources.subscriptions.values()].map(({ Endpoint }) => Endpoint).sort()
}

function mapped(): unknown[] {
  return [...emulator.sources.mappings.values()].map(({ FunctionArn }) => FunctionArn).sort()
}

it('what others let call an alias of our function stays, also while we have the same for the function', async () => {
  const events = [{ queue: { queue: 'jobs' } }, { mq: { topic: 'news' } }]
  bench.write({ a: { events } })
  await bench.deploy()
  await setAliasByHand('theirs')
  byHand(emulator.sources.sns, 'Subscribe', { TopicArn: TOPIC, Endpoint: `${FN}:theirs`, Protocol: 'lambda' })
  byHand(emulator.sources.lambda, 'CreateEventSourceMapping', { FunctionName: `${FN}:theirs`, EventSourceArn: QUEUE })
  expect(await bench.plan()).toEqual([])
  bench.write({ a: { events: [] } })
  expect((await bench.plan()).filter((line) => /delete s/.test(line)).sort()).toEqual([
    `delete source/a/${QUEUE}`,
    `delete subscription/a/${TOPIC}`,
  ])
  await bench.deploy()
  expect([subscribed(), mapped()]).toEqual([[`${FN}:theirs`], [`${FN}:theirs`]])
  await bench.remove()
  expect([subscribed(), mapped()]).toEqual([[`${FN}:theirs`], [`${FN}:theirs`]])
})

it('a source and a subscription of ours follow their event to another alias, and leave that of others alone', async () => {
  const events = (qualifier?: string): Tree[] => [
    { queue: { queue: 'jobs', ...(qualifier && { qualifier }) } },
    { mq: { topic: 'news', ...(qualifier && { qualifier }) } },
  ]
  bench.write({ a: { events: events() } })
  await bench.deploy()
  await setAliasByHand('theirs')
  byHand(emulator.sources.sns, 'Subscribe', { TopicArn: TOPIC, Endpoint: `${FN}:theirs`, Protocol: 'lambda' })
  const [id] = [...emulator.sources.mappings.keys()]
  bench.write({ a: { events: events('prod') } })
  await bench.deploy()
  expect([subscribed(), mapped()]).toEqual([[`${FN}:prod`, `${FN}:theirs`], [`${FN}:prod`]])
  // A stream goes on where it was.
  expect([...emulator.sources.mappings.keys()]).toEqual([id])
  expect(await bench.plan()).toEqual([])
})

it('two events of one queue or topic can call two aliases', async () => {
  const both = [
    { queue: { queue: 'jobs' } },
    { queue: { queue: 'jobs', qualifier: 'prod' } },
    { mq: { topic: 'news' } },
    { mq: { topic: 'news', qualifier: 'prod' } },
  ]
  bench.write({ a: { events: both } })
  await bench.deploy()
  expect([subscribed(), mapped()]).toEqual([
    [FN, `${FN}:prod`],
    [FN, `${FN}:prod`],
  ])
  expect(await bench.plan()).toEqual([])
  bench.write({ a: { events: [both[1], both[3]] } })
  await bench.deploy()
  expect([subscribed(), mapped()]).toEqual([[`${FN}:prod`], [`${FN}:prod`]])
  expect(await bench.plan()).toEqual([])
  await bench.remove()
  expect([subscribed(), mapped()]).toEqual([[], []])
})

it('an alias that somebody made is moved by a deploy only when asked', async () => {
  bench.write({ a: {} })
  await bench.deploy()
  await setAliasByHand('live')
  const ready = { concurrency: { min: 1 } }
  bench.write({ a: ready }, {}, 'two')
  const before = JSON.stringify(emulator.state())
  const failure = await bench.deploy().catch((error: unknown) => error)
  expect(isSlsError(failure) && failure.diagnostics.map(({ code }) => code)).toEqual(['SLS5003'])
  expect(JSON.stringify(emulator.state())).toBe(before)
  await bench.deploy({ adopt: true })
  expect(emulator.world.fn('shop-dev-a').aliases.get('live')).toMatchObject({ FunctionVersion: '2' })
  expect(await bench.plan()).toEqual([])
})

it.each([
  ['the permission', (): unknown => emulator.world.facet('shop-dev-a').policy.clear()],
  ['the function', (): unknown => emulator.world.functions.delete('shop-dev-a')],
])('rules are taken away when somebody has removed %s by hand', async (_, lose) => {
  bench.write({ a: { events: [{ eventbus: { pattern: { source: ['orders'] } } }, { mqtt: { topic: 'things' } }] } })
  await bench.deploy()
  lose()
  bench.write({ b: {} })
  await bench.deploy()
  expect(emulator.sources.rules.size).toBe(0)
  expect(emulator.topicRules.state()).toEqual([])
})

it('a subscription is taken away before the right that it needs', async () => {
  bench.write({ a: { events: [{ mq: { topic: 'news' } }] } })
  await bench.deploy()
  bench.write({ a: {} })
  const sent = emulator.requests.length
  await bench.deploy()
  const actions = emulator.requests.slice(sent).map(({ action }) => action)
  expect(actions.indexOf('Unsubscribe')).toBeGreaterThan(-1)
  expect(actions.indexOf('Unsubscribe')).toBeLessThan(actions.indexOf('RemovePermission'))
})

it('a path of our domain that somebody led to an API of theirs stays there', async () => {
  const domain = { name: 'api.example.com', certificate: { arn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/c` } }
  const functions = { a: { events: [{ http: 'GET /a' }] } }
  bench.write(functions, { domain })
  await bench.deploy()
  const { calls } = emulator.gateway
  const { ApiId } = calls['CreateApi']?.({ Name: 'theirs', ProtocolType: 'HTTP' }) ?? {}
  byHand(calls, 'CreateStage', { ApiId, StageName: '$default' })
  byHand(calls, 'CreateApiMapping', { DomainName: domain.name, ApiId, Stage: '$default', ApiMappingKey: 'theirs' })
  expect(await bench.plan()).toEqual([])
})
