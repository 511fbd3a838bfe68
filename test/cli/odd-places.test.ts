import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { judge } from '../../src/cli/failure.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { type Answer, finish } from './tool.ts'

const SLS = resolve(import.meta.dirname, '../../bin/sls.js')
const dir = mkdtempSync(join(tmpdir(), 'sls-odd-'))
afterAll(() => removeFolder(dir))

writeFileSync(join(dir, 'serverless.yml'), 'service: shop\nfunctions:\n  list: {handler: list.main}\n')
mkdirSync(join(dir, 'loop'))
symlinkSync('serverless.yml', join(dir, 'loop/serverless.yml'))
mkdirSync(join(dir, 'blank'))
writeFileSync(join(dir, 'blank/serverless.yml'), 'service: shop\nfunctions:\n  list:\n')

async function sls(...args: readonly string[]): Promise<Answer> {
  return await finish(spawn(process.execPath, [SLS, ...args], { cwd: dir, timeout: 30_000 }))
}

test.each([
  ['a file in place of its folder', ['check', '-d', 'serverless.yml'], 2, 'SLS1001]: "', 'is no folder'],
  ['a path below a file', ['check', '-d', 'serverless.yml/x'], 2, 'SLS1001]: cannot look into "', 'ENOTDIR'],
  ['a link to itself', ['check', '-d', 'loop'], 2, 'SLS1001]: no service file in "', 'looked for'],
  ['a project below a file', ['init', 'serverless.yml/x'], 1, 'SLS4005]: "', 'ENOTDIR'],
  ['a project in place of a file', ['init', 'serverless.yml'], 1, 'SLS4005]: "', 'cannot be made'],
  [
    'a function without a word',
    ['package', '-d', 'blank'],
    2,
    'SLS4001]: no file for the handler',
    'serverless.yml:3:3',
  ],
] as const)('%s is told', async (_, args, status, error, detail) => {
  const { code, stderr } = await sls(...args)
  expect(stderr).toContain(error)
  expect(stderr).toContain(detail)
  expect([code, stderr.includes('SLS9001')]).toEqual([status, false])
})

test.runIf(existsSync('/proc/self'))('a template that cannot be written is told', async () => {
  const { code, stderr } = await sls('init', '/proc')
  expect(stderr).toMatch(/error\[SLS4005\]: "\/proc" cannot be written: E/)
  expect(code).toBe(1)
})

test('a launch file that cannot be written is told, and no part of it is left', async () => {
  mkdirSync(join(dir, 'taken/.vscode/launch.json/in-the-way'), { recursive: true })
  writeFileSync(join(dir, 'taken/serverless.yml'), 'service: shop\nfunctions:\n  list: {handler: list.main}\n')
  const { code, stderr } = await sls('debug-config', '--write', '-d', 'taken')
  expect(stderr).toMatch(/error\[SLS\d{4}\]: .*launch\.json/)
  expect([code, stderr.includes('SLS9001')]).toEqual([1, false])
  expect(readdirSync(join(dir, 'taken/.vscode'))).toEqual(['launch.json'])
})

const asked = { wasInterrupted: false, debug: false }
const refusalOf = (code: string): Error =>
  Object.assign(new Error(`${code}: no, open '/x'`), { code, syscall: 'open', errno: -1 })

test.each(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EMFILE'])('what the system refuses is no bug: %s', (code) => {
  const { found, status } = judge(refusalOf(code), asked)
  expect(found.map(({ diagnostic }) => [diagnostic.code, diagnostic.message])).toEqual([
    ['SLS0004', `${code}: no, open '/x'`],
  ])
  expect(status).toBe(1)
})

test.each(['ENOENT', 'EBADF', 'ENOTDIR'])('what may be ours is one: %s', (code) => {
  const { found, status } = judge(refusalOf(code), asked)
  expect([found[0]?.diagnostic.code, status]).toEqual(['SLS9001', 70])
})
