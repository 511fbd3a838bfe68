import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { afterEach, expect, it } from 'vitest'
import { promote, setAlias } from '../../src/actions/versions.ts'
import { LambdaEmulator } from '../emulators/lambda/emulator.ts'
import { arnOf, type Fn } from '../emulators/lambda/world.ts'
import { aws } from './aws.ts'
import { Bench, type Tree } from './edition.ts'
import { killedEverywhere } from './kill.ts'

let bench: Bench
let emulator: LambdaEmulator

async function open(settleMs = 0): Promise<void> {
  emulator = new LambdaEmulator({ settleMs })
  bench = await new Bench({ ...aws, emulate: () => emulator }).start()
}

afterEach(() => bench?.close())

const http = { http: { path: '/a', method: 'get' } }
const ready = {
  concurrency: { min: 2 },
  url: true,
  async: { retries: 1 },
  events: [http, { queue: { queue: 'jobs' } }],
}

function deployed(): Fn {
  return emulator.world.fn('shop-dev-a')
}

function leadsTo(name = 'live'): unknown {
  return deployed().aliases.get(name)?.['FunctionVersion']
}

it('instances that are kept ready are there when a deploy ends, and all events call the alias that has them', async () => {
  await open(800)
  bench.write({ a: ready })
  await bench.deploy()
  const { facets } = deployed()
  expect(facets.get('live')?.provisioned?.count).toBe(2)
  expect(facets.get('live')?.provisioned?.busyUntil).toBeLessThan(performance.now())
  expect(facets.get('live')?.url).toBeDefined()
  expect(facets.get('live')?.async).toMatchObject({ MaximumRetryAttempts: 1 })
  expect(facets.get('')?.url).toBeUndefined()
  const state = JSON.stringify(emulator.state())
  expect(state).toContain(`\\"IntegrationUri\\":\\"${arnOf('shop-dev-a')}:live\\"`)
  expect(state).toContain(`\\"FunctionArn\\":\\"${arnOf('shop-dev-a')}:live\\"`)
  expect(await bench.plan()).toEqual([])
})

it('new code becomes a version, which the alias leads to and which has its instances before the deploy ends', async () => {
  await open(500)
  bench.write({ a: ready })
  await bench.deploy()
  bench.write({ a: ready }, {}, 'two')
  expect(await bench.plan()).toEqual(['update function/a: Code', 'update alias/a/live: Version.Code'])
  await bench.deploy()
  expect(leadsTo()).toBe('2')
  expect(deployed().facets.get('live')?.provisioned?.busyUntil).toBeLessThan(performance.now())
  bench.write({ a: { ...ready, memorySize: 1024 } }, {}, 'two')
  expect(await bench.plan()).toEqual(['update function/a: MemorySize', 'update alias/a/live: Version.MemorySize'])
  await bench.deploy()
  expect(leadsTo()).toBe('3')
})

it('how many are kept ready can be changed and taken away', async () => {
  await open()
  bench.write({ a: ready })
  await bench.deploy()
  bench.write({ a: { ...ready, concurrency: { min: 3 } } })
  expect(await bench.plan()).toEqual(['update provisioned/a@live: ProvisionedConcurrentExecutions'])
  await bench.deploy()
  bench.write({ a: { ...ready, concurrency: undefined } })
  expect((await bench.plan()).filter((line) => line.startsWith('delete'))).toEqual(
    expect.arrayContaining(['delete alias/a/live', 'delete provisioned/a@live', 'delete url/a@live']),
  )
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(deployed().aliases.size).toBe(0)
  expect(Object.keys(deployed().tags).filter((tag) => tag.includes('live'))).toEqual([])
})

it('instances that could not be made fail the deploy with the reason, and the next plan says so', async () => {
  await open()
  bench.write({ a: { ...ready, environment: { FAIL_INIT: '1' } } })
  const { failed } = await outcome()
  expect(failed).toContain('SLS5007')
  expect(JSON.stringify(bench.events)).toContain('FUNCTION_ERROR_INIT_FAILURE')
  expect(await bench.plan()).toContain('update provisioned/a@live: Status')
  bench.write({ a: ready })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
})

async function outcome(): Promise<{ readonly failed: string }> {
  const failure = await bench.deploy().catch((error: unknown) => error)
  return { failed: isSlsError(failure) ? failure.diagnostics.map(({ code }) => code).join() : '' }
}

it('instances that are still being made are waited for', async () => {
  await open()
  bench.write({ a: ready })
  await bench.deploy()
  const { provisioned } = deployed().facets.get('live') ?? {}
  if (!provisioned) throw new Error('no instances')
  provisioned.busyUntil = performance.now() + 60_000
  expect(await bench.plan()).toEqual(['update provisioned/a@live: Status'])
  const sent = emulator.mutations.length
  const waiting = bench.deploy()
  emulator.options = {
    boundary: ({ action }) => {
      if (action === 'GetProvisionedConcurrencyConfig') provisioned.busyUntil -= 25_000
    },
  }
  await waiting
  expect(emulator.mutations.length).toBe(sent)
})

