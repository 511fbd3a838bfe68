import { describe, expect, test } from 'vitest'
import { scheduleInput } from '../../plugins/aws/src/lambda/timer.ts'
import { start as startLambda } from '../../plugins/aws/src/runtime/lambda/start.ts'
import { emulator as local } from '../../src/local/runtime/emulator.ts'
import { start as startLocal } from '../../src/local/runtime/start.ts'
import type { CloudEvent, Context } from '../../src/runtime/src/index.ts'
import { recordLog } from './log.ts'
import { entryOf, fire, info, type Module, member, type Platform, senders } from './platforms.ts'

const log = recordLog()

const nightly = { kind: 'timer' as const, trigger: 'nightly' }

function one(platform: Platform, module: Module, rest: Parameters<typeof member>[1] = {}) {
  return entryOf(platform.start, [member('f', rest)], { f: module })
}

describe.each(senders.map((platform) => [platform.name, platform] as const))('%s', (_, platform) => {
  test('a timer is the same CloudEvent everywhere', async () => {
    const seen: unknown[] = []
    const handler = (ctx: Context, event: CloudEvent) => {
      seen.push(event, { ...ctx.trigger }, ctx.function, ctx.service, ctx.stage, ctx.requestId)
      return 'done'
    }
    const entry = one(platform, { handler })
    expect(await fire(platform, entry, { ...nightly, data: { a: [1] } })).toBe('done')
    expect(seen).toEqual([
      {
        specversion: '1.0',
        id: 'request-1',
        source: '/shop/f/nightly',
        type: 'anyfaas.timer',
        time: '2026-01-02T03:04:05.000Z',
        datacontenttype: 'application/json',
        data: { name: 'nightly', time: '2026-01-02T03:04:05.000Z', payload: { a: [1] } },
      },
      { kind: 'timer', name: 'nightly' },
      'f',
      'shop',
      'dev',
      'request-1',
    ])
  })

  test.each([
    ['a text', 'hello', 'hello'],
    ['a text that is JSON', '{"a":1}', { a: 1 }],
    ['a number', 7, 7],
    ['nothing', undefined, undefined],
  ])('the payload of a timer: %s', async (_name, payload, expected) => {
    let seen: unknown = 'untouched'
    const handler = (_ctx: Context, event: CloudEvent<{ payload: unknown }>) => {
      seen = event.data.payload
    }
    await fire(platform, one(platform, { handler }), { ...nightly, data: payload })
    expect(seen).toEqual(expected)
  })

  test.each([
    ['an object', { a: { b: [1, null] } }],
    ['a list', [1, 'x']],
    ['a text', 'hello'],
    ['a number', 7],
    ['null', null],
  ])('an event as it was sent: %s', async (_name, data) => {
    let type: string | undefined
    const handler = (ctx: Context, event: CloudEvent) => {
      type = event.type
      expect(ctx.trigger).toEqual({ kind: 'event' })
      return { got: event.data }
    }
    expect(await fire(platform, one(platform, { handler }), { kind: 'event', data })).toEqual({ got: data })
    expect(type).toBe('anyfaas.event')
  })

  test.each([
    ['an object', { a: 1 }, { a: 1 }],
    ['a text', 'x', 'x'],
    ['nothing', undefined, null],
    ['null', null, null],
    ['zero', 0, 0],
    ['false', false, false],
    ['an empty text', '', ''],
  ])('the result of an event: %s', async (_name, value, expected) => {
    expect(await fire(platform, one(platform, { handler: async () => value }), { kind: 'event', data: {} })).toEqual(
      expected,
    )
  })

  test("the platform's own event and context are there", async () => {
    let seen: unknown
    const handler = (ctx: Context) => {
      seen = [ctx.originEvent, typeof ctx.originContext]
    }
    await fire(platform, one(platform, { handler }), { ...nightly, data: 'x' })
    const [origin, context] = seen as [unknown, string]
    const event = origin instanceof Uint8Array ? JSON.parse(Buffer.from(origin).toString()) : origin
    expect([event, context]).toEqual([platform.emulator.event({ ...nightly, data: 'x' }, info), 'object'])
  })

  test('an error reaches the platform whole, and the log with the request', async () => {
    const error = Object.assign(new Error('no'), { code: 'E_NO' })
    const entry = one(platform, { handler: () => Promise.reject(error) })
    await expect(fire(platform, entry, { kind: 'event', data: {} })).rejects.toBe(error)
    expect(log).toEqual([{ prefix: '[request-1] function "f" failed:', error }])
  })

  test('what is thrown and no error becomes one', async () => {
    const entry = one(platform, { handler: () => Promise.reject(undefined) })
    await expect(fire(platform, entry, { kind: 'event', data: {} })).rejects.toThrow(
      'the handler threw undefined instead of an error',
    )
  })

  test('a function that is deployed alone gets what comes, whatever it declares', async () => {
    const entry = one(platform, { handler: () => 'got it' }, { triggers: [{ kind: 'timer', name: 'other' }] })
    expect(await fire(platform, entry, { ...nightly, data: 1 })).toBe('got it')
    expect(await fire(platform, entry, { kind: 'event', data: 1 })).toBe('got it')
  })

  test('ctx.send says what is missing', async () => {
    const entry = one(platform, { handler: (ctx: Context) => ctx.send({ a: 1 }, 'audit') })
    await expect(fire(platform, entry, { kind: 'event', data: {} })).rejects.toThrow(
      'ctx.send: function "f" has no output "audit"; declare it under "outputs" in the service file',
    )
  })

  describe('among several functions', () => {
    const handlers = { a: { handler: () => 'a' }, b: { handler: () => 'b' }, c: { handler: () => 'c' } }
    const members = [
      member('a', { triggers: [{ kind: 'timer', name: 'nightly' }] }),
      member('b', {
        triggers: [
          { kind: 'timer', name: 'weekly' },
          { kind: 'event', name: 'event' },
        ],
      }),
      member('c', { routes: [{ path: '/*', methods: [] }] }),
    ]

    test("the trigger's name decides", async () => {
      const entry = entryOf(platform.start, members, handlers)
      expect(await fire(platform, entry, { kind: 'timer', trigger: 'weekly', data: '' })).toBe('b')
      expect(await fire(platform, entry, { kind: 'timer', trigger: 'nightly', data: '' })).toBe('a')
    })

    test('the only one of its kind takes an event without a name', async () => {
      expect(await fire(platform, entryOf(platform.start, members, handlers), { kind: 'event', data: {} })).toBe('b')
    })

    test('two of a kind and an unknown name are an error that names both', async () => {
      const call = fire(platform, entryOf(platform.start, members, handlers), {
        kind: 'timer',
        trigger: 'yearly',
        data: '',
      })
      await expect(call).rejects.toThrow(
        'an event of kind "timer" from the trigger "yearly" could be for "a", "b": none of their triggers has that name',
      )
    })

    test('none of a kind is an error', async () => {
      const entry = entryOf(platform.start, [member('a'), member('b')], handlers)
      await expect(fire(platform, entry, { kind: 'event', data: {} })).rejects.toThrow(
        'no function of "front" takes an event of kind "event"',
      )
    })
  })
})

