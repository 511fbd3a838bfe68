import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HttpContext } from '../../src/runtime/src/index.ts'
import { entryFor, junk, PATIENCE_MS, REST, RUNS, request } from './hostile.ts'
import { recordLog } from './log.ts'
import { entryOf, header, httpCall, info, member, type Platform, platforms, send, text } from './platforms.ts'
import { readStreamed, type Streaming, startStreamed } from './stream-shape.ts'

recordLog()

// The local gateway and the stream of FC 2.0 are made by a server and not read from JSON; servers have a file of their own.
const served = ['local', 'fc2 http trigger', 'fc custom runtime', 'scf web function']
const fromJson = platforms.filter(({ name }) => !served.includes(name))

type Handle = (event: unknown, context: unknown) => Promise<unknown>

describe.each(fromJson.map((platform) => [platform.name, platform] as const))('%s', (name, platform) => {
  const made = entryFor(platform).handler as unknown
  const handle = platform.start === startStreamed ? readStreamed(made as Streaming) : (made as Handle)

  test(
    'an event with any of its fields replaced never breaks the instance',
    async () => {
      const template = platform.emulator.event(httpCall(request), info) as Record<string, unknown>
      const path = fc.constantFrom(...fieldsOf(template))
      const changes = fc.array(fc.tuple(path, junk), { minLength: 1, maxLength: 3 })
      const property = fc.asyncProperty(changes, async (list) => {
        const event = structuredClone(template)
        for (const [at, value] of list) put(event, at, value)
        await survives(event)
      })
      await fc.assert(property, { seed: 20260802, numRuns: RUNS })
    },
    PATIENCE_MS,
  )

  test(
    'anything at all as an event',
    async () => {
      const anything = fc.oneof(junk, fc.anything({ withNullPrototype: true }))
      await fc.assert(fc.asyncProperty(anything, survives), { seed: 20260803, numRuns: REST })
    },
    PATIENCE_MS,
  )

  const wellFormed = platform.emulator.event(httpCall(request), info)
  let expected: unknown

  // Beside every hostile call goes a good one, whose answer has to be what it always is.
  async function survives(event: unknown): Promise<void> {
    const sent = name.startsWith('fc') ? Buffer.from(JSON.stringify(event) ?? '\xff', 'latin1') : event
    const good = name.startsWith('fc') ? Buffer.from(JSON.stringify(wellFormed)) : structuredClone(wellFormed)
    expected ??= await handle(good, {})
    const [result, neighbour] = await Promise.all([handle(sent, {}).catch((error) => error), handle(good, {})])
    if (!(result instanceof Error) && result !== 'event')
      expect(result).toMatchObject({ statusCode: expect.any(Number) })
    expect(neighbour).toEqual(expected)
  }
})

test(
  'a stream of FC 2.0 with any fields, and one that breaks',
  async () => {
    const platform = platforms.find(({ name }) => name === 'fc2 http trigger') as Platform
    const handle = entryFor(platform).handler as unknown as (
      request: object,
      response: object,
      context: unknown,
    ) => Promise<unknown>
    const fields = fc.record({ method: junk, path: junk, url: junk, queries: junk, headers: junk, clientIP: junk })
    const property = fc.asyncProperty(fields, fc.boolean(), async (fieldsOfRequest, breaks) => {
      const stream = new Readable({
        read() {
          if (breaks) this.destroy(new Error('cut'))
          else this.push(null)
        },
      })
      const statuses: number[] = []
      const response = {
        setStatusCode: (status: number) => statuses.push(status),
        setHeader: () => undefined,
        send: () => undefined,
      }
      await handle(Object.assign(stream, fieldsOfRequest), response, {})
      expect(statuses).toHaveLength(1)
      if (breaks) expect(statuses[0]).toBeGreaterThanOrEqual(400)
    })
    await fc.assert(property, { seed: 20260804, numRuns: RUNS + REST })
  },
  PATIENCE_MS,
)

test(
  'a request or an event of the local platform with any words',
  async () => {
    const [local] = platforms as [Platform]
    const handle = entryFor(local).handler as unknown as Handle
    // Its gateway makes them, so the types hold; what is in them is the client's.
    const words = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('%', '/%zz', '/\ud800', '__proto__', '?', '//x/..'),
    )
    const http = fc.record({
      kind: fc.constant('http'),
      method: words,
      url: words,
      headers: fc.array(fc.tuple(fc.oneof(words, fc.constantFrom('content-type', 'cookie', 'host')), words), {
        maxLength: 4,
      }),
      body: fc.option(fc.uint8Array(), { nil: undefined }),
      ip: words,
    })
    const event = fc.record({
      kind: fc.oneof(words, fc.constantFrom('timer', 'os', 'queue')),
      id: words,
      trigger: words,
      time: words,
      data: junk,
    })
    const good = local.emulator.event(httpCall(request), info)
    const context = { requestId: 'r', service: 's', stage: 'dev', function: 'f', memoryMb: 512 }
    const call = (what: unknown) => handle(what, { ...context, deadline: Date.now() + 60_000 })
    const expected = await call(good)
    const property = fc.asyncProperty(fc.oneof(http, event), async (hostile) => {
      const [result, neighbour] = await Promise.all([call(hostile).catch((error) => error), call(good)])
      if (!(result instanceof Error) && hostile.kind === 'http')
        expect(result).toMatchObject({ status: expect.any(Number) })
      expect(neighbour).toEqual(expected)
    })
    await fc.assert(property, { seed: 20260805, numRuns: RUNS + REST })
  },
  PATIENCE_MS,
)

test('a hundred requests at once never see each other', async () => {
  const handler = async (ctx: HttpContext) => {
    ctx.state['mine'] = ctx.query['id']
    ctx.set('x-id', String(ctx.query['id']))
    await new Promise((resolve) => setTimeout(resolve, Number(ctx.query['id']) % 7))
    return [ctx.state['mine'], ctx.params['id'], (ctx.request.body as { id: number }).id]
  }
  const [local] = platforms as [Platform]
  const entry = entryOf(local.start, [member('f', { routes: [{ path: '/:id', methods: [] }] })], { f: { handler } })
  const ids = Array.from({ length: 100 }, (_, index) => index)
  const answers = await Promise.all(
    ids.map((id) => send(local, entry, { ...request, url: `/${id}?id=${id}`, body: JSON.stringify({ id }) })),
  )
  expect(answers.map((answer) => [header(answer, 'x-id'), JSON.parse(text(answer))])).toEqual(
    ids.map((id) => [String(id), [String(id), String(id), id]]),
  )
})

function fieldsOf(value: object, above: readonly string[] = []): string[][] {
  return Object.entries(value).flatMap(([key, item]) => {
    const path = [...above, key]
    return typeof item === 'object' && item !== null ? [path, ...fieldsOf(item, path)] : [path]
  })
}

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = target
  for (const key of path.slice(0, -1)) {
    const next = at[key]
    if (typeof next !== 'object' || next === null) return
    at = next as Record<string, unknown>
  }
  at[path.at(-1) as string] = value
}
