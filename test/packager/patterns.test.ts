import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compilePatterns, globToRegExp } from '../../src/packager/files/patterns.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

describe('globs', () => {
  it.each([
    ['app', 'app/x.js', true],
    ['app', 'src/app', true],
    ['app/', 'app', false],
    ['app/', 'src/app/x', true],
    ['/app', 'src/app', false],
    ['./src/**', 'src/a/b.ts', true],
    ['./src/**', 'src', false],
    ['src/*.ts', 'src/a/b.ts', false],
    ['**/*.{html,css}', 'a/b.css', true],
    ['**/*.{html,css}', 'a/b.js', false],
    ['*.js', '.hidden.js', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b/c', true],
    ['[!a]b', 'cb', true],
    ['[!a]b', 'ab', false],
    ['a?c', 'a/c', false],
    ['(a+b)$', '(a+b)$', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['{a', '{a', true],
    ['[a', '[a', true],
    ['**', 'any/thing', true],
    ['文/*', '文/件', true],
  ])('%s on %s is %s', (glob, name, expected) => {
    expect(globToRegExp(glob).test(name)).toBe(expected)
  })
})

describe('patterns', () => {
  it('lets the later one win', () => {
    const patterns = compilePatterns(['!data/**', 'data/keep.json', '!*.map'])
    expect(patterns.decide('data/a.json', true)).toBe(false)
    expect(patterns.decide('data/keep.json', true)).toBe(true)
    expect(patterns.decide('x/y.js.map', true)).toBe(false)
    expect(patterns.decide('x/y.js', true)).toBe(true)
    expect(patterns.decide('x/y.js', false)).toBe(false)
  })

  it('reaches into node_modules only when it says so', () => {
    const patterns = compilePatterns(['**/*.html', 'node_modules/kept'])
    expect(patterns.decide('views/a.html', false)).toBe(true)
    expect(patterns.decide('node_modules/dev/a.html', false)).toBe(false)
    expect(patterns.decide('node_modules/kept/a.js', false)).toBe(true)
    expect(patterns.addsPackages).toBe(true)
    expect(compilePatterns(['!node_modules/x']).addsPackages).toBe(false)
  })
})

describe('git as the judge', () => {
  let repository = ''
  beforeAll(() => {
    repository = mkdtempSync(join(tmpdir(), 'sls-globs-'))
    execFileSync('git', ['init', '-q'], { cwd: repository })
  })
  afterAll(() => removeFolder(repository))

  it('agrees on random globs and names', () => {
    const part = fc.array(fc.constantFrom('a', 'b', '*', '?', '[ab]', '[!a]', '.', 'c'), { minLength: 1, maxLength: 3 })
    // Two stars inside a longer part are undefined by git's own page.
    const word = part.map((chars) => chars.join('')).filter((text) => !text.includes('**') && !/^\.+$/.test(text))
    const globPart = fc.oneof({ weight: 3, arbitrary: word }, fc.constant('**'))
    const glob = fc
      .tuple(fc.constantFrom('', '/'), fc.array(globPart, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '/'))
      .map(([start, parts, end]) => start + parts.join('/') + end)
    const namePart = fc.stringMatching(/^[abc.]{1,3}$/).filter((name) => !/^\.+$/.test(name))
    const names = fc.uniqueArray(
      fc.array(namePart, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
      { minLength: 20, maxLength: 30 },
    )
    const check = ([text, list]: [string, string[]]) => {
      writeFileSync(join(repository, '.git/info/exclude'), `${text}\n`)
      const matched = list.filter((name) => globToRegExp(text).test(name))
      expect([text, matched]).toEqual([text, ignoredByGit(repository, list)])
    }
    fc.assert(fc.property(fc.tuple(glob, names), check), { seed: 4, numRuns: 150 })
  })
})

function ignoredByGit(cwd: string, names: readonly string[]): string[] {
  try {
    const out = execFileSync('git', ['check-ignore', '--no-index', '--stdin', '-z'], { cwd, input: names.join('\0') })
    return out.toString().split('\0').filter(Boolean)
  } catch (failure) {
    // Status 1 says that no name is ignored.
    expect((failure as { status: number }).status).toBe(1)
    return []
  }
}
