import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isAlive, reply, until, useLocal } from './fixture.ts'

const local = useLocal()

async function classOf(url: string): Promise<[number, string | null]> {
  const response = await fetch(url)
  await response.text()
  return [response.status, response.headers.get('x-error-class')]
}

/** KB. */
function peakOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

describe('functions of one service', () => {
  test('do not see each other, nor what the platform was started with', async () => {
    process.env['SLS_TEST_OF_CALLER'] = 'leaked'
    const platform = local()
    const look = `Object.prototype.mine ??= context.function; process.env.SEEN = context.function;
      ${reply('JSON.stringify({ env: process.env, mine: ({}).mine, cwd: process.cwd() })')}`
    await platform.deploy('a', { body: look, environment: { OWN: 'a' } })
    const url = await platform.deploy('b', { body: look, environment: { OTHER: 'b', TZ: 'Asia/Shanghai' } })
    delete process.env['SLS_TEST_OF_CALLER']
    const a = (await (await fetch(`${url}/a`)).json()) as { env: Record<string, string>; mine: string; cwd: string }
    const b = (await (await fetch(`${url}/b`)).json()) as typeof a
    expect(Object.keys(a.env).sort()).toEqual(['HOME', 'LANG', 'OWN', 'PATH', 'SEEN', 'TMPDIR', 'TZ'])
    expect(a.env).toMatchObject({ OWN: 'a', SEEN: 'a', TZ: 'UTC' })
    expect(b.env).toMatchObject({ OTHER: 'b', SEEN: 'b', TZ: 'Asia/Shanghai' })
    expect([a.mine, b.mine]).toEqual(['a', 'b'])
    expect(a.cwd).not.toBe(b.cwd)
  })

  test('that end their process are started again by the next call', async () => {
    const platform = local()
    const url = await platform.deploy('crash', {
      body: `if (event.url.endsWith('exit')) process.exit(3)
        if (event.url.endsWith('late')) setTimeout(() => { throw new Error('thrown in a timer') })
        if (event.url.endsWith('late')) await new Promise(() => {})
        ${reply('process.pid')}`,
    })
    const pid = await (await fetch(`${url}/crash`)).text()
    expect(await classOf(`${url}/crash?exit`)).toEqual([502, 'exit'])
    const next = await (await fetch(`${url}/crash`)).text()
    expect(next).not.toBe(pid)
    expect(await classOf(`${url}/crash?late`)).toEqual([502, 'exit'])
    expect((await fetch(`${url}/crash`)).status).toBe(200)
    const texts = (await platform.logs()).map(({ text }) => text)
    expect(texts).toContain('its process ended (exit code 3)')
    expect(texts.join('\n')).toContain('thrown in a timer')
  })

  test('that print without end are held up by it, and need no memory for it', async () => {
    const platform = local()
    const url = await platform.deploy('f', {
      timeout: 20,
      memory: 64,
      body: `const end = Date.now() + 4000; let count = 0;
        while (Date.now() < end) { console.log('x'.repeat(100)); count++ }
        ${reply('count + " " + process.resourceUsage().maxRSS')}`,
    })
    const { pid } = await platform.record()
    const response = await fetch(`${url}/f`)
    const [count = 0, peakKb = 0] = (await response.text()).split(' ').map(Number)
    expect([response.status, count > 1000, peakKb < 200 << 10]).toEqual([200, true, true])
    expect(peakOf(pid)).toBeLessThan(250 << 10)
    expect((await platform.logs({ tail: 5 })).length).toBe(5)
  })

  test('in an endless loop are ended at their timeout while others answer', async () => {
    const platform = local()
    await platform.deploy('loop', {
      timeout: 1,
      body: `if (event.url.endsWith('go')) for (;;); ${reply('process.pid')}`,
    })
    const url = await platform.deploy('other', { body: reply('"here"') })
    const pid = Number(await (await fetch(`${url}/loop`)).text())
    const began = performance.now()
    const looping = classOf(`${url}/loop?go`)
    const other = await fetch(`${url}/other`)
    expect([await other.text(), performance.now() - began < 900]).toEqual(['here', true])
    expect(await looping).toEqual([504, 'timeout'])
    expect(performance.now() - began).toBeGreaterThan(950)
    expect(performance.now() - began).toBeLessThan(2500)
    await until(() => !isAlive(pid), 'the end of the loop')
    expect((await fetch(`${url}/loop`)).status).toBe(200)
    const line = (await platform.logs({ functions: ['loop'] })).find(({ text }) => text.includes('did not answer'))
    expect(line).toMatchObject({
      stream: 'sys',
      text: 'did not answer within 1 s; its process is ended',
    })
    expect(line?.requestId).toBeDefined()
  })

  test('are told to be late once, each by its own time, and of a process that ends nothing else is told', async () => {
    const platform = local()
    const url = await platform.deploy('loop', {
      timeout: 4,
      body: `if (event.url.endsWith('?go')) for (;;); await new Promise(() => {})`,
    })
    const waiting = fetch(`${url}/loop`)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const hurried = await fetch(`${url}/loop?go`, { headers: { 'x-timeout': '500ms' } })
    expect((await hurried.text()).trim()).toBe('the function "loop" did not answer within 0.5 s')
    expect((await (await waiting).text()).trim()).toBe('the function "loop" did not answer within 4 s')
    const lines = await platform.logs({ functions: ['loop'] })
    expect(lines.map(({ text }) => text)).toEqual([
      'deployed',
      'did not answer within 0.5 s; its process is ended',
      'did not answer within 4 s',
    ])
  })

  test('that are late lose their process only when its other calls are done', async () => {
    const url = await local().deploy('wait', {
      timeout: 1,
      body: `await new Promise((resolve) => setTimeout(resolve, Number(event.url.split('?')[1]))); ${reply('process.pid')}`,
    })
    const late = classOf(`${url}/wait?5000`)
    await new Promise((resolve) => setTimeout(resolve, 700))
    const inTime = fetch(`${url}/wait?700`)
    expect(await late).toEqual([504, 'timeout'])
    const next = fetch(`${url}/wait?0`)
    const [one, other] = await Promise.all([inTime.then((r) => r.text()), next.then((r) => r.text())])
    expect(Number(one)).toBeGreaterThan(0)
    expect(other).not.toBe(one)
  })

  test('that need more than their memory are told so', async () => {
    const url = await local().deploy('eat', {
      memory: 32,
      timeout: 20,
      body: `if (event.url.endsWith('go')) { const all = []; for (;;) all.push(new Array(1e5).fill({})) } ${reply('1')}`,
    })
    expect(await classOf(`${url}/eat?go`)).toEqual([502, 'memory'])
    expect((await fetch(`${url}/eat`)).status).toBe(200)
  })

  test('that need more than their memory in a thread are told so', async () => {
    const url = await local().deploy('eat', {
      memory: 32,
      timeout: 20,
      body: `const { Worker } = require('node:worker_threads')
        const eat = 'const all = []; for (let n = 0; n < 300; n++) all.push(new Array(1e5).fill({}))'
        const ended = new Promise((resolve) => new Worker(eat, { eval: true }).once('error', resolve).once('exit', resolve))
        const end = await ended
        ${reply('end.code ?? end')}`,
    })
    expect(await (await fetch(`${url}/eat`)).text()).toBe('ERR_WORKER_OUT_OF_MEMORY')
  })

  test('end together with what they have started', async () => {
    const platform = local()
    const url = await platform.deploy('parent', {
      body: `const child = require('node:child_process').spawn('sleep', ['300']); ${reply('child.pid')}`,
    })
    const child = Number(await (await fetch(`${url}/parent`)).text())
    expect(isAlive(child)).toBe(true)
    await platform.remove()
    await until(() => !isAlive(child), 'the end of the child')
  })
})
