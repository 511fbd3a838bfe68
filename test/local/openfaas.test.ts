import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
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
    `the function "f" needs of the platform's secrets "db-password"`,
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

/** Uploads code and says what names it in place of an image. */
async function upload(platform: LocalFixture, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sls-code-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
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
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
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
