import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { describe, expect, test } from 'vitest'
import type { FunctionSpec } from '../../src/local/spec.ts'
import { driverOf, isAlive, reply, until, useLocal } from './fixture.ts'

const local = useLocal()

async function codesOf(work: Promise<unknown>): Promise<string[]> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  return isSlsError(failure) ? failure.diagnostics.map(({ code, message }) => `${code} ${message}`) : [String(failure)]
}

describe('a deploy', () => {
  test('replaces a version without losing a request', async () => {
    const platform = local()
    const body = (version: number) =>
      `await new Promise((resolve) => setTimeout(resolve, Math.random() * 40)); ${reply(String(version))}`
    const url = await platform.deploy('f', { body: body(1) })
    const seen: string[] = []
    let isDone = false
    const hammer = Array.from({ length: 8 }, async () => {
      while (!isDone) {
        const response = await fetch(`${url}/f`, { method: 'POST', body: 'x' })
        seen.push(response.status === 200 ? await response.text() : `status ${response.status}`)
      }
    })
    for (const version of [2, 3, 4]) await platform.deploy('f', { body: body(version) })
    const [pid] = await pidsOf(platform, 'f')
    isDone = true
    await Promise.all(hammer)
    expect([...new Set(seen)].sort()).toEqual(['1', '2', '3', '4'])
    expect(await (await fetch(`${url}/f`)).text()).toBe('4')
    await until(async () => (await pidsOf(platform, 'f')).length === 1, 'the end of the old processes')
    expect(await pidsOf(platform, 'f')).toEqual([pid])
    expect(readdirSync(platform.home.code)).toHaveLength(1)
  })

  test('of code that does not load leaves the old version serving', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: reply('"old"') })
    const failing = {
      'syntax error': { 'sls_f.js': 'const = 1' },
      'missing module': { 'sls_f.js': `require('./nowhere.js')` },
      'failing initializer': {
        'sls_f.js': `exports.handler = () => {}; exports.initializer = async () => { throw new Error('no database') }`,
      },
      'ended process': { 'sls_f.js': 'console.error("about to end"); process.exit(9)' },
    }
    const said: Record<string, string[]> = {}
    for (const [name, files] of Object.entries(failing)) said[name] = await codesOf(platform.deploy('f', { files }))
    expect(said).toEqual({
      'syntax error': [`SLS7003 the function "f" does not load: SyntaxError: Unexpected token '='`],
      'missing module': [
        expect.stringMatching(/^SLS7003 the function "f" does not load: Error: Cannot find module '\.\/nowhere\.js'/),
      ],
      'failing initializer': ['SLS7003 the function "f" does not load: Error: no database'],
      'ended process': ['SLS7003 the function "f" does not load: it ended its process (exit code 9)'],
    })
    expect(await (await fetch(`${url}/f`)).text()).toBe('old')
    expect((await platform.logs()).filter(({ text }) => text.startsWith('not deployed: '))).toHaveLength(4)
    await until(() => readdirSync(platform.home.code).length === 1, 'the failed code to go')
  })

  test.each(['deployed again', 'removed'])('that is killed brings nothing back that is %s meanwhile', async (what) => {
    const platform = local()
    const url = await platform.deploy('other', { body: reply('"other"') })
    const began = join(platform.home.root, 'began')
    const slow = `exports.initializer = async () => {
        require('node:fs').writeFileSync(process.env.BEGAN, '')
        await new Promise((resolve) => setTimeout(resolve, 1500))
      }
      exports.handler = async () => { ${reply('"old"')} }`
    const before = platform.deploy('f', { files: { 'sls_f.js': slow }, environment: { BEGAN: began } })
    await until(() => existsSync(began), 'the begin of the load')
    const driver = driverOf(await platform.connect())
    if (what === 'removed') {
      const live = { id: 'function/f', value: { name: 'f' } as FunctionSpec }
      await driver.delete(live, platform.call)
    } else {
      await platform.deploy('f', { body: reply('"new"') })
    }
    await before
    const names = (await driver.list(platform.call, [])).map(({ id }) => id).sort()
    if (what === 'removed') expect(names).toEqual(['function/other'])
    else expect(await (await fetch(`${url}/f`)).text()).toBe('new')
  })

  test('of code that never gets ready ends at the time for it', async () => {
    const files = { 'sls_f.js': 'for (;;);' }
    expect(await codesOf(local().deploy('f', { files, initTimeout: 1 }))).toEqual([
      'SLS7003 the function "f" does not load: it was not ready within 1 s',
    ])
  })

  test('loads ES modules too', async () => {
    const files = {
      'package.json': '{"type":"module"}',
      'sls_f.js': `export const handler = async () => ({ kind: 'http', status: 200, headers: [], body: 'esm' })`,
    }
    const url = await local().deploy('f', { files })
    expect(await (await fetch(`${url}/f`)).text()).toBe('esm')
  })

  test('of many functions at once starts one platform and one service', async () => {
    const platform = local()
    const names = Array.from({ length: 6 }, (_, index) => `f${index}`)
    const urls = await Promise.all(names.map((name) => platform.deploy(name, { body: reply('context.function') })))
    expect(new Set(urls).size).toBe(1)
    expect(platform.notes.filter((note) => note === 'starting the local platform').length).toBeGreaterThan(0)
    for (const name of names) expect(await (await fetch(`${urls[0]}/${name}`)).text()).toBe(name)
  })

  test('is empty when nothing changed, and shows what did', async () => {
    const platform = local()
    await platform.deploy('f', { body: reply('1'), environment: { A: '1' } })
    const driver = driverOf(await platform.connect())
    const [live] = await driver.list(platform.call, [])
    expect(live?.id).toBe('function/f')
    expect(driver.project(live?.value as never)).toMatchObject({ name: 'f', environment: { A: '1' }, timeout: 3 })
  })
})

