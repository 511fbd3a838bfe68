import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { PlatformState } from '../../src/local/api.ts'
import { type LocalFixture, useLocal } from './fixture.ts'

const SECONDS = Number(process.env['ANYFAAS_LOAD_SEC'] ?? 5)
const CLIENTS = 200
const PER_PROCESS = 40
const local = useLocal()

interface Answer {
  readonly status: number
  readonly failure: string | undefined
  readonly text: string
}

function ask(url: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent }, async (response) => {
      let text = ''
      for await (const chunk of response.setEncoding('utf8')) text += chunk
      const failure = response.headers['x-error-class']
      resolve({ status: response.statusCode ?? 0, failure: [failure].flat()[0], text })
    })
    asked.once('error', reject)
    asked.end()
  })
}

async function readyPids(platform: LocalFixture): Promise<number[]> {
  const { services } = (await platform.ask(['state'])) as PlatformState
  const instances = services.flatMap(({ functions }) => functions.flatMap((one) => one.instances))
  return instances.flatMap(({ pid, state }) => (state === 'ready' && pid !== undefined ? [pid] : []))
}

// A generator of our own, so that the same processes are hit in every run.
function* numbers(): Generator<number, never> {
  for (let seed = 7; ; ) {
    seed = (seed * 48271) % 2147483647
    yield seed
  }
}

test(`${CLIENTS} clients for ${SECONDS} s while processes are killed: no wrong answer, and none is lost but in those`, {
  timeout: (SECONDS + 120) * 1000,
}, async () => {
  const platform = local()
  const url = await platform.deploy('f', {
    timeout: 60,
    body: `const n = Number(event.url.split('=')[1])
        if (n % 3 === 0) await new Promise((resolve) => setTimeout(resolve, n % 20))
        return { kind: 'http', status: 200, headers: [['content-type', 'text/plain']], body: 'twice ' + n * 2 }`,
    concurrency: { instance: PER_PROCESS, min: 2, max: 6, queue: CLIENTS },
  })
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  const end = performance.now() + SECONDS * 1000
  const wrong: unknown[] = []
  let right = 0
  let lost = 0
  const client = async (first: number): Promise<void> => {
    for (let n = first; performance.now() < end; n += CLIENTS) {
      const answer = await ask(`${url}/f?n=${n}`, agent).catch((error: Error) => error)
      if (answer instanceof Error) wrong.push(answer)
      else if (answer.status === 200 && answer.text === `twice ${n * 2}`) right++
      else if (answer.status === 502 && answer.failure === 'exit') lost++
      else wrong.push(answer)
    }
  }
  let killed = 0
  const killer = async (): Promise<void> => {
    for (const number of numbers()) {
      await wait(20 + (number % 200))
      if (performance.now() >= end) return
      const pids = await readyPids(platform)
      const pid = pids[number % pids.length]
      // With a single one left, whoever waits would wait for a start.
      if (pid === undefined || pids.length < 2) continue
      process.kill(pid, 'SIGKILL')
      killed++
    }
  }
  await Promise.all([killer(), ...Array.from({ length: CLIENTS }, (_, index) => client(index))])
  agent.destroy()
  expect(wrong).toEqual([])
  expect(killed).toBeGreaterThan(0)
  expect(right).toBeGreaterThan(CLIENTS)
  expect(lost).toBeLessThanOrEqual(killed * PER_PROCESS)
  expect((await ask(`${url}/f?n=21`, new Agent())).text).toBe('twice 42')
  console.log(`${right} right answers, ${killed} processes killed, ${lost} calls lost with them`)
})
