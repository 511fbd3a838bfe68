import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LogLine } from '@anyfaas/kit'
import { describe, expect, test } from 'vitest'
import { LogFile } from '../../src/local/platform/logs/log-file.ts'
import { reply, until, useLocal } from './fixture.ts'

const local = useLocal()

describe('timers', () => {
  test('fire by cron and by interval, with their payload, unless they are off', async () => {
    const platform = local()
    const base = { timezone: 'UTC', enabled: true }
    await platform.deploy('tick', {
      routes: [],
      timers: [
        { ...base, name: 'cron', schedule: '* * * * * * *', payload: { n: 1 } },
        { ...base, name: 'every', schedule: 1 },
        { ...base, name: 'off', schedule: 1, enabled: false },
      ],
      body: `console.log(JSON.stringify(event)); if (event.trigger === 'every') throw new Error('not today'); return { kind: 'value' }`,
    })
    const lines = await until(async () => {
      const found = await platform.logs({ functions: ['tick'] })
      return found.filter(({ stream }) => stream === 'out').length >= 4 && found
    }, 'four firings')
    const events = lines.filter(({ stream }) => stream === 'out').map(({ text }) => JSON.parse(text))
    expect(new Set(events.map(({ trigger }) => trigger))).toEqual(new Set(['cron', 'every']))
    expect(events.find(({ trigger }) => trigger === 'cron')).toMatchObject({
      kind: 'timer',
      data: { n: 1 },
      time: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    expect(lines.map(({ text }) => text)).toContain('the timer "every" failed: Error: not today')
    const seconds = events
      .filter(({ trigger }) => trigger === 'cron')
      .map(({ time }) => Math.floor(Date.parse(time) / 1000))
    expect(new Set(seconds).size).toBe(seconds.length)
  })

  test('stop with their function', async () => {
    const platform = local()
    const timers = [{ name: 't', schedule: '* * * * * * *', timezone: 'UTC', enabled: true }]
    await platform.deploy('tick', { timers, body: `console.log('tick'); return { kind: 'value' }` })
    await until(async () => (await platform.logs()).some(({ text }) => text === 'tick'), 'a firing')
    await platform.deploy('tick', { body: reply('1') })
    const count = async () => (await platform.logs()).filter(({ text }) => text === 'tick').length
    const before = await count()
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect(await count()).toBe(before)
  })
})

describe('logs', () => {
  test('hold what functions print, by function, stream and request', async () => {
    const platform = local()
    const url = await platform.deploy('a', {
      body: `process.stdout.write('one\\ntwo'); await new Promise((r) => setTimeout(r, 20)); console.error('bad'); process.stdout.write('!\\n');
        await new Promise((r) => setTimeout(r, 50)); ${reply('1')}`,
    })
    await platform.deploy('b', { body: `console.log('from b'); ${reply('1')}` })
    const response = await fetch(`${url}/a`)
    await fetch(`${url}/b`)
    const lines = await until(async () => {
      const found = await platform.logs()
      return found.some(({ text }) => text === 'from b') && found
    }, 'the lines')
    const printed = lines.filter(({ function: name, stream }) => name === 'a' && stream !== 'sys')
    expect(printed.map(({ stream, text }) => [stream, text]).sort()).toEqual([
      ['err', 'bad'],
      ['out', 'one'],
      ['out', 'two!'],
    ])
    expect(new Set(printed.map(({ requestId }) => requestId))).toEqual(new Set([response.headers.get('x-request-id')]))
    expect((await platform.logs({ functions: ['b'] })).every(({ function: name }) => name === 'b')).toBe(true)
    expect(await platform.logs({ tail: 1 })).toEqual([lines.at(-1)])
    expect(await platform.logs({ tail: 0 })).toEqual([])
    expect(await platform.logs({ since: Date.now() + 1000 })).toEqual([])
  })

  test('are followed without a gap and without a line told twice', async () => {
    const platform = local()
    const url = await platform.deploy('a', { body: `console.log('n' + event.url.split('?')[1]); ${reply('1')}` })
    const stop = new AbortController()
    const connection = await platform.connect()
    const seen: LogLine[] = []
    let isDone = false
    const asking = (async () => {
      for (let n = 0; n < 300 && !isDone; n++) await (await fetch(`${url}/a?${n}`)).text()
    })()
    const following = (async () => {
      const query = { functions: ['a'], follow: true }
      for await (const line of connection.logs(query, { signal: stop.signal, note: () => undefined })) {
        if (line.stream === 'out') seen.push(line)
        if (line.text === 'n299') stop.abort()
      }
    })()
    await asking
    isDone = true
    await following
    expect(seen.map(({ text }) => text)).toEqual(Array.from({ length: 300 }, (_, n) => `n${n}`))
  })

  test('outlive the platform, also with half a line in them', async () => {
    const platform = local()
    const url = await platform.deploy('a', { body: `console.log('kept'); ${reply('1')}` })
    await fetch(`${url}/a`)
    await until(async () => (await platform.logs()).some(({ text }) => text === 'kept'), 'the line')
    const { pid } = await platform.record()
    process.kill(pid, 'SIGKILL')
    const [folder = ''] = readdirSync(platform.home.services)
    appendFileSync(join(platform.home.services, folder, 'log.ndjson'), '{"time":1,"te')
    const lines = await until(async () => {
      const found = await platform.logs()
      return found.length > 0 && found
    }, 'the lines')
    await platform.record()
    expect(lines.map(({ text }) => text)).toContain('kept')
  })

  test('do not grow without end', async () => {
    const platform = local()
    await platform.deploy('a', { body: reply('1') })
    const path = join(platform.home.root, 'log')
    const file = new LogFile(path)
    const line = 'x'.repeat(1 << 20)
    for (let count = 0; count < 40; count++) {
      file.append(`${count} ${line}`)
      await file.read()
    }
    const kept = (await file.read()).map((text) => Number.parseInt(text, 10))
    expect(
      readdirSync(platform.home.root)
        .filter((name) => name.startsWith('log'))
        .sort(),
    ).toEqual(['log', 'log.1', 'log.2'])
    expect(kept.at(-1)).toBe(39)
    expect(kept).toEqual([...kept].sort((a, b) => a - b))
    expect(kept.length).toBeLessThan(30)
  })
})
