import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { stateOf } from '../../src/packager/files/file-source.ts'
import type { PackEntry } from '../../src/packager/work/entries-key.ts'
import { endRecords, writeCentralHeader, writeLocalHeader } from '../../src/packager/zip/zip-format.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { writeZip, zipEntry } from '../fixtures/zip.ts'
import { mistakesOf } from './project.ts'
import { readZip } from './unzip.ts'

const folder = mkdtempSync(join(tmpdir(), 'sls-zip-'))
afterAll(() => removeFolder(folder))

let count = 0
const fresh = () => join(folder, `${count++}.zip`)

function fileEntry(name: string, path: string): PackEntry {
  return { name, executable: false, source: stateOf(path, lstatSync(path)), scan: false }
}

/** What other people's tools say of a zip; each that is on this machine has to be content. */
function judge(path: string): string[] {
  execFileSync('python3', [
    '-c',
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None',
    path,
  ])
  const judges = ['python3']
  for (const [tool, ...args] of [
    ['unzip', '-tqq'],
    ['bsdtar', '-tf'],
  ] as const) {
    const { status, error, stdout } = spawnSync(tool, [...args, path], { encoding: 'utf8' })
    if (error) continue
    expect([tool, status, status === 0 ? '' : stdout]).toEqual([tool, 0, ''])
    judges.push(tool)
  }
  return judges
}

describe('a zip', () => {
  it('dates a file by its content: a server of files takes another of the same size and date for the same', async () => {
    const path = fresh()
    const texts = Array.from({ length: 500 }, (_, index) => `<script src="app.${100 + index}.js">`)
    await writeZip(path, [
      ...texts.map((text, index) => zipEntry(`${index}.html`, text)),
      zipEntry('same.html', texts[0] ?? ''),
      zipEntry('empty', ''),
    ])
    const script = `import sys, zipfile, datetime, json
z = zipfile.ZipFile(sys.argv[1])
print(json.dumps({i.filename: datetime.datetime(*i.date_time).isoformat() for i in z.infolist()}))`
    const dates: Record<string, string> = JSON.parse(
      execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }),
    )
    const { 'same.html': same, empty, ...others } = dates
    expect(new Set(Object.values(others)).size).toBe(500)
    expect(same).toBe(others['0.html'])
    expect(empty).toBe('1980-01-01T00:00:00')
    expect(Object.values(dates).filter((date) => date < '1980' || date >= '2012')).toEqual([])
    judge(path)
  })

  it('holds what went in, ordered by the bytes of the names', async () => {
    const path = fresh()
    const noise = createHash('sha512').update('x').digest()
    await writeZip(path, [
      zipEntry('b/z.txt', 'z'.repeat(100_000)),
      zipEntry('\u{1f600}.txt', 'astral'),
      zipEntry('\uffee.txt', 'last of the plane'),
      zipEntry('run', '#!/bin/sh\n', true),
      zipEntry('noise', noise),
      zipEntry('empty', ''),
    ])
    const found = await readZip(path)
    expect([...found.keys()]).toEqual(['b/z.txt', 'empty', 'noise', 'run', '\uffee.txt', '\u{1f600}.txt'])
    expect(found.get('b/z.txt')?.bytes.toString()).toBe('z'.repeat(100_000))
    expect(found.get('noise')?.bytes).toEqual(noise)
    expect(found.get('run')?.mode).toBe(0o100755)
    expect(found.get('noise')?.mode).toBe(0o100644)
    expect(judge(path)).toContain('python3')
  })

  it('says its own digest and size', async () => {
    const path = fresh()
    const { digest, bytes } = await writeZip(path, [zipEntry('a', 'a')])
    const content = readFileSync(path)
    expect(digest).toBe(`sha256:${createHash('sha256').update(content).digest('hex')}`)
    expect(bytes).toBe(content.length)
  })

  it('is valid when it is empty', async () => {
    const path = fresh()
    await writeZip(path, [])
    expect((await readZip(path)).size).toBe(0)
  })

  it('has the same bytes for any order of the entries', async () => {
    const entries = fc.uniqueArray(
      fc.tuple(fc.stringMatching(/^[a-zäß文]{1,8}(\/[a-z.]{1,4}x)?$/), fc.uint8Array(), fc.boolean()),
      {
        selector: ([name]) => name,
        maxLength: 12,
      },
    )
    await fc.assert(
      fc.asyncProperty(entries, async (list) => {
        const given = list.map(([name, bytes, executable]) => zipEntry(name, bytes, executable))
        const [one, other] = [fresh(), fresh()]
        const first = await writeZip(one, given)
        expect(await writeZip(other, [...given].reverse())).toEqual(first)
        const found = await readZip(one)
        expect(found.size).toBe(list.length)
        for (const [name, bytes] of list) expect(found.get(name)?.bytes).toEqual(Buffer.from(bytes))
      }),
      { seed: 7, numRuns: 40 },
    )
  })

  it('holds a large file that was compressed in pieces', async () => {
    const file = join(folder, 'large.bin')
    const block = createHash('sha512').update('block').digest()
    writeFileSync(file, Buffer.concat(Array.from({ length: 300_000 }, () => block)))
    const path = fresh()
    await writeZip(path, [zipEntry('z', 'after'), fileEntry('large.bin', file), zipEntry('a', 'before')])
    const found = await readZip(path)
    expect([...found.keys()]).toEqual(['a', 'large.bin', 'z'])
    expect(found.get('large.bin')?.bytes.equals(readFileSync(file))).toBe(true)
    judge(path)
  })

  it('counts beyond what the old format can', async () => {
    const path = fresh()
    const entries = Array.from({ length: 65_600 }, (_, index) => zipEntry(`${index}`, ''))
    await writeZip(path, entries)
    const script = 'import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))'
    expect(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' })).toBe('65600\n')
  })

  it('writes sizes and offsets beyond 4 GiB into the ZIP64 fields', () => {
    const record = {
      ...{ name: 'a', nameBytes: 1, executable: false, method: 'deflate' as const, crc: 1 },
      packedBytes: 5_000_000_000,
      bytes: 6_000_000_000,
    }
    const central = Buffer.alloc(100)
    expect(writeCentralHeader(record, 7_000_000_000, central, 0)).toBe(46 + 1 + 4 + 24)
    expect([central.readUInt32LE(20), central.readUInt32LE(24), central.readUInt32LE(42)]).toEqual(
      Array(3).fill(0xffffffff),
    )
    const extra = central.subarray(46 + 1)
    expect([extra.readUInt16LE(0), extra.readUInt16LE(2)]).toEqual([1, 24])
    const values = [4, 12, 20].map((at) => Number(extra.readBigUInt64LE(at)))
    expect(values).toEqual([6_000_000_000, 5_000_000_000, 7_000_000_000])
    const local = Buffer.alloc(100)
    expect(writeLocalHeader(record, local, 0)).toBe(30 + 1 + 4 + 16)
    expect(local.readUInt16LE(4)).toBe(45)
    const end = endRecords({ entries: 3, bytes: 100, offset: 7_000_000_000 })
    expect(end.readUInt32LE(0)).toBe(0x06064b50)
    expect(end.readBigUInt64LE(48)).toBe(7_000_000_000n)
    expect(end.readUInt32LE(56 + 20 + 16)).toBe(0xffffffff)
  })
})

