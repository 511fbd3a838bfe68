import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HttpAnswer } from '../../src/kit/src/index.ts'
import { applicationIn } from '../../src/web/application.ts'
import { recordLog } from '../runtime/log.ts'
import { send as call, entryOf, httpCall, member, platforms, type Request } from '../runtime/platforms.ts'
import { cases, type Listener } from './listeners.ts'

recordLog()

let listener: Listener
let server: Server
beforeAll(async () => {
  server = createServer((request, response) => listener(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
})
afterAll(() => new Promise((done) => server.close(done)))

describe.each(cases)('$name', (made) => {
  it("is what Node's own server answers, on every shape", async () => {
    listener = made.listener
    const expected = await overSocket(made.request ?? {})
    for (const platform of platforms) {
      if (loses(platform.name, made.request)) continue
      const entry = entryOf(platform.start, [member('app')], { app: { handler: await applicationOf(made.listener) } })
      const answer = await call(platform, entry, { url: '/', ...made.request })
      expect({ platform: platform.name, ...comparable(answer) }).toEqual({ platform: platform.name, ...expected })
    }
  })
})

describe('the life of a conversation', () => {
  const local = platforms.find(({ name }) => name === 'local') as (typeof platforms)[number]
  const entryFor = async (made: Listener) => {
    const entry = entryOf(local.start, [member('app')], { app: { handler: await applicationOf(made) } })
    return entry.handler as unknown as LocalHandler
  }
  const event = { ...httpCall({}), ip: '127.0.0.1' }
  const context = { requestId: 'r', service: 's', stage: 'dev', function: 'app', memoryMb: 128 }
  const soon = () => ({ ...context, deadline: Date.now() + 20_000 })

  it('sends parts while more are made, no faster than they are read', async () => {
    let written = 0
    const handler = await entryFor((_, res) => {
      const write = () => {
        while (written < 100) {
          written++
          if (!res.write(Buffer.alloc(20_000, written))) return res.once('drain', write)
        }
        return res.end()
      }
      write()
    })
    const { body } = await handler(event, soon())
    let bytes = 0
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length
      expect(written * 20_000 - bytes).toBeLessThan(200_000)
      await new Promise(setImmediate)
    }
    expect(bytes).toBe(2_000_000)
  })

  it('tells the application when nobody reads any more', async () => {
    const seen: string[] = []
    let done = () => {}
    const closed = new Promise<void>((resolve) => {
      done = resolve
    })
    const handler = await entryFor((req, res) => {
      req.on('close', () => seen.push('req'))
      res.on('close', () => {
        seen.push(`res ${res.writableFinished} ${res.destroyed}`)
        done()
      })
      res.write('first')
    })
    const { body } = await handler(event, soon())
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      expect(String(chunk)).toBe('first')
      break
    }
    await closed
    expect(seen.sort()).toEqual(['req', 'res false true'])
  })

  it('tells it when the platform gives up', async () => {
    let done = () => {}
    const closed = new Promise<void>((resolve) => {
      done = resolve
    })
    const handler = await entryFor((_, res) => void res.on('close', done))
    const { status } = await handler(event, { ...context, deadline: Date.now() + 100 })
    expect(status).toBe(504)
    await closed
  })

  it.each<[string, Listener]>([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['destroys the answer', (_, res) => res.destroy()],
    ['destroys the connection', (req) => req.socket.destroy()],
  ])('answers 500 when it %s', async (_, made) => {
    const { status } = await (await entryFor(made))(event, soon())
    expect(status).toBe(500)
  })

  it('breaks the stream when it fails after the answer has begun', async () => {
    const handler = await entryFor(async (_, res) => {
      res.write('a')
      await new Promise((next) => setTimeout(next, 5))
      throw new Error('too late')
    })
    const { status, body } = await handler(event, soon())
    expect(status).toBe(200)
    await expect(buffer(body as AsyncIterable<Uint8Array>)).rejects.toThrow('too late')
  })

  it('says who calls', async () => {
    const handler = await entryFor((req, res) => {
      const { remoteAddress, encrypted } = req.socket as unknown as Record<string, unknown>
      res.end(JSON.stringify([remoteAddress, encrypted, req.connection === req.socket]))
    })
    const secure = { ...event, headers: [['x-forwarded-proto', 'https']] as const, ip: '2001:db8::1' }
    expect(String((await handler(secure, soon())).body)).toBe('["2001:db8::1",true,true]')
    expect(String((await handler(event, soon())).body)).toBe('["127.0.0.1",false,true]')
  })
})

// A function without parameters would make an application.
function applicationOf(made: Listener): Promise<unknown> {
  return applicationIn((request: IncomingMessage, response: ServerResponse) => made(request, response))
}

interface LocalAnswer {
  readonly status: number
  readonly body: Uint8Array | string | AsyncIterable<Uint8Array> | null
}

type LocalHandler = (event: object, context: object) => Promise<LocalAnswer>

// Told in docs/handler.md, "Where platforms differ".
function loses(platform: string, { body, headers = {} }: Request = {}): boolean {
  const type = Object.fromEntries(Object.entries(headers))['content-type'] as string | undefined
  return platform === 'scf function url' && body !== undefined && !/^text|json/.test(type ?? '')
}

// What describes the connection is not the application's, and an answer of every platform has a type.
const LEFT_OUT = new Set([
  'connection',
  'keep-alive',
  'date',
  'transfer-encoding',
  'content-length',
  'trailer',
  'x-request-id',
])

interface Comparable {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string
}

function comparable({ status, headers, body }: HttpAnswer): Comparable {
  const kept = headers.filter(([name]) => !LEFT_OUT.has(name.toLowerCase()))
  const lines = new Map<string, string[]>()
  for (const [name, value] of kept) lines.set(name.toLowerCase(), [...(lines.get(name.toLowerCase()) ?? []), value])
  // Only cookies cannot be joined.
  const texts = [...lines].flatMap(([name, values]) =>
    name === 'set-cookie'
      ? values.map((value) => `${name}: ${value}`)
      : [`${name}: ${values.join(', ').replaceAll(/,(?=\S)/g, ', ')}`],
  )
  const typed = texts.filter(
    (text) => !/^content-type: (text\/plain; charset=utf-8|application\/octet-stream|application\/json)$/.test(text),
  )
  return { status, headers: typed.sort(), body: Buffer.from(body).toString('hex') }
}

async function overSocket({ method = 'GET', url = '/', headers = {}, body }: Request): Promise<Comparable> {
  const { port } = server.address() as AddressInfo
  const outgoing = send({
    host: '127.0.0.1',
    port,
    method,
    path: url,
    headers: { ...headers, ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }) } as Record<
      string,
      string
    >,
    agent: false,
  })
  outgoing.end(body)
  const answer = await new Promise<HttpAnswer>((resolve, reject) => {
    outgoing.once('error', reject)
    outgoing.once('response', async (incoming) => {
      const { rawHeaders } = incoming
      const pairs = rawHeaders.flatMap((name, index) =>
        index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
      )
      resolve({ kind: 'http', status: incoming.statusCode ?? 0, headers: pairs, body: await buffer(incoming) })
    })
  })
  return comparable(answer)
}