describe('a removal', () => {
  test('takes one function away and leaves the others', async () => {
    const platform = local()
    await platform.deploy('a', { body: reply('"a"') })
    const url = await platform.deploy('b', { body: reply('"b"') })
    const driver = driverOf(await platform.connect())
    const [a] = await driver.list(platform.call, [])
    if (a) await driver.delete(a, platform.call)
    expect((await fetch(`${url}/a`)).status).toBe(404)
    expect(await (await fetch(`${url}/b`)).text()).toBe('b')
    if (a) await driver.delete(a, platform.call)
  })

  test('of the last function leaves no process, no port and no file of it', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: reply('process.pid') })
    const pid = Number(await (await fetch(`${url}/f`)).text())
    const record = await platform.record()
    await platform.remove()
    await expect(fetch(url)).rejects.toThrow()
    await until(() => !isAlive(pid) && !isAlive(record.pid), 'the end of the processes')
    expect(await platform.info()).toBeUndefined()
    expect(readdirSync(platform.home.services)).toEqual([])
    expect(readdirSync(platform.home.code)).toEqual([])
    expect(readdirSync(platform.home.root)).not.toContain('platform.json')
  })

  test('of all functions at once waits for the one that has the most to do, and leaves nothing', async () => {
    const platform = local()
    const timers = [{ name: 't', schedule: 3600, timezone: 'UTC', enabled: true }]
    const names = Array.from({ length: 5 }, (_, index) => `f${index}`)
    const slow = `await new Promise((resolve) => setTimeout(resolve, 600)); console.log('the last word'); ${reply('"done"')}`
    for (const name of names) await platform.deploy(name, { timers, body: name === 'f2' ? slow : reply('1') })
    const url = (await platform.info())?.url
    const running = fetch(`${url}/f2`)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const driver = driverOf(await platform.connect())
    const all = await driver.list(platform.call, [])
    await Promise.all(all.map((live) => driver.delete(live, platform.call)))
    expect(await (await running).text()).toBe('done')
    expect(await platform.info()).toBeUndefined()
    expect(readdirSync(platform.home.services)).toEqual([])
  })
})

async function pidsOf(platform: ReturnType<typeof local>, name: string): Promise<number[]> {
  const status = (await platform.ask(['services', 'shop', 'dev'])) as {
    functions: { spec: { name: string }; pids: number[] }[]
  }
  return status.functions.find(({ spec }) => spec.name === name)?.pids ?? []
}
