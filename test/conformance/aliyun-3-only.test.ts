import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Event, isSlsError } from '@anyfaas/kit'
import { afterEach, describe, expect, it } from 'vitest'
import { setAlias } from '../../src/actions/versions.ts'
import type { EmulatorOptions } from '../emulators/emulator.ts'
import { Fc3Emulator } from '../emulators/fc3/emulator.ts'
import { aliyun3 } from './aliyun-3.ts'
import { Bench, type Tree } from './edition.ts'

let bench: Bench
let emulator: Fc3Emulator
const open = async (): Promise<void> => {
  const emulate = (options?: EmulatorOptions): Fc3Emulator => {
    emulator = new Fc3Emulator(options)
    return emulator
  }
  bench = await new Bench({ ...aliyun3, emulate }).start()
}
afterEach(() => bench.close())

const codesOf = async (work: Promise<unknown>): Promise<unknown> => {
  const failure = await work.catch((error: unknown) => error)
  return isSlsError(failure) ? failure.diagnostics.map(({ code }) => code) : failure
}

describe('a service that is deployed in edition 2.0', () => {
  it('is not deployed a second time: what it takes is explained, and nothing is touched', async () => {
    await open()
    emulator.older.push({ functionName: 'shop-dev$get', description: '[anyfaas shop/dev]' })
    bench.write({ get: {} })
    const failure = await bench.deploy().catch((error: unknown) => error)
    if (!isSlsError(failure)) throw failure
    const [diagnostic] = failure.diagnostics
    expect(diagnostic).toMatchObject({ code: 'SLS5011', message: expect.stringContaining('shop-dev') })
    expect(diagnostic?.notes?.map(({ message }) => message).join()).toContain('timers fire in both')
    expect(await codesOf(bench.plan())).toEqual(['SLS5011'])
    expect(emulator.mutations).toEqual([])
  })

  it('is asked for before the first deploy only', async () => {
    await open()
    bench.write({ get: {} })
    await bench.deploy()
    emulator.older.push({ functionName: 'shop-dev$get', description: '[anyfaas shop/dev]' })
    expect(await bench.plan()).toEqual([])
  })

  it('by somebody else, or of another stage, is no obstacle; the same name is told', async () => {
    await open()
    emulator.older.push({ functionName: 'shop-dev$get', description: 'by hand' })
    emulator.older.push({ functionName: 'shop-dev2$get', description: '[anyfaas shop/dev2]' })
    bench.write({ get: {} })
    await bench.deploy()
    const notes = bench.events.flatMap((event: Event) => (event.kind === 'phase' ? [event.name] : []))
    expect(notes).toContainEqual(expect.stringContaining('edition 2.0 has a service shop-dev too, with get'))
  })
})

it('rules of EventBridge, load balancers and settings of aliases that others made are left alone', async () => {
  await open()
  bench.write({ get: { async: { retries: 1 }, events: [{ timer: { cron: '0 8 * * *' } }] } })
  await bench.deploy()
  const theirs = { triggerConfig: '{}', qualifier: 'LATEST' }
  const setting = { maxAsyncRetryAttempts: 5 }
  emulator.plantBeside('shop-dev-get', { ...theirs, triggerName: 'bus|rule', triggerType: 'eventbridge' }, setting)
  emulator.plantBeside('shop-dev-get', { ...theirs, triggerName: 'lb', triggerType: 'alb' }, setting)
  expect(await bench.plan()).toEqual([])
})

describe('an image', () => {
  const image = (tag: string, overrides = {}): Record<string, Tree> => ({
    run: {
      runtime: 'container',
      container: {
        image: `registry.cn-hangzhou.aliyuncs.com/me/app:${tag}`,
        port: 8080,
        command: ['node'],
        args: ['a.js'],
      },
      overrides: { aliyun: overrides },
      events: [{ http: 'GET /' }],
    },
  })

  it('is run with its settings, and another one is an update', async () => {
    await open()
    bench.write(image('1'))
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    expect(JSON.stringify(emulator.state())).toContain('"entrypoint":["node"]')
    bench.write(image('2'))
    expect(await bench.plan()).toEqual(['update function/run: customContainerConfig.image'])
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
  })

  it('may come from an enterprise registry', async () => {
    await open()
    bench.write(image('1', { customContainerConfig: { acrInstanceId: 'cri-1' } }))
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    expect(JSON.stringify(emulator.state())).toContain('cri-1')
  })
})

it('words of the vendor’s tool are refused before anything is deployed', async () => {
  await open()
  bench.write({ a: { overrides: { aliyun: { provisionConfig: { defaultTarget: 1 } } } } })
  expect(await codesOf(bench.deploy())).toEqual(['SLS3001'])
  expect(emulator.mutations).toEqual([])
})

it('who may not remove a function loses none of its aliases and versions', async () => {
  await open()
  bench.write({ get: {} })
  await bench.deploy()
  const options = { dir: bench.dir, function: 'get', name: 'live' }
  await setAlias({ ...options, version: 'latest' }, bench.io)
  emulator.denied.add('DeleteFunction')
  const before = emulator.mutations.length
  expect(await codesOf(bench.remove())).toEqual(['SLS5007', 'SLS5001'])
  expect(emulator.mutations.slice(before)).toEqual(['DeleteFunction'])
  emulator.denied.clear()
  emulator.denied.add('DeleteFunctionVersion')
  const failure = await bench.remove().catch((error: unknown) => error)
  if (!isSlsError(failure)) throw failure
  expect(failure.message).toContain('the user may not DeleteFunctionVersion')
  expect(failure.message).toContain('FunctionNotEmpty')
})

