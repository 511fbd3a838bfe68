import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)

// A merge that was never finished passes every check of what is not compiled.
it('keeps no side of a merge in any file', () => {
  expect(tracked.length).toBeGreaterThan(500)
  const torn = tracked.filter((file) => /^(?:<{7}|>{7}) /m.test(readFileSync(`${root}/${file}`, 'latin1')))
  expect(torn).toEqual([])
})

it('has shell scripts that a shell can read', () => {
  const scripts = tracked.filter((file) => /^#!.*\b(?:ba)?sh\b/.test(readFileSync(`${root}/${file}`, 'latin1')))
  expect(scripts).toContain('.ci/run')
  for (const script of scripts) execFileSync('bash', ['-n', script], { cwd: root })
})
