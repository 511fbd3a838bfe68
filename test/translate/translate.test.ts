import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { scheduleInput } from '../../plugins/aws/src/lambda/timer.ts'
import { scheduleRow } from '../../plugins/aws/src/runtime/lambda/bus-events.ts'
import { loadService } from '../../src/config/load.ts'
import { isRef, type Resource, type Service, type Tree } from '../../src/kit/src/index.ts'
import { http, makeAggregate, makeFn, makeService, timer } from '../fixtures/service.ts'
import { hasContracts, loadChecks } from './contracts.ts'
import { loadTargets, translateAll } from './targets.ts'

const root = join(import.meta.dirname, '../golden')
const cases = readdirSync(root).filter((name) => existsSync(join(root, name, 'serverless.yml')))
const targets = await loadTargets()

function refsIn(value: unknown): string[] {
  if (isRef(value)) return [value.$ref]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(refsIn)
}

function manyFunctions(count: number): Service {
  return makeService({
    domain: {
      at: '/domain',
      name: 'api.example.com',
      certificate: { arn: 'arn:aws:acm:us-east-1:1:certificate/x', id: 'x' },
    },
    functions: Array.from({ length: count }, (_, index) =>
      makeFn(`fn${index}`, {
        environment: { INDEX: String(index) },
        triggers: [http(`/fn${index}/:id`, { methods: ['GET'] }), timer('0 2 * * *')],
      }),
    ),
  })
}

describe.each(targets)('$name', (target) => {
  it('gives every resource an id of its own, and references lead to one', async () => {
    for (const name of cases) {
      const { service } = await loadService({ dir: join(root, name), env: {}, provider: target.provider })
      const { resources } = target.translator.translate(service, {})
      const ids = new Set(resources.map(({ id }) => id))
      expect(ids.size, name).toBe(resources.length)
      for (const id of resources.flatMap(({ spec }) => refsIn(spec))) expect(ids.has(id), `${name}: ${id}`).toBe(true)
    }
  })

  it('says the same of the same service, and changes nothing in it', () => {
    const service = manyFunctions(20)
    const before = JSON.stringify(service)
    expect(JSON.stringify(translateAll(target, service))).toBe(JSON.stringify(translateAll(target, service)))
    expect(JSON.stringify(service)).toBe(before)
  })

  it('takes what was packaged', () => {
    const fn = makeFn('a')
    const artifact = { path: '../out/blog.zip', handler: 'sls_a.handler', digest: 'sha256:0' } as const
    const text = JSON.stringify(translateAll(target, makeService({ functions: [fn] }), { a: artifact }).resources)
    expect(text).toContain('sls_a.handler')
    if (target.name !== 'tencent') expect(text).toContain('../out/blog.zip')
  })

  it('keeps secrets as references', () => {
    const fn = makeFn('a', { environment: { KEY: { $secret: ['x', { name: 'TOKEN' }] } } })
    const { resources, files } = translateAll(target, makeService({ functions: [fn] }))
    expect(JSON.stringify(resources)).toContain('{"$secret":["x",{"name":"TOKEN"}]}')
    expect(JSON.stringify(files)).not.toContain('$secret')
  })

  it('keeps functions apart that would bear one name', () => {
    const functions = [makeFn('a'), makeFn('a', { at: '/aggregation/a' })]
    expect(target.translator.translate(makeService({ functions }), {}).diagnostics.map((d) => d.code)).toContain(
      'SLS1047',
    )
  })

  it('passes on the triggers that an aggregate is deployed with', () => {
    const members = [
      makeFn('x', { triggers: [timer('@daily')] }),
      makeFn('y', { triggers: [timer('@hourly', { enabled: false })] }),
    ]
    const { resources } = target.translator.translate(makeService({ functions: [makeAggregate('x', members)] }), {})
    expect(resources.map(({ id }) => id)).toEqual(expect.arrayContaining(['trigger/x/x-timer', 'trigger/x/y-timer']))
  })

  // Ten times when it is linear, a hundred when it is not; a busy machine gets another chance.
  it('needs no more time a function for a thousand than for a hundred', { retry: 5 }, () => {
    const measure = (service: Service): number => {
      const times = Array.from({ length: 3 }, () => {
        const start = performance.now()
        translateAll(target, service)
        return performance.now() - start
      })
      return Math.min(...times)
    }
    const [few, many] = [manyFunctions(100), manyFunctions(1000)]
    measure(few)
    expect(measure(many) / Math.max(measure(few), 0.5)).toBeLessThan(40)
  })

  it.skipIf(!hasContracts)('is held by a contract that notices mistakes', () => {
    const check = loadChecks()[target.name]
    if (!check) throw new Error('no contract')
    const { resources, files } = translateAll(
      target,
      makeService({ functions: [makeFn('a', { triggers: [timer('@daily')] })] }),
    )
    const spoil = (tree: unknown): unknown =>
      JSON.parse(
        JSON.stringify(tree)
          .replaceAll('"memorySize":512', '"memorySize":"much"')
          .replaceAll('"MemorySize":512', '"MemoryMegabytes":512'),
      )
    expect(check(resources, files)).toEqual([])
    expect(check(spoil(resources) as Resource[], spoil(files) as typeof files)).not.toEqual([])
  })
})