describe('a zip that cannot be written', () => {
  it('leaves nothing behind when a file has vanished, grown, shrunk, or become a pipe', async () => {
    const out = join(folder, 'failing')
    const file = join(folder, 'source.txt')
    const path = join(out, 'a.zip')
    const gone = () => rmSync(file)
    for (const [change, words] of [
      [() => writeFileSync(file, 'thirteen bytes'), /changed while/],
      [() => writeFileSync(file, 'other twelve'), /changed while/],
      [() => truncateSync(file, 3), /changed while/],
      [gone, /cannot be read: ENOENT/],
      [() => [gone(), execFileSync('mkfifo', [file])], /cannot be read: ESPIPE/],
    ] as const) {
      rmSync(file, { force: true })
      writeFileSync(file, 'twelve bytes')
      utimesSync(file, 1, 1)
      const known = fileEntry('source.txt', file)
      change()
      const [mistake] = await mistakesOf(writeZip(path, [known]))
      expect(mistake).toMatchObject({ code: 'SLS4004', message: expect.stringMatching(words) })
      expect(existsSync(out)).toBe(false)
    }
  })

  it('says where it wanted to write', async () => {
    writeFileSync(join(folder, 'file'), '')
    const [mistake] = await mistakesOf(writeZip(join(folder, 'file', 'a.zip'), []))
    expect(mistake).toMatchObject({ code: 'SLS4005', message: expect.stringContaining('a.zip') })
  })

  it('stops when it is told to', async () => {
    const out = join(folder, 'stopped')
    const [mistake] = await mistakesOf(writeZip(join(out, 'a.zip'), [zipEntry('a', 'a')], AbortSignal.abort()))
    expect(mistake?.code).toBe('SLS5002')
    expect(existsSync(out)).toBe(false)
  })
})
