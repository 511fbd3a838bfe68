import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { Leftovers, RUN_PREFIX } from '../leftovers.ts'

const tests = join(import.meta.dirname, '..')

test('what tests and the programs that they start make for a while lies in a folder of the run', () => {
  expect(basename(tmpdir()).startsWith(RUN_PREFIX)).toBe(true)
  expect(execFileSync(process.execPath, ['-p', 'os.tmpdir()'], { encoding: 'utf8' }).trim()).toBe(tmpdir())
})

test('what comes beside it and stays is told by name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sls-left-'))
  const make = (...names: string[]): void => names.forEach((name) => void mkdirSync(join(folder, name)))
  make('sls-old-1')
  const said: string[] = []
  const leftovers = new Leftovers(folder, (text) => void said.push(text))
  make(`${RUN_PREFIX}1`, 'sls-cache-2', 'anyfaas-3', 'of-others')
  leftovers.onTestRunEnd()
  expect(said).toEqual(['left behind: anyfaas-3\n', 'left behind: sls-cache-2\n'])
})

// Without isolation it would be registered for the first file only that imports the module.
test('no module that test files share has a hook outside of a function', () => {
  const shared = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('fixtures/projects'),
  )
  expect(shared.length).toBeGreaterThan(30)
  const hook = /^(?:before|after)(?:Each|All)\(/m
  expect(shared.filter((name) => hook.test(readFileSync(join(tests, name), 'utf8')))).toEqual([])
})
