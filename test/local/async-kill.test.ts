import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { AsyncCounts } from '../../src/local/api.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { has } from '../peers.ts'
import { isAlive, type LocalFixture, reply, until, useLocal } from './fixture.ts'
import { openNats } from './nats.ts'

const local = useLocal()
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const CALLS = process.env['ANYFAAS_CI'] ? 20_000 : 3000
const KILLS = 5
const AT_ONCE = 32

/** Resolves with the status, or with 0 when nobody answered. */
function post(url: string, agent: Agent, id: string): Promise<number> {
  return new Promise((resolve) => {
    request(url, { method: 'POST', agent, headers: { 'x-call-id': id } }, (response) => {
      response.resume()
      response.once('close', () => resolve(response.complete ? (response.statusCode ?? 0) : 0))
    })
      .once('error', () => resolve(0))
      .end()
  })
}

/** Resolves with where the next platform answers; `meanwhile` is done when there is none. */
async function kill(
  platform: LocalFixture,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<string> {
  const { pid } = await platform.record()
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid), 'the end of the platform')
  await meanwhile()
  const url = await until(async () => (await platform.info())?.url, 'the next platform')
  await platform.record()
  return url
}

/** Another platform gets the port, with a function that takes calls. */
async function squat(stranger: LocalFixture, url: string): Promise<void> {
  const port = Number(new URL(url).port)
  // The kernel frees the port a moment after the process has ended.
  const taken = () => stranger.deploy('f', { body: reply('1') }, { port }).catch(() => undefined)
  expect(await until(taken, 'the port to be free')).toBe(url)
}

const QUEUES = [
  { queue: 'its own queue', runs: true, open: async () => undefined },
  { queue: 'NATS JetStream', runs: has('nats-server'), open: () => openNats(closing) },
]

test.each(QUEUES.filter(({ runs }) => runs))(
  'of calls that $queue accepted while the platform was killed again and again, none is lost',
  async ({ open }) => {
    const folder = mkdtempSync(join(tmpdir(), 'sls-kill-'))
    const made = join(folder, 'made')
    const platform = local()
    const server = await open()
    if (server) {
      mkdirSync(platform.home.root, { recursive: true })
      writeFileSync(platform.home.settings, JSON.stringify({ queue: server }))
    }
    // Whatever platform has got the port meanwhile has no function of this name.
    const name = `f-${randomUUID()}`
    let url = await platform.deploy(name, {
      environment: { MADE: made },
      body: `const id = event.headers.find(([name]) => name.toLowerCase() === 'x-call-id')[1]
        require('fs').appendFileSync(process.env.MADE, id + '\\n'); ${reply('1')}`,
    })
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
    const ids = Array.from({ length: CALLS }, () => randomUUID())
    let next = 0
    const client = async (): Promise<void> => {
      for (let id = ids[next++]; id !== undefined; id = ids[next++]) {
        // Whoever gets no answer asks again, with the same id.
        while ((await post(`${url}/async-function/${name}`, agent, id)) !== 202)
          await new Promise((r) => setTimeout(r, 20))
      }
    }
    const clients = Promise.all(Array.from({ length: AT_ONCE }, client))
    for (let count = 1; count <= KILLS; count++) {
      await until(() => next >= (CALLS * count) / (KILLS + 1), 'some more calls', 120_000)
      url = await kill(platform, count === 2 ? () => squat(local(), url) : undefined)
    }
    await clients
    const left = async (): Promise<number> => {
      const { waiting, running, dead } = (await platform.ask(['async'])) as AsyncCounts
      return waiting + running + dead
    }
    const seen = (): string[] => readFileSync(made, 'utf8').trim().split('\n')
    const missing = (): string[] => {
      const distinct = new Set(seen())
      return ids.filter((id) => !distinct.has(id))
    }
    // What the last platform had taken and not made comes again when the server has waited for it long enough.
    await until(async () => (await left()) === 0 && missing().length === 0, 'the last call', 120_000)
    // What runs twice is the same call; so few of them were under way at a kill.
    expect(seen().length - CALLS).toBeLessThanOrEqual(KILLS * 64 * 2)
    agent.destroy()
    removeFolder(folder)
  },
  300_000,
)
