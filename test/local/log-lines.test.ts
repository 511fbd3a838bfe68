import { appendFileSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogLine } from '@anyfaas/kit'
import type { LogData } from '@anyfaas/runtime'
import { afterEach, describe, expect, test } from 'vitest'
import { Following } from '../../src/local/platform/logs/following.ts'
import { lineFilter } from '../../src/local/sources/line-filter.ts'
import { LogSource } from '../../src/local/sources/log-source.ts'
import type { SourceContext } from '../../src/local/sources/source.ts'
import type { LogSourceSpec } from '../../src/local/spec.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { type LocalFixture, reply, until, useLocal } from './fixture.ts'

const local = useLocal()
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const PRINT = `console.log(JSON.stringify(event.data)); return { kind: 'value' }`

function source(of: string, more: Partial<LogSourceSpec> = {}): LogSourceSpec {
  return { name: 't', type: 'log', enabled: true, source: of, interval: 0.05, ...more }
}

async function heard(platform: LocalFixture): Promise<LogData[]> {
  const lines = await platform.logs({ functions: ['watch'] })
  return lines.flatMap(({ stream, text }) => (stream === 'out' ? [JSON.parse(text) as LogData] : []))
}

async function texts(platform: LocalFixture): Promise<string[]> {
  return (await heard(platform)).flatMap(({ lines = [] }) => lines.map(({ text }) => text))
}

async function told(platform: LocalFixture, what: string): Promise<void> {
  await until(async () => (await platform.logs()).some(({ text }) => text.includes(what)), what)
}

describe('lines of a function', () => {
  test('call another one, as they are in the log, without those of the platform and of the function itself', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: `console.log(event.url); console.error('bad'); ${reply('1')}` })
    await platform.deploy('watch', { body: PRINT, routes: [], sources: [source('f', { project: 'p' })] })
    await told(platform, 'listens to what "f" prints')
    for (const path of ['/f?1', '/f?2']) await fetch(url + path)
    await until(async () => (await texts(platform)).length >= 4, 'the lines')
    await platform.deploy('f', { body: `console.log('another version'); ${reply('1')}` })
    await fetch(`${url}/f`)
    await until(async () => (await texts(platform)).includes('another version'), 'the line of the new version')
    expect((await texts(platform)).sort()).toEqual(['/f?1', '/f?2', 'another version', 'bad', 'bad'])
    const [first] = await heard(platform)
    expect(first).toMatchObject({ project: 'p', store: 'f' })
    expect(first?.lines?.[0]).toEqual({ time: expect.any(Number), text: expect.any(String) })
  })

  test('are filtered by words', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: `console.log(event.url); ${reply('1')}` })
    await platform.deploy('watch', { body: PRINT, routes: [], sources: [source('f', { filter: 'ERROR -"not this"' })] })
    await told(platform, 'listens to what "f" prints')
    for (const path of ['/f?ERROR', '/f?fine', '/f?ERROR+2']) await fetch(url + path)
    await until(async () => (await texts(platform)).length === 2, 'the lines')
    expect(await texts(platform)).toEqual(['/f?ERROR', '/f?ERROR+2'])
  })

  test('wait while they are not taken, at most ten thousand of them, and it is told how many were left out', async () => {
    let listener: (line: LogLine) => void = () => undefined
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const taken: LogData[] = []
    const said: string[] = []
    const context = {
      hear: (one: (line: LogLine) => void) => {
        listener = one
        return () => undefined
      },
      take: async ({ data }: { data: unknown }) => {
        taken.push(data as LogData)
        await gate
      },
      tell: (text: string) => void said.push(text),
    } as unknown as SourceContext
    const tail = new LogSource(source('f', { interval: 0.01 }), context)
    const print = (text: string): void => listener({ time: 1, function: 'f', stream: 'out', text })
    print('first')
    await until(() => taken.length === 1, 'the first event')
    for (let n = 0; n < 25_000; n++) print(String(n))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(taken).toHaveLength(1)
    release()
    await until(() => taken.length === 11, 'the rest')
    await tail.stop()
    expect(taken.flatMap(({ lines = [] }) => lines)).toHaveLength(10_001)
    expect(said).toContain('left out 15000 lines of "f": they come faster than they are taken')
  })
})

describe('lines of a file', () => {
  test('call a function when they are whole, also those that came while the platform was away, and after a rotation', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sls-lines-'))
    closing.push(() => removeFolder(folder))
    const file = join(folder, 'app.log')
    writeFileSync(file, 'before\n')
    const platform = local()
    await platform.deploy('watch', { body: PRINT, routes: [], sources: [source(file)] })
    await told(platform, `listens to the lines of ${file}`)
    appendFileSync(file, 'one\r\ntw')
    await until(async () => (await texts(platform)).length === 1, 'the first line')
    appendFileSync(file, 'o\nthrée\n')
    await until(async () => (await texts(platform)).length === 3, 'the next lines')
    const { pid } = await platform.record()
    process.kill(pid, 'SIGKILL')
    appendFileSync(file, 'away\n')
    await platform.info()
    expect((await platform.record()).pid).not.toBe(pid)
    await until(async () => (await texts(platform)).length === 4, 'what came meanwhile')
    appendFileSync(file, 'last\nwithout an end')
    renameSync(file, `${file}.1`)
    writeFileSync(file, 'fresh\n')
    await until(async () => (await texts(platform)).includes('fresh'), 'the new file')
    writeFileSync(file, '')
    await new Promise((resolve) => setTimeout(resolve, 200))
    appendFileSync(file, 'emptied\n')
    await until(async () => (await texts(platform)).includes('emptied'), 'the emptied file')
    expect(await texts(platform)).toEqual(['one', 'two', 'thrée', 'away', 'last', 'without an end', 'fresh', 'emptied'])
  })

  test('of the platform itself are refused: they would tell of themselves', async () => {
    const platform = local()
    const own = join(platform.home.services, 'shop.dev', 'log.ndjson')
    await platform.deploy('watch', { body: PRINT, routes: [], sources: [source(own)] })
    await told(platform, 'cannot begin')
    expect(await texts(platform)).toEqual([])
  })
})

test('a filter has words, quoted texts and what must not be there, and nothing else', () => {
  const matches = (filter: string, line: string): boolean | undefined => lineFilter(filter)?.(line)
  expect(matches('a b', 'b then a')).toBe(true)
  expect(matches('a b', 'b')).toBe(false)
  expect(matches('"a b"', 'b then a')).toBe(false)
  expect(matches('-a', 'b')).toBe(true)
  expect(matches('-"b c" a', 'a b c')).toBe(false)
  expect(matches('', 'x')).toBe(true)
  for (const unknown of ['{ $.level = "error" }', '[ip, user]', '?a ?b', '%a|b%'])
    expect(lineFilter(unknown)).toBeUndefined()
})

test('a reader of a log that leaves before it has begun is heard of no more', () => {
  const leave = new AbortController()
  const listeners = new Set<(line: LogLine) => void>()
  const hear = (listener: (line: LogLine) => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const following = new Following(hear, leave.signal)
  expect(listeners.size).toBe(1)
  leave.abort()
  expect(listeners.size).toBe(0)
  new Following(hear, leave.signal)
  expect(listeners.size).toBe(0)
  return expect(following.lines().next()).resolves.toMatchObject({ done: true })
})
