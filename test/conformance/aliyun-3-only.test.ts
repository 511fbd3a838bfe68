import { type Event, isSlsError } from '@anyfaas/kit'
import { afterEach, describe, expect, it } from 'vitest'
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
