import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/local/server.ts'
import type { CloudEvent } from '../../src/runtime/src/index.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { has, judgeFolder } from '../peers.ts'
import {
  entryOf,
  fire,
  type Module,
  member,
  platforms,
  type Request,
  send,
  senders,
  text,
} from '../runtime/platforms.ts'

// Google's functions framework gets the same requests and the same events as a handler of the signature `cloudevent`.

const judge = has('the functions framework')
const home = mkdtempSync(join(tmpdir(), 'anyfaas-framework-'))
let end = () => {}
let url = ''
const seen: ((event: unknown) => void)[] = []

beforeAll(async () => {
  if (!judge) return
  const file = join(home, 'function.js')
  const framework = join(judgeFolder('cloudevents'), 'node_modules/@google-cloud/functions-framework')
  writeFileSync(
    file,
    `require(${JSON.stringify(framework)}).cloudEvent('judge', (event) => console.log('SEEN ' + JSON.stringify(event)))`,
  )
  const port = await freePort()
  const args = [
    join(framework, 'build/src/main.js'),
    `--source=${file}`,
    '--target=judge',
    '--signature-type=cloudevent',
    `--port=${port}`,
  ]
  const child = spawn(process.execPath, args, { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] })
  end = () => void child.kill('SIGKILL')
  createInterface(child.stdout).on('line', (line) => {
    if (line.startsWith('SEEN ')) seen.shift()?.(JSON.parse(line.slice(5)))
  })
  while (!(await listens(port))) await wait(20)
  url = `http://127.0.0.1:${port}/`
})
afterAll(() => {
  end()
  removeFolder(home)
})

const BINARY = {
  'ce-specversion': '1.0',
  'ce-id': 'a-1',
  'ce-source': '/shop/orders',
  'ce-type': 'com.example.order',
  'ce-time': '2026-01-02T03:04:05Z',
  'ce-subject': 'order/7',
}
const STRUCTURED = {
  specversion: '1.0',
  id: 'a-2',
  source: '/shop',
  type: 'com.example.order',
  time: '2026-01-02T03:04:05Z',
}
const JSON_TYPE = 'application/cloudevents+json; charset=utf-8'

const requests: Readonly<Record<string, { readonly headers: Record<string, string>; readonly body: string }>> = {
  'binary mode, JSON': {
    headers: { ...BINARY, 'content-type': 'application/json' },
    body: '{"a":"€","n":[1]}',
  },
  'binary mode, an extension': {
    headers: { ...BINARY, 'ce-traceparent': '00-ab', 'content-type': 'application/json' },
    body: '{"a":1}',
  },
  'structured mode, an object': {
    headers: { 'content-type': JSON_TYPE },
    body: JSON.stringify({ ...STRUCTURED, datacontenttype: 'application/json', data: { a: '€' } }),
  },
  'structured mode, a text': {
    headers: { 'content-type': JSON_TYPE },
    body: JSON.stringify({ ...STRUCTURED, datacontenttype: 'text/plain', subject: 's', myext: 'x', data: 'plain' }),
  },
}

describe.runIf(judge)('a request that carries a CloudEvent', () => {
  it.each(Object.entries(requests))('%s', async (_, request) => {
    const { datacontenttype, ...judged } = (await byFramework(request)) as Partial<CloudEvent>
    // The framework drops the type of a binary one's data; the standard maps it from `content-type` (3.1.1).
    const type = datacontenttype ?? request.headers['content-type']
    for (const platform of platforms) {
      let got: unknown
      const handler = (event: unknown) => {
        got = JSON.parse(JSON.stringify(event))
      }
      const entry = entryOf(platform.start, [member('f', { signature: 'cloudevent' })], { f: { handler } as Module })
      const answer = await send(platform, entry, { method: 'POST', ...request } satisfies Request)
      expect([platform.name, answer.status, text(answer)]).toEqual([platform.name, 204, ''])
      expect({ platform: platform.name, event: got }).toEqual({
        platform: platform.name,
        event: { ...judged, datacontenttype: type },
      })
    }
  })
})

describe.runIf(judge)('an event of a platform', () => {
  it.each(senders.map((sender) => [sender.name, sender] as const))(
    'of %s is one that the framework takes as it is',
    async (_, platform) => {
      for (const call of [
        { kind: 'timer' as const, trigger: 'nightly', data: { a: 1 } },
        { kind: 'event' as const, data: { order: 7, name: '€' } },
      ]) {
        let made: CloudEvent | undefined
        const handler = (event: CloudEvent) => {
          made = JSON.parse(JSON.stringify(event)) as CloudEvent
        }
        const triggers = [{ kind: 'timer', name: 'nightly' }]
        const entry = entryOf(platform.start, [member('f', { signature: 'cloudevent', triggers })], {
          f: { handler } as Module,
        })
        await fire(platform, entry, call)
        expect(made?.type).toBe(`anyfaas.${call.kind}`)
        expect(await byFramework({ headers: { 'content-type': JSON_TYPE }, body: JSON.stringify(made) })).toEqual(made)
      }
    },
  )
})

async function byFramework(request: {
  readonly headers: Record<string, string>
  readonly body: string
}): Promise<unknown> {
  const event = new Promise<unknown>((resolve) => seen.push(resolve))
  const answer = await fetch(url, { method: 'POST', ...request })
  if (answer.status !== 204) {
    seen.pop()
    throw new Error(`the framework answered ${answer.status}: ${await answer.text()}`)
  }
  return await event
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(socket.end() !== undefined))
    socket.once('error', () => resolve(false))
  })
}
