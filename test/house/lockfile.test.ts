import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

interface Locked {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>
}

// npm leaves out an optional package that its registry could not serve, and every later `npm ci` then refuses the file.
it('locks every optional package that a locked one names', () => {
  const path = fileURLToPath(new URL('../../package-lock.json', import.meta.url))
  const { packages } = JSON.parse(readFileSync(path, 'utf8')) as Locked
  const locked = new Set(Object.keys(packages).map((key) => key.slice(key.lastIndexOf('node_modules/') + 13)))
  const named = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => !locked.has(name))).toEqual([])
})