it('a function waits for its triggers to be gone, and only what others made is named as the reason why it stays', async () => {
  await open()
  bench.write({ get: { events: [{ timer: { cron: '0 8 * * *' } }] }, network: {} })
  await bench.deploy()
  emulator.lingerMs = 300
  bench.write({ network: {} })
  await bench.deploy()
  expect(emulator.names).toEqual(['shop-dev-network'])
  bench.write({ get: { events: [{ timer: { cron: '0 8 * * *' } }] }, network: {} })
  await bench.deploy()
  emulator.plantBeside('shop-dev-get', { triggerName: 'theirs', triggerType: 'alb', triggerConfig: '{}' }, {})
  emulator.lingerMs = 60_000
  bench.write({ network: {} })
  const failure = await bench.deploy().catch((error: unknown) => error)
  if (!isSlsError(failure)) throw failure
  const [diagnostic] = failure.diagnostics
  expect(diagnostic).toMatchObject({ code: 'SLS5007', message: expect.stringContaining('FunctionNotEmpty') })
  expect(diagnostic?.notes?.map(({ message }) => message).join()).toMatch(/left alone: theirs$/)
})

it('a trigger whose description or role somebody set by hand gets what the file says', async () => {
  await open()
  bench.write({ get: { events: [{ timer: { name: 'daily', cron: '0 8 * * *' } }] } })
  await bench.deploy()
  emulator.driftTrigger('shop-dev-get/daily', { description: 'by hand', invocationRole: 'acs:ram::1:role/x' })
  expect(await bench.plan()).toEqual(['update trigger/get/daily: description, invocationRole'])
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
})

it('raw settings are made and changed, go when they leave the file, and count only where the file names them', async () => {
  await open()
  const raw = (aliyun: Tree): Record<string, Tree> => ({ get: { overrides: { aliyun } } })
  const customDNS = { nameServers: ['10.0.0.2'], searches: ['shop.example'], dnsOptions: [] }
  bench.write(raw({ instanceIsolationMode: 'SHARE', sessionAffinity: 'NONE', resourceGroupId: 'rg-1', customDNS }))
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  emulator.drift('shop-dev-get', { idleTimeout: 60 })
  expect(await bench.plan()).toEqual([])
  bench.write(raw({ instanceIsolationMode: 'SESSION_EXCLUSIVE', resourceGroupId: 'rg-1' }))
  expect(await bench.plan()).toEqual(['update function/get: instanceIsolationMode, customDNS'])
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
})

it('triggers of the event bus are made and changed, and made anew where no update changes them', async () => {
  await open()
  const bus = (...events: Tree[]): Record<string, Tree> => ({ read: { events } })
  const kafka = {
    name: 'stream',
    instance: 'alikafka-1',
    topics: ['clicks'],
    group: 'g1',
    batch: { size: 10, window: 5 },
  }
  const others: Tree[] = [
    { mqtt: { name: 'things', instance: 'mqtt-1', topic: 'home' } },
    { eventbus: { name: 'changes', pattern: { source: ['acs.oss'] } } },
  ]
  bench.write(bus({ kafka }, ...others))
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  const { triggers } = emulator.state() as { triggers: Record<string, Tree> }
  const config = JSON.parse(String(triggers['shop-dev-read/stream']?.['triggerConfig'])) as Tree
  expect(config).toMatchObject({
    eventSourceConfig: {
      eventSourceType: 'Kafka',
      eventSourceParameters: { sourceKafkaParameters: { Topic: 'clicks' } },
    },
    runOptions: { batchWindow: { CountBasedWindow: 10, TimeBasedWindow: 5 } },
  })
  const changed = async (): Promise<readonly string[]> => {
    const sent = emulator.mutations.length
    await bench.deploy()
    return emulator.mutations.slice(sent).filter((action) => action.endsWith('Trigger'))
  }
  bench.write(bus({ kafka: { ...kafka, topics: ['views'] } }, ...others))
  expect(await changed()).toEqual(['UpdateTrigger'])
  bench.write(bus({ queue: { name: 'stream', queue: 'jobs', enabled: false } }, ...others))
  expect(await changed()).toEqual(['DeleteTrigger', 'CreateTrigger'])
  expect(await bench.plan()).toEqual([])
  await bench.remove()
  expect(JSON.stringify(emulator.state())).not.toContain('shop-dev')
})

it('a server of a custom runtime is made, updated, and turned into a function with a handler', async () => {
  await open()
  writeFileSync(join(bench.dir, 'run.sh'), '#!/bin/sh\n')
  const server = (port: number, overrides: Tree = {}): Record<string, Tree> => ({
    run: {
      runtime: 'custom',
      custom: { command: './run.sh', port },
      concurrency: 10,
      overrides: { aliyun: overrides },
    },
  })
  bench.write(server(8080))
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  const told = (): Tree => (emulator.state() as { functions: Record<string, Tree> }).functions['shop-dev-run'] ?? {}
  expect(told()).toMatchObject({
    runtime: 'custom.debian12',
    customRuntimeConfig: { command: ['/code/run.sh'], port: 8080 },
  })
  bench.write(server(8081, { runtime: 'custom.debian11' }))
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(told()).toMatchObject({ runtime: 'custom.debian11', customRuntimeConfig: { port: 8081 } })
  const image = { image: 'registry.cn-hangzhou.aliyuncs.com/me/app:1', port: 8080 }
  for (const [next, runtime] of [
    [{}, 'nodejs20'],
    [{ runtime: 'container', container: image }, 'custom-container'],
    [{}, 'nodejs20'],
  ] as const) {
    bench.write({ run: next })
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    expect(told()['runtime']).toBe(runtime)
  }
})
