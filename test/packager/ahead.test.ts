import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTree } from '../../src/packager/files/tree.ts'
import { hasManyPackages } from '../../src/packager/packages/packages.ts'
import { Ahead } from '../../src/packager/work/ahead.ts'
import type { PackEntry } from '../../src/packager/work/entries-key.ts'
import { makeZips } from '../../src/packager/zips.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { fnOf, type Given, HANDLER, LOGIN, type Project, packProject, serviceOf, useProjects } from './project.ts'
import { readZip } from './unzip.ts'

const project = useProjects()

const text = (name: string, index: number) => `${name} ${index} `.repeat(50 + (index % 300))

function packageFiles(name: string, count: number): Record<string, Given> {
  const files = Array.from({ length: count }, (_, index) => [`node_modules/${name}/${index}.js`, text(name, index)])
  return { [`node_modules/${name}/package.json`]: '{}', ...Object.fromEntries(files) }
}

const PACKAGES = {
  'package.json': '{"dependencies":{"a":"1","b":"1","c":"1"}}',
  ...packageFiles('a', 500),
  ...packageFiles('b', 500),
  ...packageFiles('c', 300),
}

function entriesOf({ dir }: Project): PackEntry[] {
  return readTree(dir, { within: dir }).files.map((file) => ({
    name: file.name,
    executable: file.executable,
    source: file,
    scan: false,
  }))
}

const packsIn = (cacheDir: string) =>
  existsSync(cacheDir) ? readdirSync(cacheDir).filter((name) => name.endsWith('.pack')) : []

function aheadFor({ cacheDir }: Project): Ahead {
  return new Ahead({ cacheDir, workers: 2 })
}

async function zip(made: Project, entries: readonly PackEntry[], ahead?: Ahead): Promise<Map<string, Buffer>> {
  const path = join(made.outDir, 'shop.zip')
  const options = { cacheDir: made.cacheDir, beganMs: Date.now(), ...(ahead && { ahead }) }
  await makeZips([{ path, entries }], options)
  return new Map([...(await readZip(path))].map(([name, { bytes }]) => [name, bytes]))
}

describe('what is compressed ahead', () => {
  it('makes the same zip as what is compressed when all is known', async () => {
    const made = project(PACKAGES)
    const entries = entriesOf(made)
    const ahead = aheadFor(made)
    ahead.offer(entries.slice(0, 700))
    ahead.offer(entries.slice(0, 900))
    const contents = await zip(made, entries, ahead)
    expect(ahead.take()).toBeUndefined()
    const bytes = readFileSync(join(made.outDir, 'shop.zip'))
    expect(contents.get('node_modules/b/77.js')?.toString()).toBe(text('b', 77))
    removeFolder(made.cacheDir)
    removeFolder(made.outDir)
    const later = await zip(made, entries)
    expect([...later.keys()]).toEqual([...contents.keys()])
    expect(readFileSync(join(made.outDir, 'shop.zip')).equals(bytes)).toBe(true)
  })

  it('counts as done: only the rest is given to threads later', async () => {
    const made = project(PACKAGES)
    const entries = entriesOf(made)
    const ahead = aheadFor(made)
    ahead.offer(entries)
    const begun = ahead.take()
    const done: string[] = []
    await begun?.pool.run([], (batch) => done.push(...batch.map(({ name }) => name)))
    expect(done.length).toBeGreaterThan(500)
    expect(new Set(done).size).toBe(done.length)
    expect(entries.filter((entry) => begun?.has(entry)).length).toBe(done.length)
  })

  it('may be of no use: what is not needed may vanish, what is needed may not', async () => {
    const made = project(PACKAGES)
    const entries = entriesOf(made)
    rmSync(join(made.dir, 'node_modules/a/1.js'))
    const needed = entries.filter(({ name }) => name !== 'node_modules/a/1.js')
    const ahead = aheadFor(made)
    ahead.offer(entries)
    expect((await zip(made, needed, ahead)).size).toBe(needed.length)
    removeFolder(made.cacheDir)
    removeFolder(made.outDir)
    const other = aheadFor(made)
    other.offer(entries)
    await expect(zip(made, entries, other)).rejects.toThrow(/"node_modules\/a\/1.js" cannot be read/)
  })

  it('leaves nothing when nobody takes it, and begins nothing for few files', async () => {
    const made = project(PACKAGES)
    const entries = entriesOf(made)
    const few = aheadFor(made)
    few.offer(entries.slice(0, 100))
    expect(few.take()).toBeUndefined()
    expect(existsSync(made.cacheDir)).toBe(false)
    const ahead = aheadFor(made)
    ahead.offer(entries)
    await ahead.end()
    expect(packsIn(made.cacheDir)).toEqual([])
  })

  it('may have started its threads before anything is found, and for nothing', async () => {
    const made = project(PACKAGES)
    const entries = entriesOf(made)
    const ahead = aheadFor(made)
    ahead.expect()
    expect(await zip(made, entries, ahead)).toEqual(await zip(made, entries))
    removeFolder(made.cacheDir)
    const vain = aheadFor(made)
    vain.expect()
    expect((await zip(made, entries.slice(0, 3), vain)).size).toBe(3)
    const unused = aheadFor(made)
    unused.expect()
    await unused.end()
    expect(unused.take()).toBeUndefined()
  })

  it('is expected where npm has installed many packages', () => {
    const list = (bytes: number) => ({ 'node_modules/.package-lock.json': '{}'.padEnd(bytes) })
    expect([{}, list(2), list(64 << 10)].map((files) => hasManyPackages(project(files).dir))).toEqual([
      false,
      false,
      true,
    ])
  })

  it('leaves nothing when something else is wrong with the service', async () => {
    const made = project({ ...PACKAGES, ...HANDLER })
    await expect(packProject(made, serviceOf([fnOf('login'), fnOf('absent')]))).rejects.toThrow()
    const wrong = { ...PACKAGES, ...HANDLER, 'package.json': '{"dependencies":{"a":"1","b":"1","c":"1","d":"1"}}' }
    const other = project(wrong)
    await expect(packProject(other, LOGIN)).rejects.toThrow(/"d"/)
    expect([...packsIn(made.cacheDir), ...packsIn(other.cacheDir)]).toEqual([])
  })
})
