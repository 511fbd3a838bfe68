import { existsSync, readFileSync } from 'node:fs'
import { request as secureRequest } from 'node:https'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { until } from '../local/fixture.ts'
import { hello, startDev } from './dev-session.ts'

const said = (word: string): string => `export const handler = async (): Promise<string> => '${word}'\n`

test('a changed source answers, and what runs finishes on the code that it began with', async () => {
  const slow = `export const handler = async (ctx: any) => {
  if (ctx.path === '/slow') await new Promise((resolve) => { ctx.waitUntil?.(undefined); setTimeout(resolve, 1200) })
  return 'one'
}\n`
  const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': slow })
  expect(await dev.get('/')).toBe('one')
  const running = dev.get('/slow')
  await until(async () => (await dev.get('/')) === 'one', 'the first answer')
  dev.write('hello.ts', said('two'))
  await until(async () => (await dev.get('/')) === 'two', 'the new version')
  expect(await running).toBe('one')
  await until(() => dev.phases('reload hello').length === 1, 'the word of it')
  expect(dev.phases('reload hello')).toMatchObject([{ state: 'done' }])
  expect(dev.requests.at(0)).toMatchObject({ function: 'hello', method: 'GET', url: '/', status: 200 })
})

test('what a function imports counts, whatever file it is', async () => {
  const dev = await startDev({
    'serverless.yml': hello(),
    'hello.ts': `import { word } from './lib/word.ts'\nimport data from './data.json'\nexport const handler = () => word + data.x\n`,
    'lib/word.ts': `export const word = 'a'\n`,
    'data.json': '{"x": 1}',
    'other.txt': '',
  })
  expect(await dev.get('/')).toBe('a1')
  dev.write('lib/word.ts', `export const word = 'b'\n`)
  await until(async () => (await dev.get('/')) === 'b1', 'the imported module')
  dev.write('data.json', '{"x": 2}')
  await until(async () => (await dev.get('/')) === 'b2', 'the imported data')
  await until(() => dev.phases('reload').length === 2, 'the word of both')
  dev.write('other.txt', 'nobody reads it')
  dev.write('lib/word.ts', `export const word = 'c'\n`)
  await until(async () => (await dev.get('/')) === 'c2', 'the module again')
  await until(() => dev.phases('reload').length === 3, 'the word of it')
})

test.each([
  ['js', 'exports.handler = () => "one"\n', 'exports.handler = () => "two"\n'],
  ['mjs', 'export const handler = () => "one"\n', 'export const handler = () => "two"\n'],
])('plain JavaScript (.%s) runs from its own file and is loaded again', async (extension, one, two) => {
  const dev = await startDev({ 'serverless.yml': hello(), [`hello.${extension}`]: one })
  expect(await dev.get('/')).toBe('one')
  dev.write(`hello.${extension}`, two)
  await until(async () => (await dev.get('/')) === 'two', 'the new version')
})

test('a broken source keeps the version that works, and its mistake is shown with its place', async () => {
  const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': said('one') })
  dev.write('hello.ts', 'export const handler = ( =>')
  await until(() => dev.phases('hello')[0]?.state === 'failed', 'the mistake')
  expect(await dev.get('/')).toBe('one')
  const told = dev.events.flatMap((event) => (event.kind === 'diagnostic' ? [event.diagnostic] : []))
  expect(told).toMatchObject([{ code: 'SLS4002', at: { file: join(dev.dir, 'hello.ts') } }])
  dev.write('hello.ts', said('two'))
  await until(async () => (await dev.get('/')) === 'two', 'the mended version')
})

