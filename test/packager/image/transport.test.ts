import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseReference, writeReference } from '../../../src/packager/image/reference.ts'
import { findCredentials } from '../../../src/packager/image/registry/docker-config.ts'
import { callHttp } from '../../../src/packager/image/registry/http.ts'
import { mistakesOf, type Project, useProjects } from '../project.ts'
import { type FakeRegistry, type Mischief, openRegistry } from './fake-registry.ts'
import { containerOf, packIn } from './images.ts'

const project = useProjects()
const open: FakeRegistry[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const registry of open.splice(0)) await registry.close()
})

async function registryThat(mischief?: Mischief): Promise<FakeRegistry> {
  const registry = await openRegistry(mischief)
  open.push(registry)
  return registry
}

// Noise, so that the layer is as large as the file.
const NOISE = createHash('shake256', { outputLength: 20 << 20 }).digest()

function push(registry: FakeRegistry, made: Project = project({ 'server.js': '1' }), base = 'scratch') {
  return packIn(made, [containerOf('api', { build: { base }, image: `${registry.host}/team/api` })], { push: true })
}

function methodsOf({ seen }: FakeRegistry, method: string) {
  return seen.filter((one) => one.method === method)
}

describe('a push', () => {
  it('bears errors that pass, and waits as long as it is told to', async () => {
    let failures = 0
    const registry = await registryThat((request, response) => {
      if (request.method !== 'PUT' || failures++ > 2) return false
      response.writeHead(failures === 1 ? 503 : 429, { 'retry-after': '0' }).end()
      return true
    })
    const { artifacts } = await push(registry)
    expect(registry.manifests.get('dev')).toBeDefined()
    expect(registry.manifests.get(artifacts[0]?.digest ?? '')).toBeDefined()
  })

  it('gives up on what does not pass, and says what the registry says', async () => {
    const registry = await registryThat((request, response) => {
      if (request.method !== 'PUT' || !request.url?.includes('manifests')) return false
      response.writeHead(400).end(JSON.stringify({ errors: [{ code: 'MANIFEST_INVALID', message: 'it is blue' }] }))
      return true
    })
    expect(await mistakesOf(push(registry))).toMatchObject([
      { code: 'SLS4031', message: expect.stringContaining('(400, MANIFEST_INVALID: it is blue)') },
    ])
  })

  it('goes on where a broken connection has ended', async () => {
    const registry = await registryThat()
    registry.breaksAtBytes = 4 << 20
    const { artifacts } = await push(registry, project({ 'noise.bin': NOISE }))
    const [first, second] = methodsOf(registry, 'PATCH').filter(
      ({ headers }) => Number(headers['content-length']) > 1 << 20,
    )
    expect(second?.headers['content-range']).toMatch(/^\d{7,8}-\d+$/)
    expect(Number(second?.headers['content-length'])).toBeLessThan(Number(first?.headers['content-length']))
    expect(registry.manifests.get('dev')?.length).toBeGreaterThan(0)
    expect(artifacts).toHaveLength(1)
  })

  it('goes in chunks where one piece is too large', async () => {
    const registry = await registryThat((request, response) => {
      if (request.method !== 'PATCH' || Number(request.headers['content-length']) <= 8 << 20) return false
      response.writeHead(413).end()
      request.resume()
      return true
    })
    await push(registry, project({ 'noise.bin': NOISE }))
    const chunks = methodsOf(registry, 'PATCH').map(({ headers }) => headers['content-range'])
    expect(chunks).toContain(`0-${(8 << 20) - 1}`)
    expect(chunks).toContain(`${8 << 20}-${(16 << 20) - 1}`)
  })

  it('asks the token service for what it needs, with the password, and nobody else gets that', async () => {
    const made = project({ 'server.js': '1' })
    const tokens = await registryThat((request, response) => {
      const isKnown = request.headers.authorization === `Basic ${Buffer.from('me:hunter2').toString('base64')}`
      response.writeHead(isKnown ? 200 : 401).end(JSON.stringify({ token: 'good' }))
      return true
    })
    const registry = await registryThat((request, response) => {
      if (request.headers.authorization === 'Bearer good') return false
      const challenge = `Bearer realm="http://${tokens.host}/token",service="shop",scope="repository:team/api:pull"`
      response.writeHead(401, { 'www-authenticate': challenge }).end()
      return true
    })
    const home = join(made.dir, '../home/.docker')
    mkdirSync(home, { recursive: true })
    const auth = Buffer.from('me:hunter2').toString('base64')
    writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }))
    await push(registry, made)
    expect(tokens.seen[0]?.path).toBe('/token?service=shop&scope=repository%3Ateam%2Fapi%3Apull%2Cpush')
    expect(registry.seen.filter(({ headers }) => headers.authorization?.includes(auth))).toEqual([])
  })

  it('does not take the password along when a registry sends it elsewhere', async () => {
    const elsewhere = await registryThat((_, response) => {
      response.writeHead(200).end('{}')
      return true
    })
    const made = project({})
    const registry = await registryThat((request, response) => {
      if (!request.headers.authorization) response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      else response.writeHead(307, { location: `http://${elsewhere.host}/blob` }).end()
      return true
    })
    const home = join(made.dir, '../home/.docker')
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth: 'YTpi' } } }))
    await mistakesOf(packIn(made, [containerOf('api', { build: { base: `${registry.host}/a` } })]))
    expect(elsewhere.seen.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  it('ends when the user interrupts, while it waits', async () => {
    const registry = await registryThat((_, response) => {
      response.writeHead(503, { 'retry-after': '3600' }).end()
      return true
    })
    const stop = new AbortController()
    const fn = containerOf('api', { build: { base: 'scratch' }, image: `${registry.host}/team/api` })
    const work = mistakesOf(packIn(project({}), [fn], { push: true, signal: stop.signal }))
    await vi.waitUntil(() => registry.seen.length > 0, { timeout: 30_000 })
    stop.abort()
    expect(await work).toMatchObject([{ code: 'SLS5002' }])
  })
})

