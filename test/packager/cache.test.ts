import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PhaseProgress } from '../../src/kit/src/index.ts'
import type { PackRequest } from '../../src/packager/pack.ts'
import {
  customOf,
  fnOf,
  type Given,
  HANDLER,
  LOGIN,
  mistakesOf,
  type Project,
  packProject,
  serviceOf,
  useProjects,
} from './project.ts'

const project = useProjects()

// Enough for the work to be given to threads.
const MANY: Readonly<Record<string, Given>> = {
  ...HANDLER,
  ...Object.fromEntries(
    Array.from({ length: 450 }, (_, index) => [`data/${index}.txt`, `${index} `.repeat(200 + index * 3)]),
  ),
}

// It is compressed in pieces.
const LARGE = Buffer.from(Array.from({ length: 1_300_000 }, (_, index) => `${index}\n`).join(''))

async function pack(made: Project, more: Partial<PackRequest> = {}, service = LOGIN): Promise<Buffer> {
  const { artifacts } = await packProject(made, service, more)
  return readFileSync(artifacts[0]?.path ?? '')
}

/** As if some time had passed: files that have only just changed are not trusted. */
function settleTimes({ dir }: Project): void {
  execFileSync('find', [dir, '-exec', 'touch', '-h', '-d', '2001-02-03', '{}', '+'])
  const ready = Date.now() + 60
  while (Date.now() < ready);
}

const packsOf = ({ cacheDir }: Project) => readdirSync(cacheDir).filter((name) => name.endsWith('.pack'))

describe('the same bytes', () => {
  it('come from any number of threads, from a cold cache and from a warm one', async () => {
    const made = project({ ...MANY, 'data/large.txt': LARGE })
    settleTimes(made)
    const one = await pack(made, { workers: 1 })
    for (const workers of [2, 4]) {
      const [cacheDir, outDir] = [`${made.cacheDir}-${workers}`, `${made.outDir}-${workers}`]
      const other = await pack(made, { workers, cacheDir, outDir })
      expect(other.equals(one)).toBe(true)
    }
    made.write({ 'data/7.txt': 'another' })
    const changed = await pack(made)
    expect(changed.equals(one)).toBe(false)
    expect((await pack(made, { cacheDir: `${made.cacheDir}-empty` })).equals(changed)).toBe(true)
  })
})

describe('progress', () => {
  it('is told while threads work, up to the end, and not where nothing is to be compressed', async () => {
    const made = project(MANY)
    settleTimes(made)
    const told: PhaseProgress[] = []
    const onProgress = (progress: PhaseProgress) => void told.push(progress)
    await pack(made, { onProgress })
    expect(told.length).toBeGreaterThan(1)
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).toSorted((a, b) => a - b))
    expect(told.at(-1)).toEqual({ done: told[0]?.total, total: told[0]?.total, unit: 'MB' })
    told.length = 0
    await pack(made, { onProgress })
    expect(told).toEqual([])
  })
})

describe('a second run', () => {
  it('leaves an artifact alone that would be the same', async () => {
    const made = project(MANY)
    settleTimes(made)
    await pack(made)
    const path = join(made.outDir, 'shop.zip')
    const before = statSync(path)
    const packs = packsOf(made)
    await pack(made)
    expect([statSync(path).mtimeMs, statSync(path).ino, packsOf(made)]).toEqual([before.mtimeMs, before.ino, packs])
  })

  it('sees a change that keeps size and time', async () => {
    const made = project({ ...HANDLER, 'a.txt': 'one' })
    settleTimes(made)
    const one = await pack(made)
    const path = join(made.dir, 'a.txt')
    writeFileSync(path, 'two')
    utimesSync(path, statSync(path).atime, new Date('2001-02-03'))
    expect((await pack(made)).equals(one)).toBe(false)
  })

  it.each([
    ['in one thread', { ...HANDLER }],
    ['in several', MANY],
  ])('takes what a changed file held before for its copy, %s', async (_, files) => {
    const made = project({ ...files, 'a/page.txt': 'the page\n'.repeat(50) })
    settleTimes(made)
    await pack(made)
    // Somebody copies a file and edits the original; what moved may be anything.
    made.write({ 'a/page.txt': 'another\n'.repeat(60), 'b/copy.txt': 'the page\n'.repeat(50) })
    for (const name of Object.keys(files)) if (name.startsWith('data/')) made.write({ [name]: `${name} is new` })
    const warm = await pack(made)
    const cold = await pack(made, { cacheDir: join(made.outDir, 'other-cache') })
    expect(warm.equals(cold)).toBe(true)
  })

  it('makes an artifact again that somebody changed or took away', async () => {
    const made = project(MANY)
    settleTimes(made)
    const one = await pack(made)
    const path = join(made.outDir, 'shop.zip')
    truncateSync(path, 100)
    expect((await pack(made)).equals(one)).toBe(true)
    renameSync(path, `${path}.old`)
    expect((await pack(made)).equals(one)).toBe(true)
  })

  it('keeps its warnings', async () => {
    const made = project({ ...HANDLER, 'deploy.sh': 'export KEY=AKIAIOSFODNN7EXAMPLE\n' })
    settleTimes(made)
    const first = await packProject(made, LOGIN)
    expect(first.diagnostics.map(({ code }) => code)).toEqual(['SLS4009'])
    expect((await packProject(made, LOGIN)).diagnostics).toEqual(first.diagnostics)
  })
})