test('so does one that fails while it loads', async () => {
  const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': said('one') })
  dev.write('hello.ts', `const x: any = undefined\nx.y()\n${said('two')}`)
  await until(() => dev.phases('hello')[0]?.state === 'failed', 'the mistake')
  expect(await dev.get('/')).toBe('one')
  const told = dev.events.flatMap((event) => (event.kind === 'diagnostic' ? [event.diagnostic] : []))
  expect(told).toMatchObject([{ code: 'SLS7003' }])
  const at = told[0]?.at
  expect(
    readFileSync(at?.file ?? '', 'utf8')
      .slice(at?.start)
      .split('\n')[0],
  ).toContain('y()')
})

test('a function that never worked answers with its mistake, as text or as a page in which nothing of it is markup', async () => {
  const source = `export const handler = () => '<script>alert(1)</script>' +\n`
  const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': source })
  const plain = await fetch(dev.url)
  expect([plain.status, plain.headers.get('content-type')]).toEqual([503, 'text/plain; charset=utf-8'])
  expect(await plain.text()).toContain('hello.ts:2:1')
  const page = await dev.get('/', { headers: { accept: 'text/html' } })
  expect(page).toContain('&#60;script&#62;alert(1)')
  expect(page).not.toContain('<script>alert')
  dev.write('hello.ts', said('fine'))
  await until(async () => (await dev.get('/')) === 'fine', 'the mended version')
})

test('the service file counts: new routes and functions answer, removed ones do not, a broken one changes nothing', async () => {
  const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': said('hello'), 'other.ts': said('other') })
  dev.write('serverless.yml', hello('  other:\n    handler: other.handler\n    events:\n      - http: GET /other\n'))
  await until(async () => (await dev.get('/other')) === 'other', 'the new function')
  dev.write('serverless.yml', hello('nonsense: 1\n'))
  await until(() => dev.phases('the service file')[0]?.state === 'failed', 'the mistake')
  expect(await dev.get('/other')).toBe('other')
  dev.write('serverless.yml', hello())
  await until(async () => (await dev.get('/other')) === 'hello', 'the removal')
  dev.write('serverless.yml', hello('    environment: {A: b}\n'))
  dev.write('hello.ts', `export const handler = () => process.env.A ?? 'none'\n`)
  await until(async () => (await dev.get('/')) === 'b', 'the variable')
})

test('a changed .env is taken up, and a missing secret is told', async () => {
  const dev = await startDev({
    'serverless.yml': hello('    environment: {KEY: "${secret:KEY}"}\n'),
    'hello.ts': `export const handler = () => process.env.KEY\n`,
  })
  expect((await fetch(dev.url)).status).toBe(503)
  dev.write('.env', 'KEY=first\n')
  await until(async () => (await dev.get('/')) === 'first', 'the secret')
  dev.write('.env', 'KEY=second\n')
  await until(async () => (await dev.get('/')) === 'second', 'the other secret')
})

test('secrets that a function names are files, with their values from .env', async () => {
  const dev = await startDev({
    'serverless.yml': hello('    secrets: [KEY]\n'),
    'hello.ts': `import { readFileSync } from 'node:fs'
export const handler = () => readFileSync(process.env.secret_mount_path + '/KEY', 'utf8')\n`,
    '.env': 'KEY=first\n',
  })
  expect(await dev.get('/')).toBe('first')
  dev.write('.env', 'KEY=second\n')
  await until(async () => (await dev.get('/')) === 'second', 'the other secret')
})

test.each([
  ['tencent', ['httpMethod', 'path', 'queryString']],
  ['aws', ['rawPath', 'requestContext', 'version']],
  ['aliyun', ['rawPath', 'requestContext', 'version']],
])('with --provider %s requests arrive as its events, and its answers go back', async (provider, keys) => {
  const dev = await startDev(
    {
      'serverless.yml': hello('    signature: raw\n'),
      'hello.ts': `export const handler = async (event: any) => {
  const shown = Buffer.isBuffer(event) ? JSON.parse(event.toString()) : event
  return { statusCode: 201, headers: { 'x-seen': 'yes' }, isBase64Encoded: false, body: JSON.stringify(Object.keys(shown)) }
}\n`,
    },
    { provider },
  )
  const response = await fetch(`${dev.url}/a?b=c`, { method: 'POST', body: 'text' })
  expect([response.status, response.headers.get('x-seen')]).toEqual([201, 'yes'])
  expect(await response.json()).toEqual(expect.arrayContaining(keys))
  expect(dev.listening?.platform).toBe(provider)
})

