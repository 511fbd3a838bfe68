import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { afterEach, describe, expect, it } from 'vitest'
import { invokeRemote } from '../../src/actions/invoke-remote.ts'
import { publish } from '../../src/actions/versions.ts'
import type { EmulatorOptions } from '../emulators/emulator.ts'
import { Fc2Emulator } from '../emulators/fc2/emulator.ts'
import { aliyun2 } from './aliyun-2.ts'
import { Bench, type Tree } from './edition.ts'
import { killedEverywhere } from './kill.ts'

// What this edition has besides what every platform bears: a service of its own around the functions.

let bench: Bench
let emulator: Fc2Emulator
const open = async (settings: Tree = {}): Promise<void> => {
  const emulate = (options?: EmulatorOptions): Fc2Emulator => {
    emulator = new Fc2Emulator(options)
    return emulator
  }
  bench = await new Bench({ ...aliyun2, emulate, settings: { ...aliyun2.settings, ...settings } }).start()
}
afterEach(() => bench.close())

describe('a service that is deployed in edition 3.0', () => {
  const mark = (stage: string): Tree[] => [
    { key: 'anyfaas-service', value: 'shop' },
    { key: 'anyfaas-stage', value: stage },
  ]

  it('is not deployed a second time, and nothing is touched', async () => {
    await open()
    emulator.newer = [{ functionName: 'shop-dev-get', tags: mark('dev') }]
    bench.write({ get: {} })
    const failure = await bench.deploy().catch((error: unknown) => error)
    if (!isSlsError(failure)) throw failure
    expect(failure.diagnostics).toMatchObject([
      { code: 'SLS5011', message: 'the service is deployed in edition 3.0, with shop-dev-get' },
    ])
    expect(emulator.mutations).toEqual([])
  })

  it('is found by the names that things get on the platform', async () => {
    await open()
    const tags = [{ key: 'anyfaas-service', value: 'my.shop' }, ...mark('dev').slice(1)]
    emulator.newer = [{ functionName: 'my-shop-dev-get-0a1b2c3d', tags }]
    bench.write({ get: {} }, { service: 'my.shop' })
    const failure = await bench.plan().catch((error: unknown) => error)
    expect(isSlsError(failure) && failure.diagnostics[0]?.code).toBe('SLS5011')
  })

  it('of another stage, or by hand, or later, is no obstacle', async () => {
    await open()
    emulator.newer = [{ functionName: 'shop-dev-get' }, { functionName: 'shop-dev-2', tags: mark('dev-2') }]
    bench.write({ get: {} })
    await bench.deploy()
    emulator.newer = [{ functionName: 'shop-dev-get', tags: mark('dev') }]
    expect(await bench.plan()).toEqual([])
  })

  it('cannot be asked for where there is no edition 3.0, which is told', async () => {
    await open()
    emulator.newer = undefined
    bench.write({ get: {} })
    await bench.deploy()
    expect(JSON.stringify(bench.events)).toContain('whether edition 3.0 has this service too could not be asked')
  })
})

const FUNCTIONS = { get: { events: [{ http: 'GET /a' }] }, tick: { events: [{ timer: { cron: '0 8 * * *' } }] } }

const SHARED: Tree = {
  role: 'acs:ram::1234567890123456:role/fn',
  vpc: { id: 'vpc-1', subnets: ['sub-1', 'sub-2'], securityGroups: ['sg-1'] },
  logs: { project: 'my-project', store: 'my-store' },
}

describe('what the service has for all functions', () => {
  it.each([
    ['another role', { role: 'acs:ram::1234567890123456:role/other' }, 'role'],
    ['no role', { role: undefined }, 'role'],
    ['another network', { vpc: { id: 'vpc-2', subnets: ['sub-3'], securityGroups: ['sg-2'] } }, 'vpcConfig'],
    ['no network', { vpc: undefined }, 'vpcConfig'],
    ['another log', { logs: { project: 'p', store: 's' } }, 'logConfig'],
    ['no log', { logs: undefined }, 'logConfig'],
  ])('changes with %s, and nothing else does', async (_, change, field) => {
    await open(SHARED)
    bench.write(FUNCTIONS)
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    bench.rewrite(change)
    // A log store that is not there is made beside it.
    const planned = (await bench.plan()).filter((line) => !line.startsWith('create log/'))
    expect(planned).toHaveLength(1)
    expect(planned[0]).toMatch(new RegExp(`^update service: .*${field}`))
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
  })

  it('is mended when somebody changed it by hand', async () => {
    await open(SHARED)
    bench.write(FUNCTIONS)
    await bench.deploy()
    const before = emulator.state()
    emulator.driftService('shop-dev', { role: '' })
    expect(await bench.plan()).toEqual(['update service: role'])
    await bench.deploy()
    expect(emulator.state()).toEqual(before)
  })
})

describe('a deploy that is killed while it makes a log store and a service with all of its settings', () => {
  it('is finished by the next one', { timeout: 300_000 }, async () => {
    await open()
    const edition = { ...aliyun2, settings: { ...aliyun2.settings, ...SHARED } }
    await killedEverywhere(edition, { tick: { async: { retries: 1 } } })
  })
})