describe('a registry on another machine', () => {
  it('is not reached without TLS', async () => {
    const call = callHttp({ method: 'GET', url: new URL('http://registry.example.com/v2/'), headers: {} })
    expect(await mistakesOf(call)).toMatchObject([{ code: 'SLS4031', message: expect.stringContaining('without TLS') }])
  })
})

describe('a base', () => {
  it('that is damaged on the way is refused', async () => {
    const registry = await registryThat()
    const made = project({ 'server.js': '1' })
    await push(registry, made)
    for (const [digest, bytes] of registry.blobs)
      if (!bytes.toString().startsWith('{')) registry.blobs.set(digest, Buffer.from('other'))
    made.write({ 'server.js': '2' })
    const fn = containerOf('next', { build: { base: `${registry.host}/team/api:dev` } })
    expect(await mistakesOf(packIn(made, [fn]))).toMatchObject([
      { code: 'SLS4030', message: expect.stringContaining('and should be') },
    ])
  })
})

describe('the name of an image', () => {
  it.each([
    ['node', 'docker.io/library/node'],
    ['node:20-slim', 'docker.io/library/node:20-slim'],
    ['team/app', 'docker.io/team/app'],
    ['localhost/app', 'localhost/app'],
    ['localhost:5000/a/b:1.0', 'localhost:5000/a/b:1.0'],
    [`a.example/b:1@sha256:${'a'.repeat(64)}`, `a.example/b:1@sha256:${'a'.repeat(64)}`],
  ])('%s is %s', (text, whole) => {
    const reference = parseReference(text)
    expect(reference && writeReference(reference)).toBe(whole)
  })

  it.each(['', 'UPPER', 'a b', 'a@sha256:1', 'a/b:', 'https://a.example/b', 'a//b'])('%s is none', (text) => {
    expect(parseReference(text)).toBeUndefined()
  })
})

describe('a password', () => {
  const made = () => {
    const { dir } = project({})
    const write = (config: object) => writeFileSync(join(dir, 'config.json'), JSON.stringify(config))
    const find = (registry: string, repository = 'a/b') =>
      findCredentials(registry, repository, { DOCKER_CONFIG: dir, HOME: dir })
    return { dir, write, find }
  }
  const auth = Buffer.from('me:with:colons').toString('base64')
  const found = { kind: 'password', user: 'me', password: 'with:colons' }

  it('is found under all the names that tools have kept it under', async () => {
    const { write, find } = made()
    for (const key of ['r.example', 'https://r.example', 'https://r.example/v1/', 'r.example/a', 'r.example/a/b']) {
      write({ auths: { [key]: { auth } } })
      expect(await find('r.example')).toEqual(found)
    }
    write({ auths: { 'https://index.docker.io/v1/': { auth } } })
    expect(await find('docker.io')).toEqual(found)
    expect(await find('r.example')).toBeUndefined()
    write({ auths: { 'r.example': { identitytoken: 'abc' } } })
    expect(await find('r.example')).toEqual({ kind: 'token', token: 'abc' })
  })

  it('is asked of a helper, which gets the name of the server', async () => {
    const { dir, write, find } = made()
    writeFileSync(
      join(dir, 'docker-credential-mine'),
      '#!/bin/sh\nread server\ncase $server in\n  none*) echo "credentials not found in native keychain"; exit 1;;\n  token*) echo \'{"Username":"<token>","Secret":"t"}\';;\n  *) echo "{\\"Username\\":\\"$server\\",\\"Secret\\":\\"s\\"}";;\nesac\n',
    )
    chmodSync(join(dir, 'docker-credential-mine'), 0o755)
    vi.stubEnv('PATH', `${dir}:${process.env['PATH']}`)
    write({ credsStore: 'mine' })
    expect(await find('r.example')).toEqual({ kind: 'password', user: 'r.example', password: 's' })
    expect(await find('token.example')).toEqual({ kind: 'token', token: 't' })
    expect(await find('none.example')).toBeUndefined()
  })
})
