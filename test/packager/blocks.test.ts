import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blocksOf } from '../../src/packager/work/entries-key.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { zipEntry } from '../fixtures/zip.ts'
import { fnOf, HANDLER, LOGIN, type Project, packProject, serviceOf, useProjects } from './project.ts'

const project = useProjects()

const FILES = Object.fromEntries(
  Array.from({ length: 900 }, (_, index) => [`data/${index % 7}/${index}.txt`, `${index} `.repeat(20 + (index % 90))]),
)

/** Files whose times are of today are not trusted. */
function settle({ dir }: Project, name: string): void {
  const days = settled++ % 1000
  utimesSync(join(dir, name), 0, new Date(2001, 1, 1 + days))
}
let settled = 0

function settleAll(made: Project): void {
  for (const name of readdirSync(made.dir, { recursive: true, encoding: 'utf8' })) settle(made, name)
  const ready = Date.now() + 60
  while (Date.now() < ready);
}

/** Everything that is said of the artifacts and in them. */
async function packed(made: Project, service = LOGIN, more: Parameters<typeof packProject>[2] = {}) {
  const { artifacts, packages, diagnostics } = await packProject(made, service, more)
  return {
    bytes: artifacts.map(({ path }) => readFileSync(path)),
    told: artifacts.map(({ id, digest, bytes, marks }) => ({ id, digest, bytes, marks })),
    contributions: packages.map(({ contributions }) => contributions),
    diagnostics,
  }
}

let clean = 0

/** As from nothing. */
function cleanly(made: Project, service = LOGIN) {
  const id = clean++
  return packed(made, service, { cacheDir: `${made.cacheDir}-${id}`, outDir: `${made.outDir}-${id}` })
}

describe('an artifact of which something changed', () => {
  it('is what it would be from nothing, whatever came, went and changed', { timeout: 600_000 }, async () => {
    const step = fc.record({
      changed: fc.array(fc.nat(899), { maxLength: 3 }),
      gone: fc.array(fc.nat(899), { maxLength: 2 }),
      added: fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 2 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
        const made = project({ ...HANDLER, ...FILES, 'deploy.sh': 'export KEY=AKIAIOSFODNN7EXAMPLE\n' })
        settleAll(made)
        await packed(made)
        for (const { changed, gone, added } of steps) {
          const names = Object.keys(FILES)
          for (const at of gone) rmSync(join(made.dir, names[at] ?? ''), { force: true })
          const texts = [...changed.map((at) => names[at] ?? ''), ...added.map((name) => `data/3/${name}`)]
          for (const name of texts) {
            made.write({ [name]: `${name} changed ${Math.abs(name.length - 7)}` })
            settle(made, name)
          }
          const ready = Date.now() + 60
          while (Date.now() < ready);
          expect(await packed(made)).toEqual(await cleanly(made))
        }
        made.remove()
      }),
      { seed: 11, numRuns: 4 },
    )
  })

  it('takes nothing from one that was damaged unnoticed', async () => {
    const made = project({ ...HANDLER, ...FILES })
    settleAll(made)
    await packed(made)
    const [path, records] = [join(made.outDir, 'shop.zip'), join(made.cacheDir, 'artifacts.json')]
    const stateOf = () => {
      const { size, mtimeMs, ctimeMs, ino } = statSync(path)
      return `${size} ${mtimeMs} ${ctimeMs} ${ino}`
    }
    for (const at of [5000, statSync(path).size - 5000]) {
      const before = stateOf()
      const fd = openSync(path, 'r+')
      writeSync(fd, 'damage', at)
      closeSync(fd)
      const known = readFileSync(records, 'utf8')
      expect(known).toContain(before)
      writeFileSync(records, known.replace(before, stateOf()))
      made.write({ 'login.js': `exports.handler = async () => ${at}` })
      settleAll(made)
      expect(await packed(made)).toEqual(await cleanly(made))
    }
  })

  it('leaves the cache alone when little is new, and the cache forgets nothing of that', async () => {
    const made = project({ ...HANDLER, ...FILES })
    settleAll(made)
    await packed(made)
    const before = readdirSync(made.cacheDir)
    const writtenMs = statSync(join(made.cacheDir, 'pieces')).mtimeMs
    for (let run = 0; run < 12; run++) {
      made.write({ 'login.js': `exports.handler = async () => ${run}` })
      settle(made, 'login.js')
      const ready = Date.now() + 60
      while (Date.now() < ready);
      await packed(made)
    }
    expect([readdirSync(made.cacheDir), statSync(join(made.cacheDir, 'pieces')).mtimeMs]).toEqual([before, writtenMs])
    removeFolder(made.outDir)
    let heard = 0
    await packed(made, LOGIN, { onProgress: () => heard++ })
    expect(heard).toBe(0)
  })
})

describe('artifacts that begin alike', () => {
  it.each([
    ['with files of their own at the end', { 'zebra/1.txt': 'z' }],
    ['with hardly anything', {}],
  ])('are what each of them is alone, %s', async (_, more) => {
    const functions = ['a', 'b', 'c', 'd'].map((name, index) =>
      fnOf(name, {
        handler: 'login.handler',
        package: { patterns: index === 2 ? ['!data/5/**'] : index === 3 ? ['!data/6/**', '!zebra/**'] : [] },
      }),
    )
    const service = serviceOf(functions, { individually: true })
    const made = project({
      ...HANDLER,
      ...(Object.keys(more).length > 0 && FILES),
      ...more,
      'data/5/x': '5',
      'data/6/x': '6',
    })
    settleAll(made)
    const together = await packed(made, service)
    expect(together.bytes).toHaveLength(4)
    for (const [at, { name }] of functions.entries()) {
      const options = { only: [name], cacheDir: `${made.cacheDir}-${name}`, outDir: `${made.outDir}-${name}` }
      const alone = await packed(made, service, options)
      expect([alone.bytes, alone.told, alone.contributions]).toEqual([
        [together.bytes[at]],
        [together.told[at]],
        [together.contributions[at]],
      ])
    }
  })
})

describe('blocks of entries', () => {
  const names = Object.keys({ ...FILES, ...HANDLER }).toSorted()
  const keysOf = (entries: Parameters<typeof blocksOf>[0]) => blocksOf(entries).map(({ key }) => key)
  const entries = names.map((name) => zipEntry(name, name))

  it('are several, and a change is in one of them', () => {
    const before = keysOf(entries)
    expect(before.length).toBeGreaterThan(2)
    const changed = entries.map((entry) => (entry.name === names[300] ? zipEntry(entry.name, 'new') : entry))
    const after = keysOf(changed)
    expect(after.filter((key, at) => key !== before[at])).toHaveLength(1)
  })

  it('hold all entries in their order', () => {
    expect(blocksOf(entries).flatMap((block) => block.entries)).toEqual(entries)
    expect(blocksOf([])).toEqual([])
  })

  it('end where they do without the entry of a function', () => {
    const own = { ...zipEntry(`${names[200]}x`, 'entry'), fn: 'login' }
    const ends = (all: typeof entries) => blocksOf(all).map((block) => block.entries.findLast(({ fn }) => !fn)?.name)
    expect(ends([...entries, own].toSorted((a, b) => (a.name < b.name ? -1 : 1)))).toEqual(ends(entries))
  })
})