describe('overrides', () => {
  const service = makeService({
    functions: [
      makeFn('a', {
        overrides: {
          aws: { Tracing: 'Active' },
          aliyun: { internetAccess: false, InstanceType: 'c1' },
          tencent: { eip: true },
        },
      }),
    ],
    overrides: {
      aws: { Resources: { AFunction: { Properties: { MemorySize: 1024, Timeout: null } } } },
      aliyun: {
        resources: { a: { props: { memorySize: 1024 } } },
        Resources: { 'blog-dev': { a: { Properties: { MemorySize: 2048 } } } },
      },
      tencent: { inputs: { functions: { a: { memorySize: 1024 } } } },
    },
  })
  const specOf = (name: string): Tree => {
    const target = targets.find((one) => one.name === name)
    return target?.translator.translate(service, {}).resources.find(({ id }) => id === 'function/a')?.spec as Tree
  }

  it('reach what is deployed, not only what is written', () => {
    expect(specOf('aws')).toMatchObject({ MemorySize: 1024, Tracing: 'Active' })
    expect(specOf('aws')).not.toHaveProperty('Timeout')
    expect(specOf('aliyun-3.0')).toMatchObject({ memorySize: 1024, internetAccess: false })
    expect(specOf('aliyun-3.0')).not.toHaveProperty('InstanceType')
    expect(specOf('aliyun-2.0')).toMatchObject({ MemorySize: 2048, InstanceType: 'c1' })
    expect(specOf('tencent')).toMatchObject({ memorySize: 1024, eip: true })
  })
})

describe('what a schedule of AWS sends', () => {
  it.each([undefined, 'clean up', { kind: 'report' }])('is what the runtime reads: %j', (payload) => {
    const event = JSON.parse(scheduleInput('weekly', payload))
    expect(scheduleRow.matches(event, () => false, event)).toBe(true)
    const [words] = [scheduleRow.read(event, event)].flat()
    expect(words).toMatchObject({ trigger: 'weekly', data: { name: 'weekly' } })
    expect(Object(words?.data)['payload']).toEqual(payload)
  })
})

describe('plugins', () => {
  it.each(targets)('$name says where its runtime lies', ({ provider, target }) => {
    for (const [part, url] of Object.entries({
      'runtime.cjs': target.runtime.entry,
      'emulator.cjs': target.runtime.emulator,
    })) {
      const folder = join(import.meta.dirname, '../../plugins', provider, 'dist')
      expect(fileURLToPath(url).startsWith(folder)).toBe(true)
      expect(url.pathname.endsWith(part)).toBe(true)
    }
  })
})
