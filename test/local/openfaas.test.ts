import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { writeZip, zipEntry } from '../fixtures/zip.ts'
import { type LocalFixture, reply, until, useLocal } from './fixture.ts'

const local = useLocal()

async function ask(platform: LocalFixture, method: string, path: string, body?: object): Promise<[number, string]> {
  const { port, token } = await platform.record()
  const authorization = `Basic ${Buffer.from(`admin:${token}`).toString('base64')}`
  const sent = body ? { body: JSON.stringify(body) } : {}
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { authorization }, ...sent })
  return [response.status, (await response.text()).trim()]
}

const READS = `const { readFileSync, readdirSync } = require('node:fs'); const folder = process.env.secret_mount_path;
  const value = readFileSync(folder + '/db-password', 'utf8'); console.log('it is ' + value);
  ${reply('readdirSync(folder).join() + " " + value')}`

test('a secret of the platform reaches the functions that name it, as a file, and is told nobody', async () => {
  const platform = local()
  await platform.deploy('other', { body: reply('process.env.secret_mount_path') })
  await expect(platform.deploy('f', { body: READS, secretFiles: ['db-password'] })).rejects.toThrow(
    'the function "f" reads the secret "db-password", which the platform does not have',
  )
  const secret = { name: 'db-password', namespace: 'shop.dev' }
  expect((await ask(platform, 'POST', '/system/secrets', { ...secret, value: 'first word' }))[0]).toBe(201)
  await ask(platform, 'POST', '/system/secrets', { ...secret, name: 'unasked', value: 'x' })
  expect((await ask(platform, 'POST', '/system/secrets', { ...secret, value: 'again' }))[0]).toBe(409)
  expect((await ask(platform, 'PUT', '/system/secrets', { ...secret, name: 'nobody', value: 'x' }))[0]).toBe(404)
  expect((await ask(platform, 'POST', '/system/secrets', { ...secret, name: '../../x', value: 'x' }))[0]).toBe(400)
  const url = await platform.deploy('f', { body: READS, secretFiles: ['db-password'] })
  expect(await (await fetch(`${url}/f`)).text()).toBe('db-password first word')
  expect(await (await fetch(`${url}/other`)).text()).toBe('undefined')
  const rawValue = Buffer.from('second word').toString('base64')
  expect((await ask(platform, 'PUT', '/system/secrets', { ...secret, rawValue }))[0]).toBe(202)
  await ask(platform, 'POST', '/system/scale-function/f', { serviceName: 'f', replicas: 0 })
  expect(await (await fetch(`${url}/f`)).text()).toBe('db-password second word')
  await until(async () => (await platform.logs()).filter(({ text }) => text === 'it is ***').length === 2, 'the lines')
  const [, names] = await ask(platform, 'GET', '/system/secrets?namespace=shop.dev')
  expect(JSON.parse(names)).toEqual([secret, { ...secret, name: 'unasked' }])
  const folder = join(platform.home.secrets, 'shop%2Edev')
  expect(readdirSync(folder).map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8))).toEqual([
    '600',
    '600',
  ])
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700')
  expect((await ask(platform, 'DELETE', '/system/secrets', secret))[0]).toBe(202)
  expect((await ask(platform, 'DELETE', '/system/secrets', secret))[0]).toBe(404)
  await expect(platform.deploy('f', { body: `${READS} `, secretFiles: ['db-password'] })).rejects.toThrow('SLS7006')
  expect(await (await fetch(`${url}/f`)).text()).not.toBe('db-password first word')
})

test('what Alertmanager says of functions scales them', async () => {
  const platform = local()
  await platform.deploy('f', { body: reply('1'), concurrency: { instance: 1, min: 1, max: 8 } })
  const alert = async (status: string, name = 'f.shop.dev'): Promise<[number, string]> =>
    await ask(platform, 'POST', '/system/alert', { status, alerts: [{ status, labels: { function_name: name } }] })
  const replicas = async (): Promise<unknown> =>
    JSON.parse((await ask(platform, 'GET', '/system/function/f'))[1]).replicas
  await until(async () => (await replicas()) === 1, 'the first process')
  for (const expected of [3, 5, 7, 8, 8]) {
    expect(await alert('firing')).toEqual([200, ''])
    await until(async () => (await replicas()) === expected, `${expected} processes`)
  }
  expect(await alert('resolved')).toEqual([200, ''])
  await until(async () => (await replicas()) === 1, 'the least')
  expect(await alert('firing', 'nobody')).toEqual([400, 'function nobody not found'])
  const several = { alerts: ['nobody', 'f'].map((name) => ({ status: 'firing', labels: { function_name: name } })) }
  expect((await ask(platform, 'POST', '/system/alert', several))[0]).toBe(400)
  await until(async () => (await replicas()) === 3, 'the function behind an unknown one')
  expect((await ask(platform, 'POST', '/system/alert', {}))[0]).toBe(400)
})

test('a function answers by its name with its namespace, and no page of another site', async () => {
  const platform = local()
  const url = await platform.deploy('f', { body: `return { kind: 'value', value: 'called' }`, routes: [] })
  const post = async (path: string, headers: Record<string, string> = {}): Promise<[number, string]> => {
    const asking = request(`${url}${path}`, { method: 'POST', headers }).end()
    const [response] = (await once(asking, 'response')) as [IncomingMessage]
    return [response.statusCode ?? 0, (await text(response)).trim()]
  }
  for (const name of ['f', 'f.shop.dev']) {
    expect(await post(`/function/${name}`)).toEqual([200, 'called'])
    expect((await post(`/async-function/${name}`))[0]).toBe(202)
    for (const kind of ['function', 'async-function']) {
      expect((await post(`/${kind}/${name}`, { 'sec-fetch-site': 'cross-site' }))[0]).toBe(403)
      expect((await post(`/${kind}/${name}`, { 'sec-fetch-site': 'same-origin' }))[0]).toBeLessThan(300)
    }
  }
  expect((await post('/function/f.shop.prod'))[0]).toBe(404)
})

