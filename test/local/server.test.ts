import { once } from 'node:events'
import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { isAlive, until, useLocal } from './fixture.ts'

const local = useLocal()

// A server without anything of ours in it, behind a shell script.
const SERVER = `const { createServer } = require('node:http')
  createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString()
      if (request.url === '/exit') process.exit(4)
      if (request.url === '/loop') for (;;);
      console.log('asked for', request.url)
      if (request.url === '/stream') {
        response.writeHead(200)
        for (const part of ['a', 'b', 'c']) { response.write(part); await new Promise((r) => setTimeout(r, 100)) }
        return response.end()
      }
      if (request.url === '/invoke' && JSON.parse(body).data.name === 'flood') {
        response.writeHead(200)
        const flood = () => { while (response.write(Buffer.alloc(1 << 20, 'x'))); }
        response.on('drain', flood)
        return flood()
      }
      if (request.url === '/invoke' && JSON.parse(body).data.name === 'fail') { response.statusCode = 500; return response.end('not today') }
      response.setHeader('set-cookie', ['a=1', 'b=2'])
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ pid: process.pid, method: request.method, url: request.url, headers: request.headers, body, port: process.env.PORT }))
    })
  }).listen(process.env.PORT)`

const FILES = {
  files: { bootstrap: '#!/bin/sh\nnode server.js', 'server.js': SERVER },
  executable: ['bootstrap'],
  server: { command: ['./bootstrap'] },
  routes: [{ path: '/*', methods: [] }],
}

describe('a server behind a command', () => {
  test('gets requests and gives answers as they are', async () => {
    const url = await local().deploy('web', FILES)
    const response = await fetch(`${url}/a%20b?c=1`, { method: 'PATCH', body: 'hé', headers: { 'x-own': '1' } })
    const seen = (await response.json()) as { headers: Record<string, string>; port: string; [key: string]: unknown }
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(seen).toMatchObject({ method: 'PATCH', url: '/a%20b?c=1', body: 'hé', headers: { 'x-own': '1' } })
    expect(seen.headers['x-request-id']).toBe(response.headers.get('x-request-id'))
    expect(Number(seen.port)).toBeGreaterThan(0)
    const streamed = await once(request(`${url}/stream`).end(), 'response')
    const began = performance.now()
    const [first] = await once(streamed[0], 'data')
    expect([String(first), performance.now() - began < 90]).toEqual(['a', true])
    streamed[0].resume()
    await once(streamed[0], 'end')
  })

  test('gets events as CloudEvents', async () => {
    const platform = local()
    const base = { timezone: 'UTC', enabled: true }
    await platform.deploy('web', {
      ...FILES,
      timers: [
        { ...base, name: 'tick', schedule: '* * * * * * *', payload: { n: 1 } },
        { ...base, name: 'fail', schedule: '* * * * * * *' },
        { ...base, name: 'flood', schedule: '* * * * * * *' },
      ],
    })
    const lines = await until(async () => {
      const found = (await platform.logs()).map(({ text }) => text)
      return ['"fail" failed', '"flood" failed'].every((what) => found.join().includes(what)) && found
    }, 'the failed timers')
    expect(lines).toContain('asked for /invoke')
    expect(lines).toContain('the timer "fail" failed: the function answered the event with the status 500')
    expect(lines).toContain('the timer "flood" failed: the function answered the event with more than 32 MB')
    expect(lines.join()).not.toContain('"tick" failed')
  })

  test('that ends or hangs is started again', async () => {
    const platform = local()
    const url = await platform.deploy('web', { ...FILES, timeout: 1 })
    const look = async () => ((await (await fetch(`${url}/`)).json()) as { pid: number }).pid
    const pid = await look()
    const gone = await fetch(`${url}/exit`)
    expect([gone.status, gone.headers.get('x-error-class')]).toEqual([502, 'exit'])
    const next = await look()
    expect(next).not.toBe(pid)
    const late = await fetch(`${url}/loop`)
    expect([late.status, late.headers.get('x-error-class')]).toEqual([504, 'timeout'])
    await until(() => !isAlive(next), 'the end of the loop')
    const last = await look()
    await platform.remove()
    await until(() => !isAlive(last), 'the end of the server')
  })

  test('that does not listen is no deploy', async () => {
    const deaf = { ...FILES, files: { ...FILES.files, 'server.js': 'setInterval(() => {}, 1000)' }, initTimeout: 1 }
    await expect(local().deploy('web', deaf)).rejects.toThrow(
      'SLS7003: the function "web" does not load: it did not take connections within 1 s; it has to listen on the port in the variable PORT',
    )
    const dead = { ...FILES, files: { ...FILES.files, 'server.js': 'console.error("no"); process.exit(1)' } }
    await expect(local().deploy('web', dead)).rejects.toThrow('it ended its process (exit code 1)')
    const missing = { ...FILES, server: { command: ['./nowhere'] } }
    await expect(local().deploy('web', missing)).rejects.toThrow('ENOENT')
  })

  test('is ready when its health check says so', async () => {
    const files = {
      'server.js': `let asked = 0
        require('node:http').createServer((request, response) => {
          if (request.url === '/health') response.statusCode = ++asked > 3 ? 200 : 503
          response.end(String(asked))
        }).listen(process.env.PORT)`,
    }
    const server = { command: ['node', 'server.js'], healthCheck: { path: '/health', successThreshold: 2 } }
    const url = await local().deploy('web', { files, server, routes: FILES.routes })
    expect(Number(await (await fetch(`${url}/`)).text())).toBeGreaterThanOrEqual(5)
  })
})
