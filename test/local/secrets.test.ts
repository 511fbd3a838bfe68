import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { expect, test } from 'vitest'
import { driverOf, isAlive, type LocalFixture, reply, until, useLocal } from './fixture.ts'

const local = useLocal()
const SECRET = 'p4ss "word"\nsecond-line'
const WITH_SECRET = {
  environment: { URL: { $secret: ['db://', { name: 'DB_PASSWORD' }] } },
  secrets: ['DB_PASSWORD'],
  body: reply('process.env.URL'),
} as const

test('a secret reaches its function and nothing else', async () => {
  const platform = local()
  const env = { DB_PASSWORD: SECRET }
  const url = await platform.deploy('f', WITH_SECRET, { env })
  expect(await (await fetch(`${url}/f`)).text()).toBe(`db://${SECRET}`)
  const loud = `console.log(process.env.URL); console.error(JSON.stringify(process.env.URL)); `
  await platform.deploy('f', { ...WITH_SECRET, body: loud + WITH_SECRET.body }, { env })
  await fetch(`${url}/f`)
  const failing = { ...WITH_SECRET, files: { 'sls_f.js': 'throw new Error(process.env.URL)' } }
  const failure = await platform.deploy('f', failing, { env }).catch((error: unknown) => error)
  const shown = JSON.stringify(isSlsError(failure) ? failure.diagnostics : failure)
  const lines = await until(async () => {
    const found = await platform.logs()
    return found.some(({ text }) => text.includes('db://***')) && found
  }, 'the lines')
  expect(lines.map(({ text }) => text)).toEqual(expect.arrayContaining(['db://***', '***', '"db://***"']))
  for (const text of [
    shown,
    JSON.stringify(lines),
    JSON.stringify(await platform.info({ env })),
    ...textsOf(platform),
  ]) {
    expect(text).not.toContain('p4ss')
    expect(text).not.toContain('second-line')
  }
})

test('a missing secret is named before anything is deployed', async () => {
  const failure = await local()
    .deploy('f', WITH_SECRET)
    .catch((error: unknown) => error)
  expect(isSlsError(failure) && failure.diagnostics[0]).toMatchObject({
    code: 'SLS7006',
    message: 'function "f" needs the secret "DB_PASSWORD", which the environment does not have',
  })
})

test('a changed secret is seen, and a lost one too', async () => {
  const platform = local()
  const url = await platform.deploy('f', WITH_SECRET, { env: { DB_PASSWORD: 'one' } })
  const secretsSeen = async (env: Record<string, string>) => {
    const [live] = await driverOf(await platform.connect({ env })).list(platform.call, [])
    return (live?.value as { secrets: string[] } | undefined)?.secrets
  }
  expect(await secretsSeen({ DB_PASSWORD: 'one' })).toEqual(['DB_PASSWORD'])
  expect(await secretsSeen({})).toEqual(['DB_PASSWORD'])
  expect(await secretsSeen({ DB_PASSWORD: 'two' })).toEqual([])
  const { pid } = await platform.record()
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid), 'the end of the platform')
  const info = await platform.info()
  await platform.record()
  expect(info?.functions[0]).toMatchObject({ state: 'needs secrets', notes: [expect.stringContaining('deploy again')] })
  expect(await secretsSeen({ DB_PASSWORD: 'one' })).toEqual([])
  const response = await fetch(`${url}/f`)
  expect([response.status, response.headers.get('x-error-class'), await response.text()]).toEqual([
    503,
    'secrets',
    'the function "f" needs its secrets: deploy again\n',
  ])
  await platform.deploy('f', WITH_SECRET, { env: { DB_PASSWORD: 'two' } })
  expect(await (await fetch(`${url}/f`)).text()).toBe('db://two')
})

function textsOf(platform: LocalFixture): string[] {
  return readdirSync(platform.home.root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(platform.home.root, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'))
}
