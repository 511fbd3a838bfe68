import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { unpack } from '../packager/unzip.ts'
import { has } from '../peers.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { type Machine, makeMachine, root, run } from './sls.ts'

let machine: Machine

beforeAll(() => {
  machine = makeMachine()
})

afterAll(() => machine.remove())

/** Deploys a folder and gives the address of its service. */
async function deploy(cwd: string, env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await machine.sls(['deploy'], { cwd, env })
  expect(stderr).toMatch(/deployed \d function|nothing changed/)
  expect(code).toBe(0)
  return /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)?.[0] ?? ''
}

describe('hello', () => {
  it('answers on the local platform; deploying again changes nothing; removing ends it', async () => {
    const cwd = machine.example('hello')
    const url = await deploy(cwd)
    expect(await (await fetch(`${url}/?name=you`)).text()).toBe('Hello, you!\n')
    const again = await machine.sls(['deploy'], { cwd })
    expect(again.stderr).toContain('nothing changed')
    expect((await machine.sls(['info'], { cwd })).stdout).toContain(`${url}/*`)
    expect((await machine.sls(['plan', '--exit-code'], { cwd })).code).toBe(0)
    writeFileSync(join(cwd, 'hello.js'), "exports.handler = async () => { console.log('called'); return 'changed' }")
    expect((await machine.sls(['plan', '--exit-code'], { cwd })).code).toBe(3)
    await deploy(cwd)
    expect(await (await fetch(url)).text()).toBe('changed')
    expect((await machine.sls(['logs'], { cwd })).stdout).toContain('called')
    expect((await machine.sls(['remove', '--yes'], { cwd })).code).toBe(0)
    await expect(fetch(url)).rejects.toThrow()
    expect((await machine.sls(['remove', '--yes'], { cwd })).code).toBe(0)
  })

  it.each(['local', 'aliyun', 'tencent', 'aws'])('is called as %s calls it', async (provider) => {
    const cwd = join(root, 'examples/hello')
    const { code, stdout } = await machine.sls(
      ['invoke', '-f', 'hello', '--path', '/?name=you', '--provider', provider],
      { cwd },
    )
    expect([code, stdout]).toEqual([0, 'Hello, you!\n'])
  })
})

describe('layers', () => {
  it.each(['local', 'aliyun', 'tencent', 'aws'])('stand around a function as %s calls it', async (provider) => {
    const cwd = join(root, 'examples/layers')
    const call = (...args: string[]) => machine.sls(['invoke', '--provider', provider, ...args], { cwd })
    const { stdout, stderr } = await call('-f', 'hello', '--path', '/hello?name=you')
    expect(stdout).toBe('Hello, you, from hello!\n')
    expect(stderr).toMatch(/hello answered in [\d.]+ ms/)
    expect((await call('-f', 'plain', '--path', '/plain')).stdout).toBe('without a layer\n')
  })

  it('are in what is deployed, and close with it', async () => {
    const cwd = withRuntime(machine.example('layers'))
    const url = await deploy(cwd)
    expect(await (await fetch(`${url}/hello?name=you`)).text()).toBe('Hello, you, from hello!\n')
    expect(await (await fetch(`${url}/plain`)).text()).toBe('without a layer\n')
    writeFileSync(join(cwd, 'src/hello.ts'), "export const handler = async () => 'changed'\n")
    await deploy(cwd)
    expect(await (await fetch(`${url}/hello`)).text()).toBe('changed')
    const logs = async (): Promise<string> => (await machine.sls(['logs'], { cwd })).stdout
    await vi.waitUntil(async () => (await logs()).includes('hello says good-bye'), { timeout: 20_000, interval: 200 })
  })

  it('are called by the platform before it stops', async () => {
    const cwd = withRuntime(machine.example('layers'))
    expect((await machine.sls(['package', '--provider', 'aliyun'], { cwd })).code).toBe(0)
    const spec = readFileSync(join(cwd, '.sls/aliyun/s.yaml'), 'utf8')
    expect(spec.match(/handler: sls_\w+\.preStop/g)).toEqual([
      'handler: sls_hello.preStop',
      'handler: sls_nightly.preStop',
    ])
    const code = await unpack(join(cwd, '.sls/aliyun/layers.zip'), join(machine.home, 'layers-code'))
    const script = `const { handler, preStop } = require('./sls_nightly.js')
      const event = Buffer.from(JSON.stringify({ triggerTime: '2026-01-02T03:04:05Z', triggerName: 't', payload: '' }))
      handler(event, { requestId: 'r' }).then((answer) => console.log(answer)).then(() => preStop({ requestId: 'r' }))`
    const { stdout } = await run(process.execPath, ['-e', script], { cwd: code })
    expect(stdout.split('\n').filter((line) => !line.includes(' in '))).toEqual([
      'Hello, night, from nightly!',
      '',
      'nightly says good-bye',
      '',
    ])
  })
})

