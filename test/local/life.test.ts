import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { describe, expect, test } from 'vitest'
import { driverOf, isAlive, type LocalFixture, reply, until, useLocal } from './fixture.ts'

const local = useLocal()

async function textAt(url: string): Promise<string> {
  return await (await fetch(url)).text()
}

async function listen(port: number): Promise<{ port: number; close: () => Promise<unknown> }> {
  const server = createServer((_, response) => response.end('somebody else'))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as { port: number }
  return { port: address.port, close: () => new Promise((resolve) => server.close(resolve)) }
}

async function kill(platform: LocalFixture): Promise<void> {
  const { pid } = await platform.record()
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid), 'the end of the platform')
}

describe('the platform', () => {
  test('serves two services, and two stages of one, side by side', async () => {
    const platform = local()
    const says = { body: reply('[context.service, context.stage].join()') }
    const urls = [
      await platform.deploy('f', says, { service: 'shop' }),
      await platform.deploy('f', says, { service: 'blog' }),
      await platform.deploy('f', says, { service: 'blog', stage: 'prod' }),
    ]
    expect(new Set(urls).size).toBe(3)
    expect(await Promise.all(urls.map((url) => textAt(`${url}/f`)))).toEqual(['shop,dev', 'blog,dev', 'blog,prod'])
    await platform.remove({ service: 'blog' })
    await expect(fetch(`${urls[1]}/f`)).rejects.toThrow()
    expect(await textAt(`${urls[2]}/f`)).toBe('blog,prod')
  })

  test('that was killed is started again with its services, on their ports', async () => {
    const platform = local()
    const shop = await platform.deploy('f', { body: reply('process.pid') }, { service: 'shop' })
    const blog = await platform.deploy('f', { body: reply('"blog"') }, { service: 'blog' })
    const worker = Number(await textAt(`${shop}/f`))
    await kill(platform)
    await until(() => !isAlive(worker), 'the end of the function')
    expect((await platform.info({ service: 'shop' }))?.url).toBe(shop)
    expect(await textAt(`${blog}/f`)).toBe('blog')
    expect(Number(await textAt(`${shop}/f`))).not.toBe(worker)
    await platform.record()
  })

  test('that was killed leaves no function in a busy loop behind', async () => {
    const platform = local()
    const url = await platform.deploy('f', {
      timeout: 60,
      body: `if (event.url.endsWith('go')) for (;;); ${reply('process.pid')}`,
    })
    const worker = Number(await textAt(`${url}/f`))
    const lost = fetch(`${url}/f?go`).catch(() => 'lost')
    await new Promise((resolve) => setTimeout(resolve, 100))
    await kill(platform)
    await until(() => !isAlive(worker), 'the end of the loop')
    expect(await lost).toBe('lost')
  })

  test('ends cleanly when asked, and comes back with everything', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: `await new Promise((r) => setTimeout(r, 300)); ${reply('"done"')}` })
    const { pid } = await platform.record()
    const running = textAt(`${url}/f`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    process.kill(pid, 'SIGTERM')
    expect(await running).toBe('done')
    await until(() => !isAlive(pid), 'the end of the platform')
    expect((await platform.info())?.url).toBe(url)
    await platform.record()
    expect(await textAt(`${url}/f`)).toBe('done')
  })

  test('that ends is waited for, and not doubled', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: `await new Promise((r) => setTimeout(r, 800)); ${reply('"done"')}` })
    const { pid } = await platform.record()
    const running = textAt(`${url}/f`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    process.kill(pid, 'SIGTERM')
    const next = await platform.deploy('g', { body: reply('"g"') })
    expect([await running, next, isAlive(pid)]).toEqual(['done', url, false])
    expect(await textAt(`${url}/g`)).toBe('g')
  })

  test('notices a record whose pid and port belong to others, and leaves them alone', async () => {
    const platform = local()
    const stranger = await listen(0)
    const sleeper = spawn('sleep', ['60'])
    mkdirSync(platform.home.root, { recursive: true })
    const record = { pid: sleeper.pid, port: stranger.port, token: 'x', version: 'y', started: '' }
    for (const text of [JSON.stringify(record), '{"pid": 1', 'null', '']) {
      writeFileSync(platform.home.record, text)
      const url = await platform.deploy('f', { body: reply('1') })
      expect(await textAt(`${url}/f`)).toBe('1')
      await platform.remove()
    }
    expect(sleeper.exitCode).toBeNull()
    expect(await textAt(`http://127.0.0.1:${stranger.port}`)).toBe('somebody else')
    sleeper.kill()
    await stranger.close()
  })

  test('of another version is ended and replaced', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: reply('"f"') })
    const record = await platform.record()
    writeFileSync(platform.home.record, JSON.stringify({ ...record, version: 'older' }))
    expect((await platform.info())?.url).toBe(url)
    expect((await platform.record()).pid).not.toBe(record.pid)
    await until(() => !isAlive(record.pid), 'the end of the older platform')
    expect(platform.notes).toContain('ending the local platform of another version')
    expect(await textAt(`${url}/f`)).toBe('f')
  })

  test('ends when its record has gone', async () => {
    const platform = local()
    await platform.deploy('f', { body: reply('1') })
    const { pid } = await platform.record()
    writeFileSync(platform.home.record, '')
    await until(() => !isAlive(pid), 'the end of the platform')
  })

  test('starts over what it cannot understand of its own files', async () => {
    const platform = local()
    for (const [name, text] of Object.entries({ a: '{}', b: '{"ser', c: 'null', d: undefined })) {
      mkdirSync(join(platform.home.services, name), { recursive: true })
      if (text !== undefined) writeFileSync(join(platform.home.services, name, 'service.json'), text)
    }
    mkdirSync(join(platform.home.code, `.${randomUUID()}`), { recursive: true })
    const url = await platform.deploy('f', { body: reply('1') })
    expect(await textAt(`${url}/f`)).toBe('1')
    expect(readdirSync(platform.home.code)).toHaveLength(1)
  })

  test('keeps its record to the user alone', async () => {
    const platform = local()
    await platform.deploy('f', { body: reply('1') })
    expect(statSync(platform.home.record).mode & 0o777).toBe(0o600)
    expect(statSync(platform.home.root).mode & 0o777).toBe(0o700)
  })

  test('that cannot start says why', async () => {
    const platform = local()
    mkdirSync(platform.home.root, { recursive: true })
    writeFileSync(platform.home.services, 'a file where a folder has to be')
    const failure = await platform.deploy('f', { body: reply('1') }).catch((error: unknown) => error)
    expect(isSlsError(failure) && failure.diagnostics[0]).toMatchObject({
      code: 'SLS7001',
      message: expect.stringContaining('EEXIST'),
      notes: expect.arrayContaining([{ message: expect.stringContaining('EEXIST') }]),
    })
  })
})