const FAILING = `interface User { name: string }

function greet(user: User | undefined): string {
  return user!.name
}
export const handler = async (ctx: any) => greet(undefined)
`

test.each(['local', 'aws'])(
  'a failed call shows its place in TypeScript, in the terminal and as a page (%s)',
  async (provider) => {
    const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': FAILING }, { provider })
    const head = "TypeError: Cannot read properties of undefined (reading 'name')"
    const frame = [
      '',
      '  hello.ts:4:16',
      '    3 | function greet(user: User | undefined): string {',
      '  > 4 |   return user!.name',
      '      |                ^^^^',
      '',
      `    at greet (${join(dev.dir, 'hello.ts')}:4:16)`,
      expect.stringContaining(`${join(dev.dir, 'hello.ts')}:6:44`),
    ]
    expect((await fetch(dev.url)).status).toBe(500)
    const told = () => dev.events.flatMap((event) => (event.kind === 'log' ? [event.line.text] : []))
    await until(() => told().length >= 9, 'the log')
    expect(told()).toEqual([expect.stringContaining(`] function "hello" failed: ${head}`), ...frame])
    const page = await fetch(dev.url, { headers: { 'sec-fetch-dest': 'document' } })
    expect([page.status, page.headers.get('content-type')]).toEqual([500, 'text/html; charset=utf-8'])
    const text = await page.text()
    expect(text).toContain('<title>500 GET /</title>')
    if (provider === 'local') expect(text).toContain('&#62; 4 |   return user!.name\n      |                ^^^^')
    expect(text).toContain('/_/dev/page.js')
  },
)

test('a page that a person looks at gets the script that loads it again; a program gets the answer as it is', async () => {
  const dev = await startDev({
    'serverless.yml': hello(),
    'hello.ts': `export const handler = (ctx: any) => { ctx.type = 'text/html'; return '<h1>hi</h1>' }\n`,
  })
  expect(await dev.get('/')).toBe('<h1>hi</h1>')
  expect(await dev.get('/', { headers: { 'sec-fetch-dest': 'document' } })).toBe(
    '<h1>hi</h1><script type="module" src="/_/dev/page.js"></script>',
  )
  expect(await dev.get('/_/dev/page.js')).toContain('EventSource')
})

test('open pages are told of what is broken and of what is new', async () => {
  const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': said('one') })
  const stream = await fetch(`${dev.url}/_/dev/events`)
  const states: { version: number; problems: { title: string; frame: { mark?: number[] }[] }[] }[] = []
  const reading = (async () => {
    for await (const chunk of stream.body as unknown as AsyncIterable<Uint8Array>) {
      for (const [, json = ''] of Buffer.from(chunk)
        .toString()
        .matchAll(/^data: (.*)$/gm))
        states.push(JSON.parse(json))
    }
  })()
  dev.write('hello.ts', 'export const handler = ( =>')
  const broken = await until(() => states.find(({ problems }) => problems.length > 0), 'the mistake')
  expect(broken.problems[0]).toMatchObject({ place: 'hello.ts:1:26', title: expect.stringContaining('SLS4002') })
  dev.write('hello.ts', said('two'))
  await until(() => states.at(-1)?.problems.length === 0 && states.at(-1)?.version, 'the new version')
  await dev.close()
  await reading
})

