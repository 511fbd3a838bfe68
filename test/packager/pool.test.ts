import { mkdirSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PieceCache } from '../../src/packager/cache/piece-cache.ts'
import { readTree } from '../../src/packager/files/tree.ts'
import { Ahead } from '../../src/packager/work/ahead.ts'
import { type CompressOptions, compress } from '../../src/packager/work/compress.ts'
import { bytesSource, type Content } from '../../src/packager/work/content.ts'
import { type Project, useProjects } from './project.ts'

const project = useProjects()

// Few files, but too many bytes for one thread.
const FILES = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [`data/${index}.txt`, `${index} `.repeat(100_000)]),
)

// Each worker that runs has a port here.
const running = () => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length

function contentsOf({ dir }: Project): Content[] {
  return readTree(dir, { within: dir }).files.map((file) => ({ name: file.name, source: file, scan: false }))
}

async function failing(made: Project, more: readonly Content[], options: CompressOptions): Promise<unknown> {
  const cache = PieceCache.open(made.cacheDir, Date.now())
  try {
    return await compress([...contentsOf(made), ...more], cache, { workers: 2, ...options }).then(
      () => 'done',
      (cause: unknown) => cause,
    )
  } finally {
    cache.close()
  }
}

// Breaks when it is asked what it is for the `times`th time.
function breaking(times: number): Content {
  const { bytes, size, digest } = bytesSource(Buffer.from('made'))
  let asked = 0
  const source = {
    bytes,
    size,
    get digest() {
      if (++asked === times) throw new Error('broken')
      return digest
    },
  }
  return { name: 'made.js', source, scan: false }
}

function cacheFor(made: Project): string {
  mkdirSync(made.cacheDir, { recursive: true })
  return made.cacheDir
}

describe('no thread works on', () => {
  it('when something else breaks while threads compress, whoever started them', async () => {
    const before = running()
    for (const isAhead of [false, true]) {
      for (const times of [1, 2]) {
        const made = project(FILES)
        const cacheDir = cacheFor(made)
        const ahead = isAhead ? new Ahead({ cacheDir, workers: 2 }) : undefined
        ahead?.offer(contentsOf(made))
        expect(running() > before).toBe(isAhead)
        expect(await failing(made, [breaking(times)], ahead ? { ahead } : {})).toMatchObject({ message: 'broken' })
        await ahead?.end()
        expect(running()).toBe(before)
        expect(readdirSync(cacheDir).filter((name) => name.endsWith('.pack'))).toEqual([])
      }
    }
  })

  it('when who hears of the progress breaks', async () => {
    const before = running()
    const made = project(FILES)
    cacheFor(made)
    const onProgress = () => {
      throw new Error('nobody listens')
    }
    expect(await failing(made, [], { onProgress })).toMatchObject({ message: 'nobody listens' })
    expect(running()).toBe(before)
  })

  it('when it was interrupted before they started', async () => {
    const before = running()
    const made = project(FILES)
    const ahead = new Ahead({ cacheDir: made.cacheDir, workers: 2, signal: AbortSignal.abort() })
    ahead.offer(contentsOf(made))
    const begun = ahead.take()
    const done: unknown[] = []
    await begun?.pool.run([], (batch) => done.push(batch))
    expect(done).toEqual([])
    expect(running()).toBe(before)
  })
})