describe('deck', () => {
  it('loses neither function to the aggregate that bears the name of one', async () => {
    const url = await deploy(machine.example('deck'))
    expect(await (await fetch(url)).text()).toContain('Two functions, one deployment')
    expect(await (await fetch(`${url}/hello?name=you`)).json()).toEqual({ hello: 'you', function: 'hello' })
    expect((await fetch(`${url}/nope`)).status).toBe(404)
    expect((await fetch(url, { method: 'POST' })).status).toBe(405)
  })

  it('is packaged under the name that it asks for, with what it includes', async () => {
    const cwd = machine.example('deck')
    expect((await machine.sls(['package', '--provider', 'all'], { cwd })).code).toBe(0)
    for (const platform of ['aliyun', 'tencent', 'aws', 'local']) {
      expect(readdirSync(join(cwd, '.sls', platform)).filter((name) => name !== 'run')).toContain('deck.zip')
    }
    const code = join(cwd, 'unpacked')
    await unpack(join(cwd, '.sls/aws/deck.zip'), code)
    expect(readdirSync(code)).toEqual(expect.arrayContaining(['public', 'sls_index.js', 'sls_runtime.js']))
    expect(readdirSync(code)).not.toContain('README.md')
  })
})

describe('blog', () => {
  const posts = async (url: string): Promise<void> => {
    const send = (path: string, body: object, headers = {}): Promise<Response> =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
    expect(await (await fetch(`${url}/api/posts`)).json()).toEqual([])
    expect((await send('/api/posts', { title: 'x', body: 'y' })).status).toBe(401)
    expect((await send('/api/login', { name: 'ann', password: 'short' })).status).toBe(400)
    const { token } = (await (await send('/api/login', { name: 'ann', password: 'correct horse' })).json()) as {
      token: string
    }
    expect((await send('/api/login', { name: 'ann', password: 'wrong horse' })).status).toBe(401)
    const created = await send('/api/posts', { title: 'First', body: 'Hëllo' }, { authorization: `Bearer ${token}` })
    expect(created.status).toBe(201)
    const location = created.headers.get('location') ?? ''
    expect(await (await fetch(url + location)).json()).toMatchObject({ author: 'ann', title: 'First', body: 'Hëllo' })
    expect(await (await fetch(`${url}/api/posts`)).json()).toMatchObject([{ title: 'First' }])
    expect((await fetch(`${url}/api/posts/nope`)).status).toBe(404)
    expect((await send('/api/posts', { title: 'x' }, { authorization: `Bearer ${token}x` })).status).toBe(401)
  }

  // Its packages stand in the checkout, above the folder.
  const cwd = join(root, 'examples/blog')

  it('keeps users and posts in its embedded database', async () => {
    const url = await deploy(cwd, { DATABASE_FILE: join(machine.home, 'blog.sqlite') })
    await posts(url)
    expect(existsSync(join(machine.home, 'blog.sqlite'))).toBe(true)
  })

  it('is invoked function by function, from TypeScript', async () => {
    const env = { DATABASE_FILE: join(machine.home, 'invoke.sqlite') }
    const data = JSON.stringify({ name: 'bob', password: 'battery staple' })
    for (const provider of ['local', 'aliyun', 'tencent', 'aws']) {
      const login = await machine.sls(['invoke', '-f', 'login', '-d', data, '--provider', provider], { cwd, env })
      expect(login.code).toBe(0)
      expect(JSON.parse(login.stdout)).toEqual({ token: expect.stringMatching(/^[\w-]+\.[\w-]+$/) })
    }
    const list = await machine.sls(['invoke', '-f', 'list'], { cwd, env })
    expect(JSON.parse(list.stdout)).toEqual([])
  })

  describe.skipIf(!has('PostgreSQL'))('with DATABASE_URL', () => {
    let postgres: Postgres
    beforeAll(async () => {
      postgres = await startPostgres()
    })
    afterAll(() => postgres.stop())

    it('keeps them in PostgreSQL', async () => {
      const url = await deploy(cwd, { DATABASE_URL: postgres.url })
      await posts(url)
    })
  })
})