test('--https answers with a certificate that can be trusted, and keeps it', async () => {
  const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': said('safe') }, { https: true })
  expect(dev.url).toMatch(/^https:\/\/localhost:\d+$/)
  const file = join(dev.dir, '.home', 'dev-cert.pem')
  const ca = readFileSync(file, 'utf8')
  const answer = await new Promise<string>((resolve, reject) => {
    secureRequest(dev.url, { ca }, (response) => resolve(text(response)))
      .once('error', reject)
      .end()
  })
  expect(answer).toBe('safe')
  expect(dev.listening?.notes.join()).toContain(file)
})

test.each([
  ['http', {}],
  ['https', { https: true }],
])('nobody has to wait for a call: 202 at once, and tried again (%s)', async (_, options) => {
  const dev = await startDev(
    {
      'serverless.yml': hello(),
      'hello.ts': `let count = 0
export const handler = async (ctx: any) => {
  if (ctx.path === '/count') return String(count)
  await new Promise((resolve) => setTimeout(resolve, 500))
  if (++count < 2) ctx.throw(503)
  console.log('made ' + ctx.method + ' ' + ctx.originalUrl + ' ' + ctx.get('x-call-id'))
}\n`,
    },
    options,
  )
  const accepted = await dev.send('/async-function/hello/deep?a=1', 'PUT')
  expect([accepted.status, (await dev.send('/count')).text]).toEqual([202, '0'])
  const line = `made PUT /deep?a=1 ${accepted.headers['x-call-id']}`
  await until(() => dev.events.some((event) => event.kind === 'log' && event.line.text === line), 'the call')
})

test('other machines are let in only when asked, and then their addresses are told', async () => {
  const files = { 'serverless.yml': hello(), 'hello.ts': said('hi') }
  const closed = await startDev(files)
  expect(closed.listening?.urls).toEqual([expect.stringMatching(/^http:\/\/localhost:\d+$/)])
  const outside = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  )
  const { port } = new URL(closed.url)
  for (const address of outside) await expect(fetch(`http://${address}:${port}`)).rejects.toThrow()
  const opened = await startDev(files, { host: '0.0.0.0' })
  const urls = opened.listening?.urls ?? []
  expect(urls.slice(1)).toEqual(outside.map((address) => `http://${address}:${new URL(opened.url).port}`))
  for (const url of urls) expect(await (await fetch(url)).text()).toBe('hi')
})

test('a server of its own starts again with its source', async () => {
  const server = (word: string): string =>
    `require('node:http').createServer((_, response) => response.end('${word}')).listen(process.env.PORT)\n`
  const dev = await startDev({
    'serverless.yml':
      'service: shop\nprovider: {name: local}\nfunctions:\n  web:\n    runtime: custom\n    custom: {command: [node, server.js]}\n    url: true\n',
    'server.js': server('one'),
  })
  expect(await dev.get('/')).toBe('one')
  dev.write('server.js', server('two'))
  await until(async () => (await dev.get('/')) === 'two', 'the new server')
})

test('the keys take everything up again, tell the addresses, and end the session', async () => {
  const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': said('one') })
  dev.press('r')
  await until(() => dev.phases('reload hello').length === 1, 'the reload')
  dev.press('u')
  expect(dev.events.filter(({ kind }) => kind === 'listening')).toHaveLength(2)
  dev.press('q')
  await dev.ended()
  await expect(fetch(dev.url)).rejects.toThrow()
})

test('the next session answers on the same port, and leaves nothing of the service changed', async () => {
  const dev = await startDev({ 'serverless.yml': hello(), 'hello.ts': said('one') })
  const { url, dir } = dev
  dev.press('q')
  await dev.ended()
  const state = JSON.parse(readFileSync(join(dir, '.sls/dev/state/service.json'), 'utf8')) as { port: number }
  expect(url).toBe(`http://localhost:${state.port}`)
  expect(existsSync(join(dir, '.sls/dev/code'))).toBe(false)
})

test('a service file that is broken at the start is an error', async () => {
  await expect(startDev({ 'serverless.yml': 'functions: 1\n' })).rejects.toThrow('SLS100')
})