test('the local platform passes every kind of event on', async () => {
  let seen: CloudEvent | undefined
  const handler = (_ctx: Context, event: CloudEvent) => {
    seen = event
  }
  const platform = { name: 'local', start: startLocal, emulator: local }
  const data = { bucket: 'b', key: 'k' }
  await fire(platform, one(platform, { handler }), { kind: 'os', trigger: 'uploads', data })
  expect(seen).toMatchObject({ type: 'anyfaas.os', source: '/shop/f/uploads', data })
})

test('the question of a gateway to an authorizer is an event and no request', async () => {
  const entry = entryOf(startLambda, [member('f')], {
    f: { handler: (_ctx: Context, event?: CloudEvent) => event?.type },
  })
  const handle = entry.handler as unknown as (event: object, context: object) => Promise<unknown>
  const http = { httpMethod: 'GET', path: '/', headers: {}, requestContext: { http: {} }, version: '2.0', rawPath: '/' }
  expect(await handle({ ...http, type: 'REQUEST', methodArn: 'arn' }, {})).toBe('anyfaas.event')
  expect(await handle(http, {})).toMatchObject({ statusCode: 204 })
})

describe('schedules of Lambda', () => {
  async function timer(event: object): Promise<unknown> {
    let seen: unknown
    const handler = (_ctx: Context, { data }: CloudEvent) => {
      seen = data
    }
    const entry = entryOf(startLambda, [member('f')], { f: { handler } })
    await (entry.handler as unknown as (event: object, context: object) => Promise<unknown>)(event, {})
    return seen
  }

  test('a rule of EventBridge', async () => {
    const event = {
      version: '0',
      id: '1',
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      time: '2026-01-01T00:00:00Z',
      resources: ['arn:aws:events:us-east-1:123456789012:rule/nightly'],
      detail: {},
    }
    expect(await timer(event)).toEqual({ name: 'nightly', time: '2026-01-01T00:00:00.000Z', payload: undefined })
  })

  test('a schedule of EventBridge Scheduler without an input', async () => {
    const resources = ['arn:aws:scheduler:us-east-1:123456789012:schedule/default/nightly']
    const event = {
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      time: '2026-01-01T00:00:00Z',
      resources,
      detail: '{}',
    }
    expect(await timer(event)).toEqual({ name: 'nightly', time: '2026-01-01T00:00:00.000Z', payload: undefined })
  })

  test('the input that the translation writes', async () => {
    const event = JSON.parse(
      scheduleInput('nightly', { a: 1 }).replace('<aws.scheduler.scheduled-time>', '2026-01-01T00:00:00Z'),
    )
    expect(await timer(event)).toEqual({ name: 'nightly', time: '2026-01-01T00:00:00.000Z', payload: { a: 1 } })
  })
})
