import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogLine, LogQuery } from '@anyfaas/kit'
import { afterEach, expect, test } from 'vitest'
import { ServiceLog } from '../../src/local/platform/logs/service-log.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) removeFolder(folder)
})

function makeLog(text = ''): ServiceLog {
  const folder = mkdtempSync(join(tmpdir(), 'sls-log-'))
  folders.push(folder)
  writeFileSync(join(folder, 'log.ndjson'), text)
  return new ServiceLog(join(folder, 'log.ndjson'))
}

async function textsOf(log: ServiceLog, query: Partial<LogQuery>): Promise<string[]> {
  const texts: string[] = []
  const lines = log.read({ functions: [], follow: false, ...query }, new AbortController().signal)
  for await (const { text } of lines) texts.push(text)
  return texts
}

test('the last lines are those of the functions that are asked for, whatever was cut off', async () => {
  const log = makeLog('{"time":1,"function":"a","stream":"out","te\n')
  for (let n = 0; n < 2500; n++) log.tell({ function: n % 2 ? 'a' : 'b', stream: 'out', text: String(n) })
  expect(await textsOf(log, {})).toEqual(Array.from({ length: 2500 }, (_, n) => String(n)))
  expect(await textsOf(log, { tail: 3 })).toEqual(['2497', '2498', '2499'])
  expect(await textsOf(log, { tail: 2, functions: ['b'] })).toEqual(['2496', '2498'])
  expect(await textsOf(log, { tail: 0 })).toEqual([])
  expect(await textsOf(log, { tail: 9000 })).toHaveLength(2500)
  expect(await textsOf(log, { since: Date.now() + 1000 })).toEqual([])
})

test('lines that come faster than they can be written are dropped at last, and it is said how many', async () => {
  const log = makeLog()
  const heard: string[] = []
  log.hear(({ text }) => heard.push(text))
  const line = 'x'.repeat(1000)
  // Nothing is written before this turn ends.
  for (let n = 0; n < 10_000; n++) log.tell({ function: n % 2 ? 'a' : 'b', stream: 'out', text: line })
  const kept = heard.length
  expect(kept).toBeGreaterThan(3000)
  expect(kept).toBeLessThan(4400)
  await log.written()
  await log.written()
  const texts = await textsOf(log, {})
  const said = texts.filter((text) => text !== line)
  expect(texts.length - said.length).toBe(kept)
  expect(said).toHaveLength(2)
  expect(said[0]).toMatch(/^\d+ lines are dropped here: it prints them faster than they can be written$/)
  expect(said.reduce((sum, text) => sum + Number.parseInt(text, 10), 0)).toBe(10_000 - kept)
  // There is room again.
  log.tell({ function: 'a', stream: 'out', text: 'after' })
  expect((await textsOf(log, { tail: 1 }))[0]).toBe('after')
})

test('who follows and does not read has ten thousand lines waiting at most, and is told of the others', async () => {
  const log = makeLog()
  const leaving = new AbortController()
  log.tell({ function: 'f', stream: 'out', text: 'before' })
  const reading = log.read({ functions: [], follow: true }, leaving.signal)
  const next = async (): Promise<LogLine> => (await reading.next()).value as LogLine
  expect((await next()).text).toBe('before')
  for (let n = 0; n < 10_005; n++) log.tell({ function: 'f', stream: 'out', text: String(n) })
  for (let n = 0; n < 10_000; n++) expect((await next()).text).toBe(String(n))
  expect(await next()).toMatchObject({ function: 'f', stream: 'sys', text: '5 lines after this are left out here' })
  log.tell({ function: 'f', stream: 'out', text: 'after' })
  expect((await next()).text).toBe('after')
  const end = reading.next()
  leaving.abort()
  expect((await end).done).toBe(true)
  log.tell({ function: 'f', stream: 'out', text: 'later' })
  await log.written()
})