describe('the port of a service', () => {
  test('is the one that was asked for, also later', async () => {
    const platform = local()
    const probe = await listen(0)
    await probe.close()
    const url = await platform.deploy('f', { body: reply('1') }, { port: probe.port })
    expect(url).toBe(`http://127.0.0.1:${probe.port}`)
    const other = await listen(0)
    await other.close()
    // What only looks, as a plan does, moves nothing.
    await driverOf(await platform.connect({ port: other.port })).list(platform.call, [])
    expect(await textAt(`${url}/f`)).toBe('1')
    expect((await platform.info({ port: other.port }))?.url).toBe(`http://127.0.0.1:${other.port}`)
    expect(await textAt(`http://127.0.0.1:${other.port}/f`)).toBe('1')
    await expect(fetch(url)).rejects.toThrow()
  })

  test('that was asked for and is taken is an error, and nothing is left', async () => {
    const platform = local()
    const stranger = await listen(0)
    const failure = await platform
      .deploy('f', { body: reply('1') }, { port: stranger.port })
      .catch((error: unknown) => error)
    expect(isSlsError(failure) && failure.diagnostics[0]).toMatchObject({
      code: 'SLS7005',
      message: `port ${stranger.port} is taken`,
    })
    await platform.record()
    expect(await platform.info()).toBeUndefined()
    await stranger.close()
  })

  test('that is taken keeps a service that is deployed as it is', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: reply('1') })
    const stranger = await listen(0)
    const failure = await platform
      .deploy('f', { body: reply('2') }, { port: stranger.port })
      .catch((error: unknown) => error)
    expect(isSlsError(failure) && failure.diagnostics[0]).toMatchObject({ code: 'SLS7005' })
    expect(await textAt(`${url}/f`)).toBe('1')
    await stranger.close()
  })

  test('that is taken at a restart is replaced, and info says so', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: reply('1') })
    const port = Number(new URL(url).port)
    await kill(platform)
    // The kernel frees the port a moment after the process has ended: its threads share it.
    const stranger = await until(() => listen(port).catch(() => undefined), 'the port to be free')
    const info = await platform.info()
    await platform.record()
    expect(info?.url).not.toBe(url)
    expect(info?.functions[0]?.notes).toEqual([
      `port ${port} was taken by something else, so it answers on ${new URL(info?.url ?? '').port}`,
    ])
    expect(await textAt(`${info?.url}/f`)).toBe('1')
    await stranger.close()
    expect(readFileSync(platform.home.record, 'utf8')).toContain('"token"')
  })
})