/** Uploads code and says what names it in place of an image. */
async function upload(platform: LocalFixture, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sls-code-'))
  onTestFinished(() => removeFolder(folder))
  const path = join(folder, 'code.zip')
  await writeZip(
    path,
    Object.entries(files).map(([file, text]) => zipEntry(file, text)),
  )
  const bytes = readFileSync(path)
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  const { port, token } = await platform.record()
  const headers = { authorization: `Bearer ${token}` }
  const put = await fetch(`http://127.0.0.1:${port}/v1/code/${digest}`, { method: 'PUT', body: bytes, headers })
  expect(put.status).toBe(200)
  return digest
}

const SERVER = `require('node:http').createServer((request, response) => response.end(process.env.WORD + request.url)).listen(process.env.PORT)`

test('code that was uploaded is deployed by its digest, and nothing else is', async () => {
  const platform = local()
  const url = await platform.deploy('f', { body: reply('process.env.WORD'), environment: { WORD: 'one' } })
  const deploy = (method: string, body: object) =>
    ask(platform, method, '/system/functions', { namespace: 'shop.dev', ...body })
  expect(await deploy('POST', { service: 'g', image: 'ghcr.io/openfaas/figlet:latest' })).toEqual([
    400,
    expect.stringContaining('this platform runs no images'),
  ])
  const unknown = `sha256:${'0'.repeat(64)}`
  expect(await deploy('POST', { service: 'g', image: unknown })).toEqual([400, expect.stringContaining('has no code')])
  const image = await upload(platform, {
    'server.js': SERVER,
    'sls_f.js': `exports.handler = async () => { ${reply('"new " + process.env.WORD')} }`,
  })
  expect(await deploy('POST', { service: 'g', image })).toEqual([400, expect.stringContaining('say what runs')])
  expect((await deploy('PUT', { service: 'g', image, envProcess: 'node server.js' }))[0]).toBe(404)
  const body = {
    service: 'g',
    image,
    envProcess: 'node server.js',
    envVars: { WORD: 'hi ' },
    limits: { memory: '64Mi' },
  }
  expect(await deploy('POST', body)).toEqual([202, ''])
  expect(await (await fetch(`${url}/function/g/x`)).text()).toBe('hi /x')
  expect(await deploy('PUT', { service: 'f', image, envVars: { WORD: 'two' } })).toEqual([202, ''])
  expect(await (await fetch(`${url}/f`)).text()).toBe('new two')
  const [, described] = await ask(platform, 'GET', '/system/function/g?namespace=shop.dev')
  expect(JSON.parse(described)).toMatchObject({ image, envProcess: 'node server.js', limits: { memory: '64Mi' } })
})

// The program is not in the module proxy, so nobody can install it by a command: who has one says where.
const CLI = process.env['FAAS_CLI'] ?? ''

test.skipIf(!existsSync(CLI))(
  'the command line of OpenFaaS itself lists, describes, invokes, reads logs and keeps secrets',
  async () => {
    const platform = local()
    const url = await platform.deploy('f', {
      body: `console.log('heard'); ${reply('"hello"')}`,
      routes: [{ path: '/*', methods: [] }],
      concurrency: { max: 3 },
    })
    expect(url).not.toBe('')
    const { port, token } = await platform.record()
    const home = mkdtempSync(join(tmpdir(), 'sls-faas-'))
    onTestFinished(() => removeFolder(home))
    const faas = async (...args: string[]): Promise<string> => {
      const run = promisify(execFile)(CLI, [...args, '--gateway', `http://127.0.0.1:${port}`], {
        env: { HOME: home },
        timeout: 60_000,
      })
      run.child.stdin?.end()
      const { stdout, stderr } = await run
      return stdout + stderr
    }
    await faas('login', '--username', 'admin', '--password', token)
    expect(await faas('list', '-n', 'shop.dev')).toMatch(/^f\s+0\s+1\s*$/m)
    expect(await faas('describe', 'f', '-n', 'shop.dev')).toMatch(/Status: +Ready/)
    expect(await faas('invoke', 'f', '-n', 'shop.dev')).toContain('hello')
    expect(await faas('logs', 'f', '-n', 'shop.dev', '--tail=false')).toContain('heard')
    const file = join(home, 'value')
    writeFileSync(file, 'word')
    await faas('secret', 'create', 'key', '-n', 'shop.dev', '--from-file', file)
    await faas('secret', 'update', 'key', '-n', 'shop.dev', '--from-literal', 'other')
    expect(await faas('secret', 'list', '-n', 'shop.dev')).toMatch(/^key +shop\.dev *$|^key\b/m)
    await faas('secret', 'remove', 'key', '-n', 'shop.dev')
    const image = await upload(platform, { 'server.js': SERVER })
    await faas(
      'deploy',
      '--name',
      'g',
      '--image',
      image,
      '--fprocess',
      'node server.js',
      '-n',
      'shop.dev',
      '--env',
      'WORD=hi',
    )
    expect(await (await fetch(`${url}/function/g/`)).text()).toBe('hi/')
    await faas('remove', 'g', '-n', 'shop.dev')
    await until(async () => !(await faas('list', '-n', 'shop.dev')).includes('g '), 'the removal')
  },
)