describe('somebody else’s', () => {
  it('functions in a service that was taken over are left alone, and then it is said that it cannot be removed', async () => {
    await open()
    emulator.plant('shop-dev-theirs')
    bench.write(FUNCTIONS)
    await bench.deploy({ adopt: true })
    expect(await bench.plan()).toEqual([])
    const failure = await bench.remove().catch((error: unknown) => error)
    expect(isSlsError(failure) && failure.message).toContain('ServiceNotEmpty')
    const { functions } = emulator.state() as { functions: Tree }
    expect(Object.keys(functions)).toEqual(['shop-dev/theirs'])
  })
})

describe('a domain', () => {
  const domain = { domain: { name: 'shop.example.com', protocol: 'HTTP' } }

  it('leads to the functions of the service, follows them and goes with them', async () => {
    await open()
    bench.write(FUNCTIONS, domain)
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    const { domains } = emulator.state() as { domains: Record<string, Tree> }
    expect(domains['shop.example.com']).toMatchObject({
      protocol: 'HTTP',
      routeConfig: { routes: [{ path: '/a', serviceName: 'shop-dev', functionName: 'get' }] },
    })
    bench.write({ ...FUNCTIONS, more: { events: [{ http: 'GET /b' }] } }, domain)
    expect(await bench.plan()).toContainEqual(expect.stringMatching(/^update domain\/shop.example.com: .*routes/))
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    await bench.remove()
    expect(emulator.state()).toEqual({
      ...{ services: {}, functions: {}, triggers: {}, configs: {}, domains: {} },
      access: { roles: {}, policies: {} },
    })
  })

  it('by the name of "auto" is refused: the API makes none', async () => {
    await open()
    bench.write(FUNCTIONS, { domain: { name: 'auto' } })
    const failure = await bench.deploy().catch((error: unknown) => error)
    expect(isSlsError(failure) && failure.diagnostics.map(({ code }) => code)).toEqual(['SLS3001'])
    expect(emulator.requests).toEqual([])
  })
})

describe('versions', () => {
  it('are of the whole service, made once for all functions and not twice of the same', async () => {
    await open()
    bench.write(FUNCTIONS)
    await bench.deploy()
    const wish = { dir: bench.dir, functions: ['get', 'tick'] }
    const first = (await publish(wish, bench.io)).versions.map(({ fn, id }) => [fn, id])
    expect(first).toEqual([
      ['get', '1'],
      ['tick', '1'],
    ])
    expect((await publish(wish, bench.io)).versions.map(({ id }) => id)).toEqual(['1', '1'])
    bench.write(FUNCTIONS, {}, 'two')
    await bench.deploy()
    expect((await publish(wish, bench.io)).versions.map(({ id }) => id)).toEqual(['2', '2'])
    await bench.remove()
    expect(emulator.state()).toMatchObject({ services: {} })
  })
})

describe('servers', () => {
  const server = (more: Tree): Record<string, Tree> => ({ run: { events: [{ http: 'GET /' }], ...more } })

  it('of a custom runtime and of an image are made and updated', async () => {
    await open()
    writeFileSync(join(bench.dir, 'run.sh'), '#!/bin/sh\n')
    const custom = { runtime: 'custom', custom: { command: './run.sh', port: 8080 } }
    bench.write(server(custom))
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    const image = (tag: string): Tree => ({
      runtime: 'container',
      container: { image: `registry.cn-hangzhou.aliyuncs.com/me/app:${tag}`, port: 8080, command: ['node'] },
    })
    bench.write(server(image('1')))
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    bench.write(server(image('2')))
    expect(await bench.plan()).toEqual(['update function/run: customContainerConfig.image'])
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
  })

  it('and functions with HTTP triggers are called with the request that one describes', async () => {
    await open()
    bench.write({ get: { events: [{ http: { path: '/a/:id', method: 'get,post' } }] } })
    await bench.deploy()
    const wish = { dir: bench.dir, function: 'get', method: 'post', path: '/a/1?b=2', data: '{"c":3}' }
    const { answer } = await invokeRemote(wish, bench.io)
    expect(answer.payload).toBe('{"c":3}')
    const { url, method } = emulator.requests.at(-1) ?? { url: '', method: '' }
    expect(`${method} ${url}`).toBe('POST /2016-08-15/proxy/shop-dev/get/a/1?b=2')
  })
})

it('is deployed in many steps at once without a warning of Node’s', async () => {
  await open()
  bench.emulator.options = { latencyMs: 100 }
  const warnings: string[] = []
  const listen = (warning: Error): void => void warnings.push(warning.name)
  process.on('warning', listen)
  bench.write(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, {}])))
  await bench.deploy()
  await bench.deploy()
  process.off('warning', listen)
  expect(warnings).toEqual([])
})

it('is refused for a trigger that the API does not have', async () => {
  await open()
  bench.write({ read: { events: [{ stream: { stream: 'clicks' } }] } })
  const failure = await bench.deploy().catch((error: unknown) => error)
  expect(isSlsError(failure) && failure.diagnostics[0]?.message).toContain('Datahub')
})