describe('a cache', () => {
  it('is made again when it is damaged, cut short, or of another kind', async () => {
    const made = project(MANY)
    settleTimes(made)
    const one = await pack(made)
    const again = async () => {
      writeFileSync(join(made.dir, 'new.txt'), String(Math.random()))
      const without = await pack(made, LOGIN_WITHOUT_NEW)
      expect(without.equals(one)).toBe(true)
    }
    const largest = () =>
      packsOf(made)
        .map((name) => join(made.cacheDir, name))
        .sort((a, b) => statSync(b).size - statSync(a).size)[0] ?? ''
    const fd = openSync(largest(), 'r+')
    writeSync(fd, 'damage', 5000)
    closeSync(fd)
    await again()
    truncateSync(largest(), 10)
    await again()
    writeFileSync(join(made.cacheDir, 'pieces'), 'no index')
    writeFileSync(join(made.cacheDir, 'artifacts.json'), '{')
    await again()
    for (const name of readdirSync(made.cacheDir)) truncateSync(join(made.cacheDir, name), 0)
    await again()
  })

  it('is shared by artifacts: what many functions have is compressed once', async () => {
    const functions = Array.from({ length: 4 }, (_, index) => fnOf(`f${index}`, { handler: 'login.handler' }))
    const made = project(MANY)
    await packProject(made, serviceOf(functions, { individually: true }))
    const stored = packsOf(made).reduce((sum, name) => sum + statSync(join(made.cacheDir, name)).size, 0)
    expect(stored).toBeLessThan(1.1 * statSync(join(made.outDir, 'shop-f0.zip')).size)
  })

  it('is shared to the last byte by artifacts that are the same', async () => {
    const functions = ['a', 'b', 'c'].map((name) => customOf(name))
    const made = project({ bootstrap: { executable: '#!/bin/sh\n' } })
    const { artifacts } = await packProject(made, serviceOf(functions, { individually: true }))
    expect(artifacts.map(({ path }) => basename(path))).toEqual(['shop-a.zip', 'shop-b.zip', 'shop-c.zip'])
    expect(new Set(artifacts.map(({ path }) => readFileSync(path).toString('hex'))).size).toBe(1)
  })

  it('bears two runs at once', async () => {
    const made = project(MANY)
    const outs = [1, 2, 3].map((index) => join(made.outDir, `${index}`))
    const zips = await Promise.all(outs.map((outDir) => pack(made, { outDir, workers: 1 })))
    expect(zips.every((zip) => zip.equals(zips[0] ?? Buffer.alloc(0)))).toBe(true)
  })

  it('forgets what is not used any more', async () => {
    const made = project(HANDLER)
    for (let run = 0; run < 20; run++) {
      made.write({ 'data.txt': String(run).repeat(10_000) })
      await pack(made)
    }
    expect(packsOf(made).length).toBeLessThanOrEqual(17)
    // The second is what earlier versions called the index.
    const old = ['killed.pack', 'index'].map((name) => join(made.cacheDir, name))
    for (const path of old) {
      writeFileSync(path, '')
      utimesSync(path, 1, 1)
    }
    made.write({ 'data.txt': 'last' })
    await pack(made)
    expect(old.filter((path) => existsSync(path))).toEqual([])
  })

  it('is not needed: where it cannot be made, the artifact is made without it', async () => {
    const made = project(HANDLER)
    const one = await pack(made)
    expect((await pack(made, { cacheDir: join(made.dir, 'login.js', 'cache') })).equals(one)).toBe(true)
  })

  it('is left as it was by a run that was stopped', async () => {
    const made = project(MANY)
    expect(await mistakesOf(pack(made, { signal: AbortSignal.abort() }))).toMatchObject([{ code: 'SLS5002' }])
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 30)
    const outcome = await pack(made, { signal: stop.signal }).then(
      () => 'done',
      () => 'stopped',
    )
    expect(outcome === 'done' || packsOf(made).length === 0).toBe(true)
  })
})

const LOGIN_WITHOUT_NEW = {
  service: { ...LOGIN, package: { ...LOGIN.package, patterns: ['!new.txt'] } },
} satisfies Partial<PackRequest>