it('an alias that events name is made by the first deploy, and moved by nobody but its owner', async () => {
  await open()
  const functions = { a: { events: [{ http: { ...http.http, qualifier: 'prod' } }] } }
  bench.write(functions)
  await bench.deploy()
  expect(leadsTo('prod')).toBe('1')
  expect(JSON.stringify(emulator.state())).toContain(`${arnOf('shop-dev-a')}:prod`)
  bench.write(functions, {}, 'two')
  await bench.deploy()
  expect(leadsTo('prod')).toBe('1')
  expect(await bench.plan()).toEqual([])
  const options = { dir: bench.dir, provider: 'aws', function: 'a' }
  await setAlias({ ...options, name: 'prod', version: 'latest' }, bench.io)
  expect(await bench.plan()).toEqual([])
  await setAlias({ ...options, name: 'own', version: '1' }, bench.io)
  bench.write({ a: { events: [http] } }, {}, 'two')
  await bench.deploy()
  expect([...deployed().aliases.keys()]).toEqual(['own'])
  expect(await bench.plan()).toEqual([])
})

it('an alias that somebody made is called by events, and stays when they stop', async () => {
  await open()
  bench.write({ a: { events: [http] } })
  await bench.deploy()
  await setAlias({ dir: bench.dir, provider: 'aws', function: 'a', name: 'live', version: 'latest' }, bench.io)
  bench.write({ a: { events: [{ http: { ...http.http, qualifier: 'live' } }] } })
  await bench.deploy()
  bench.write({ a: { events: [http] } })
  await bench.deploy()
  expect([...deployed().aliases.keys()]).toEqual(['live'])
})

it('a canary holds the alias of ready instances back, and the next deploy ends it', async () => {
  await open()
  bench.write({ a: ready })
  await bench.deploy()
  bench.write({ a: ready }, {}, 'two')
  await bench.deploy({ canary: 0.1 })
  expect(JSON.stringify(bench.events)).not.toContain('SLS5010')
  expect(leadsTo()).toBe('1')
  expect(deployed().aliases.get('live')?.['RoutingConfig']).toEqual({ AdditionalVersionWeights: { 2: 0.1 } })
  expect((await bench.plan()).join()).toContain('update alias/a/live: Version.Code, Weights.2')
  await promote({ dir: bench.dir, provider: 'aws', alias: 'live' }, bench.io)
  expect(leadsTo()).toBe('2')
  expect(await bench.plan()).toEqual([])
})

it('secrets in a version are told to be so', async () => {
  await open()
  bench.write({ a: { ...ready, environment: { TOKEN: '${secret:TOKEN}' } } })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  bench.write({ a: ready })
  expect(await bench.plan()).toEqual([
    'update function/a: Environment.Variables.TOKEN',
    'update alias/a/live: Version.Environment.Variables.TOKEN',
  ])
  expect(JSON.stringify(bench.events)).not.toContain('planted-5ecret-value')
})

it('the emulator gives instances to versions and aliases only', async () => {
  await open()
  bench.write({ a: ready })
  await bench.deploy()
  const put = (Qualifier: string, ProvisionedConcurrentExecutions: number): Promise<unknown> =>
    send('PutProvisionedConcurrencyConfigCommand', {
      FunctionName: 'shop-dev-a',
      Qualifier,
      ProvisionedConcurrentExecutions,
    })
  await expect(put('$LATEST', 1)).rejects.toThrow('unpublished function versions')
  await expect(put('other', 1)).rejects.toThrow('Cannot find alias arn')
  await expect(put('live', 0)).rejects.toThrow('at least 1')
  await expect(send('DeleteAliasCommand', { FunctionName: 'shop-dev-a', Name: 'live' })).rejects.toThrow('Provisioned')
})

type Sdk = new (given: object) => { send(command: object): Promise<Tree> }

async function send(command: string, input: object): Promise<unknown> {
  const load = createRequire(resolve(import.meta.dirname, '../../plugins/aws/package.json'))
  const sdk = load('@aws-sdk/client-lambda') as Record<string, Sdk>
  const { LambdaClient, [command]: Command } = sdk
  if (!LambdaClient || !Command) throw new Error(command)
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' }
  const client = new LambdaClient({ endpoint: bench.address, credentials, region: 'us-east-1' })
  return await client.send(new Command(input))
}

it('a deploy with ready instances that is killed at any change is finished by the next one', {
  timeout: 600_000,
}, async () => {
  await killedEverywhere(aws, { a: { concurrency: { min: 1 }, events: [http] } }, { changesOnly: true })
})
