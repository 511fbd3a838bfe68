import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { type Answer, finish } from './tool.ts'

const SLS = resolve(import.meta.dirname, '../../bin/sls.js')
const WAYS = [['print'], ['print', '--json'], ['print', '--json=stream'], ['--help'], ['--version']]

let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sls-unwritten-'))
  await writeFile(join(dir, 'serverless.yml'), SERVICE)
})

afterAll(() => removeFolder(dir))

const SERVICE = 'service: shop\nfunctions: {list: {handler: list.main, runtime: nodejs22}}\n'

async function sls(args: readonly string[], stdout: number | 'pipe' = 'pipe', env = {}): Promise<Answer> {
  // What never ends fails here rather than keeping everybody waiting.
  const ending = { timeout: 20_000, killSignal: 'SIGKILL' } as const
  const options = { cwd: dir, env: { ...process.env, ...env }, ...ending, stdio: ['ignore', stdout, 'pipe'] as const }
  return await finish(spawn(process.execPath, [SLS, ...args], { ...options, stdio: [...options.stdio] }))
}

async function slsInto(path: string, mode: 'r' | 'w', args: readonly string[]): Promise<Answer> {
  const file = openSync(path, mode)
  try {
    return await sls(args, file)
  } finally {
    closeSync(file)
  }
}

describe('a result that cannot be written is told on stderr', () => {
  test.runIf(existsSync('/dev/full')).each(WAYS)('on a full disk: %s %s', async (...args) => {
    const { code, stderr } = await slsInto('/dev/full', 'w', args)
    expect(stderr).toMatch(/the standard output cannot be written: ENOSPC/)
    expect([code, stderr.includes('SLS4005')]).toEqual([1, args[0] !== '--version'])
    expect(stderr).not.toMatch(/SLS9001|\n +at /)
  })

  test.each(WAYS)('where nothing can be written: %s %s', async (...args) => {
    const { code, stderr } = await slsInto(devNull, 'r', args)
    expect(stderr).toMatch(/the standard output cannot be written: E[A-Z]+/)
    expect(code).toBe(1)
    expect(stderr).not.toMatch(/SLS9001|\n +at /)
  })

  test('a reader that has gone is no failure', async () => {
    const child = spawn(process.execPath, [SLS, 'print'], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    const { code, stderr } = await finish(child)
    expect([code, stderr]).toEqual([0, ''])
  })
})

// There the system says that a folder is missing whose parent is there, which Node's `mkdir` takes for a reason to go on.
describe.runIf(existsSync('/proc/self'))('a folder that cannot be made', () => {
  test.each([
    ['translate', '--provider', 'aws', '--out', '/proc/x'],
    ['translate', '--provider', 'aws', '--out', '/proc'],
    ['package', '--provider', 'aws', '--out', '/proc/x'],
    ['package', '--provider', 'aws', '--out', '/proc'],
    ['init', '/proc/x/y'],
    ['dev', '--https'],
  ])('%s %s %s %s %s', async (...args) => {
    const words = args.filter((word) => word !== undefined)
    const { code, stderr } = await sls(words, 'pipe', { SLS_HOME: '/proc/x' })
    expect(stderr).toMatch(/error\[SLS4005\]: "\/proc\/.*" cannot be made: ENOENT/)
    expect(code).toBe(1)
  })
})

test.each(['aws,', ',aws', 'aws,,local', ' '])('a list of providers with an empty name: "%s"', async (list) => {
  const { code, stderr } = await sls(['check', '--provider', list])
  expect(stderr).toContain(`error[SLS0002]: --provider: "${list}" is not a list of names`)
  expect(code).toBe(2)
})

test('so in the file', async () => {
  await writeFile(join(dir, 'other.yml'), `${SERVICE}provider: {name: "aws,"}\n`)
  const { code, stderr } = await sls(['check', '--config', 'other.yml'])
  expect(stderr).toContain('error[SLS2001]: the name of a provider is empty')
  expect(stderr).toContain('other.yml:3:19')
  expect(code).toBe(2)
})
