import { appendFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { list } from 'tar'
import { describe, expect, it } from 'vitest'
import { openPromise } from 'yauzl'
import { readTree } from '../../../src/packager/files/tree.ts'
import { type TarEntry, tarBytes } from '../../../src/packager/image/tar-stream.ts'
import { makeZips } from '../../../src/packager/zips.ts'
import { mistakesOf, type Project, useProjects } from '../project.ts'

const project = useProjects()

const MB = 1 << 20

function entriesOf({ dir }: Project) {
  return readTree(dir, { within: dir }).files.map((file) => ({
    name: file.name,
    executable: file.executable,
    source: file,
    scan: false,
  }))
}

// As somebody else reads it.
async function datesIn(entries: readonly TarEntry[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  const reader = list({
    onReadEntry({ path, mtime }) {
      found[path] = mtime?.toISOString() ?? ''
    },
  })
  const ended = new Promise((resolve, reject) => reader.on('end', resolve).on('error', reject))
  for await (const chunk of tarBytes(entries)) reader.write(Buffer.from(chunk))
  reader.end()
  await ended
  return found
}

describe('the files of a layer', () => {
  it('have the date that they have in a zip: one of their content, whatever their size', async () => {
    const made = project({ 'a.txt': 'one', 'b/b.txt': 'two', 'b/a.txt': 'one', 'large.txt': 'x'.repeat(3 * MB) })
    const { 'b/': folder, ...dates } = await datesIn(entriesOf(made))
    expect(folder).toBe('1970-01-01T00:00:00.000Z')
    expect(dates['a.txt']).toBe(dates['b/a.txt'])
    expect(new Set(Object.values(dates)).size).toBe(3)
    const path = join(made.outDir, 'shop.zip')
    await makeZips([{ path, entries: entriesOf(made) }], { beganMs: Date.now() })
    const zip = await openPromise(path)
    const zipped: Record<string, string> = {}
    for await (const entry of zip.eachEntry())
      zipped[entry.fileName] = entry.getLastModDate({ timezone: 'UTC' }).toISOString()
    expect(dates).toEqual(zipped)
  })

  it('are refused when they change between the two readings that a large one needs', async () => {
    const made = project({ 'large.txt': 'x'.repeat(3 * MB) })
    const path = join(made.dir, 'large.txt')
    const read = async () => {
      for await (const chunk of tarBytes(entriesOf(made))) {
        if (chunk.length > 512) continue
        // The header is there, so it was read once.
        truncateSync(path, 3 * MB - 1)
        appendFileSync(path, 'y')
      }
    }
    expect(await mistakesOf(read())).toMatchObject([
      { code: 'SLS4004', message: '"large.txt" changed while it was packaged' },
    ])
  })
})