describe('custom-runtime', () => {
  it('serves HTTP from TypeScript behind a command', async () => {
    const cwd = withRuntime(machine.example('custom-runtime'))
    const url = await deploy(cwd)
    expect(await (await fetch(`${url}/a/b?name=you`)).json()).toEqual({
      hello: 'you',
      from: 'TypeScript',
      path: '/a/b',
      requestId: expect.stringMatching(/./),
    })
    const called = await machine.sls(['invoke', '-f', 'server', '--path', '/?name=me'], { cwd })
    expect([called.code, JSON.parse(called.stdout)]).toMatchObject([0, { hello: 'me', from: 'TypeScript', path: '/' }])
    const event = await machine.sls(['invoke', '-f', 'server', '--trigger', 'timer', '-d', '"tick"'], { cwd })
    expect(event.code).toBe(0)
    expect(event.stderr).toContain('"payload":"tick"')
  })

  it('gets what each platform sends', async () => {
    const cwd = withRuntime(machine.example('custom-runtime'))
    const timer = ['invoke', '--trigger', 'timer', '-d', '"tick"']
    const fc = await machine.sls([...timer, '--provider', 'aliyun'], { cwd })
    expect([fc.code, fc.stderr]).toEqual([
      0,
      expect.stringMatching(/FC Invoke Start RequestId: \S+[\s\S]*"payload":"tick"/),
    ])
    const lambda = await machine.sls([...timer, '--provider', 'aws'], { cwd })
    expect([lambda.code, lambda.stderr]).toEqual([0, expect.stringContaining('"detail-type":"Scheduled Event"')])
    const scf = await machine.sls(['invoke', '--path', '/?name=me', '--provider', 'tencent'], { cwd })
    expect(JSON.parse(scf.stdout)).toMatchObject({ hello: 'me', requestId: expect.stringMatching(/-/) })
    const refused = await machine.sls([...timer, '--provider', 'tencent'], { cwd })
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('sends requests to servers and no events'),
    ])
  })

  it.skipIf(!has('python3'))('serves HTTP from Python', { timeout: 300_000 }, async () => {
    const cwd = join(machine.example('custom-runtime'), 'python')
    const url = await deploy(cwd)
    expect(await (await fetch(`${url}/x?name=you`)).json()).toEqual({ hello: 'you', from: 'Python', path: '/x' })
    const echoed = await fetch(`${url}/x`, { method: 'POST', body: '€' })
    expect(await echoed.text()).toBe('€')
    await isInvoked(cwd, 'Python', ['local', 'aliyun', 'tencent', 'aws'])
  })

  it.skipIf(!has('go'))('serves HTTP from Go', { timeout: 300_000 }, async () => {
    const cwd = join(machine.example('custom-runtime'), 'go')
    const url = await deploy(cwd)
    expect(await (await fetch(`${url}/x?name=you`)).json()).toEqual({ hello: 'you', from: 'Go', path: '/x' })
    // Each time it is built again.
    await isInvoked(cwd, 'Go', ['aliyun'])
  })

  // In place, and as other platforms send it.
  async function isInvoked(cwd: string, from: string, providers: readonly string[]): Promise<void> {
    for (const provider of providers) {
      const asked = ['invoke', '--path', '/x?name=me', '--provider', provider]
      const { code, stdout, stderr } = await machine.sls(asked, { cwd })
      expect([provider, code, stderr]).toEqual([provider, 0, expect.anything()])
      expect(JSON.parse(stdout)).toEqual({ hello: 'me', from, path: '/x' })
    }
  }
})

// As `npm install` would.
function withRuntime(cwd: string): string {
  const link = join(cwd, 'node_modules/@anyfaas/runtime')
  mkdirSync(dirname(link), { recursive: true })
  if (!existsSync(link)) symlinkSync(join(root, 'src/runtime'), link)
  return cwd
}

describe('every example', () => {
  it.each(['hello', 'deck', 'blog'])('%s becomes the spec of every platform', async (name) => {
    const { code, stdout } = await machine.sls([
      'translate',
      '--provider',
      'all',
      '--stdout',
      '-d',
      join(root, 'examples', name),
    ])
    expect(code).toBe(0)
    for (const word of ['component: fc3', 'AWS::Serverless-2016-10-31', 'component: multi-scf'])
      expect(stdout).toContain(word)
  })

  it('is a template that works', async () => {
    for (const template of ['hello', 'deck']) {
      const made = await machine.sls(['init', `my-${template}`, '--template', template], { cwd: machine.home })
      expect(made.code).toBe(0)
      const cwd = join(machine.home, `my-${template}`)
      expect(readFileSync(join(cwd, 'serverless.yml'), 'utf8')).toContain(`service: my-${template}`)
      expect((await machine.sls(['check'], { cwd })).code).toBe(0)
      const again = await machine.sls(['init', `my-${template}`, '--template', template], { cwd: machine.home })
      expect(again.code).toBe(2)
    }
  })

  it('has a README whose files exist', async () => {
    const { stdout } = await run('git', ['ls-files', 'examples/*/README.md', 'examples/*/serverless.yml'])
    const folders = new Set(
      stdout
        .trim()
        .split('\n')
        .map((path) => path.split('/')[1]),
    )
    for (const folder of folders) {
      expect(stdout).toContain(`examples/${folder}/README.md`)
      expect(stdout).toContain(`examples/${folder}/serverless.yml`)
    }
  })
})
