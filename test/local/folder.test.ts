import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { FolderSourceSpec } from '../../src/local/spec.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { isAlive, type LocalFixture, until, useLocal } from './fixture.ts'

const local = useLocal()
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) removeFolder(folder)
})

interface Seen {
  readonly id: string
  readonly kind: string
  readonly trigger: string
  readonly data: { readonly bucket: string; readonly key: string; readonly size?: number; readonly event: string }
}

/** A platform with a function that writes down what it gets. */
async function watching(spec: Partial<FolderSourceSpec> = {}): Promise<{
  readonly platform: LocalFixture
  readonly folder: string
  readonly seen: () => Seen[]
  readonly deploy: (more?: Partial<FolderSourceSpec>) => Promise<void>
}> {
  const folder = mkdtempSync(join(tmpdir(), 'sls-bucket-'))
  folders.push(folder)
  const platform = local()
  const made = join(platform.home.root, 'made')
  const source: FolderSourceSpec = {
    name: 'o',
    type: 'folder',
    enabled: true,
    bucket: folder,
    events: ['created', 'removed'],
    ...spec,
  }
  const deploy = async (more: Partial<FolderSourceSpec> = {}): Promise<void> => {
    const body = `require('fs').appendFileSync(process.env.MADE, JSON.stringify(event) + '\\n'); return { kind: 'value' }`
    await platform.deploy('f', { routes: [], environment: { MADE: made }, body, sources: [{ ...source, ...more }] })
  }
  await deploy()
  await until(async () => (await platform.logs()).some(({ text }) => text.includes('watches ')), 'the watch')
  const seen = (): Seen[] =>
    existsSync(made)
      ? readFileSync(made, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line))
      : []
  return { platform, folder, seen, deploy }
}

function told({ data: { event, key } }: Seen): string {
  return `${event} ${key}`
}

async function kill(platform: LocalFixture): Promise<void> {
  const { pid } = await platform.record()
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid), 'the end of the platform')
}

async function again(platform: LocalFixture): Promise<void> {
  await until(async () => (await platform.info()) !== undefined, 'the next platform')
  await platform.record()
}

describe('a folder as a bucket', () => {
  test('tells of files that come, change and go, in the shape of every object storage', async () => {
    const { folder, seen } = await watching()
    mkdirSync(join(folder, 'in'))
    writeFileSync(join(folder, 'in/cat.png'), 'meow')
    const [first] = await until(() => seen().length === 1 && seen(), 'the first event')
    expect(first).toMatchObject({
      kind: 'os',
      trigger: 'o',
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      data: { bucket: folder, key: 'in/cat.png', size: 4, etag: expect.any(String), event: 'created:put' },
    })
    appendFileSync(join(folder, 'in/cat.png'), '!')
    await until(() => seen().length === 2, 'the change')
    removeFolder(join(folder, 'in'))
    await until(() => seen().length === 3, 'the end')
    expect(seen().map(({ data: { event, size } }) => [event, size])).toEqual([
      ['created:put', 4],
      ['created:put', 5],
      ['removed:delete', undefined],
    ])
  })

  test('holds back a file as long as it is being written, also through pauses', async () => {
    const { folder, seen } = await watching()
    const file = openSync(join(folder, 'slow.bin'), 'w')
    writeFileSync(join(folder, 'quick.part'), 'half')
    writeSync(file, 'one')
    writeFileSync(join(folder, 'marker'), '')
    await until(() => seen().some(({ data }) => data.key === 'marker'), 'the marker')
    await new Promise((resolve) => setTimeout(resolve, 1200))
    writeSync(file, 'two')
    expect(seen().map(told)).toEqual(['created:put marker'])
    closeSync(file)
    renameSync(join(folder, 'quick.part'), join(folder, 'quick.txt'))
    await until(() => seen().length === 3, 'both files')
    expect(
      seen()
        .map(({ data: { key, size } }) => `${key} ${size}`)
        .sort(),
    ).toEqual(['marker 0', 'quick.txt 4', 'slow.bin 6'])
  })

  test('leaves out what the filter and the kinds of events leave out', async () => {
    const { folder, seen } = await watching({ events: ['created'], filter: { prefix: 'in/', suffix: '.csv' } })
    mkdirSync(join(folder, 'in/deep'), { recursive: true })
    mkdirSync(join(folder, 'out'))
    for (const name of ['in/a.csv', 'in/a.txt', 'out/b.csv', 'c.csv', 'in/.hidden.csv']) {
      writeFileSync(join(folder, name), '1')
    }
    await until(() => seen().length === 1, 'the file')
    rmSync(join(folder, 'in/a.csv'))
    writeFileSync(join(folder, 'in/deep/d.csv'), '1')
    await until(() => seen().length === 2, 'the other file')
    expect(seen().map(told)).toEqual(['created:put in/a.csv', 'created:put in/deep/d.csv'])
  })

  test('tells of what happened while the platform was away, and nothing twice', async () => {
    const { platform, folder, seen } = await watching()
    writeFileSync(join(folder, 'before'), '1')
    writeFileSync(join(folder, 'doomed'), '1')
    await until(() => seen().length === 2, 'two files')
    await kill(platform)
    writeFileSync(join(folder, 'meanwhile'), '1')
    rmSync(join(folder, 'doomed'))
    await again(platform)
    await until(() => seen().some(({ data }) => data.event === 'removed:delete'), 'the removed one')
    await until(() => seen().some(({ data }) => data.key === 'meanwhile'), 'the new one')
    writeFileSync(join(folder, 'after'), '1')
    await until(() => seen().some(({ data }) => data.key === 'after'), 'the last one')
    const ids = seen().map(({ id }) => id)
    expect(new Set(ids).size).toBe(5)
    // What was told just before the kill may be told again; it is the same call then.
    expect(
      seen()
        .map(told)
        .filter((text) => text === 'created:put meanwhile'),
    ).toHaveLength(1)
  })

  test('does not tell of what was there before, and forgets it with its trigger', async () => {
    const { platform, folder, seen, deploy } = await watching()
    writeFileSync(join(folder, 'a'), '1')
    await until(() => seen().length === 1, 'the file')
    await deploy({ enabled: false })
    writeFileSync(join(folder, 'b'), '1')
    await deploy()
    await until(
      async () => (await platform.logs()).filter(({ text }) => text.includes('watches ')).length === 2,
      'the second watch',
    )
    writeFileSync(join(folder, 'c'), '1')
    await until(() => seen().length === 2, 'the next file')
    expect(seen().map(told)).toEqual(['created:put a', 'created:put c'])
  })

  test('by its name lies in the folder of the platform', async () => {
    const { platform, seen } = await watching({ bucket: 'pictures' })
    writeFileSync(join(platform.home.buckets, 'pictures', 'x'), '1')
    await until(() => seen().length === 1, 'the file')
    expect(seen()[0]?.data).toMatchObject({ bucket: 'pictures', key: 'x' })
  })

  test('that is not there is said so, and loses nothing when it comes back', async () => {
    const { platform, folder, seen } = await watching()
    writeFileSync(join(folder, 'a'), '1')
    await until(() => seen().length === 1, 'the file')
    renameSync(folder, `${folder}-away`)
    folders.push(`${folder}-away`)
    await until(async () => (await platform.logs()).some(({ text }) => text.includes('cannot watch')), 'the reason')
    renameSync(`${folder}-away`, folder)
    writeFileSync(join(folder, 'b'), '1')
    await until(() => seen().length === 2, 'the next file')
    expect(seen().map(told)).toEqual(['created:put a', 'created:put b'])
  })

  test('takes a thousand files at once', async () => {
    const { folder, seen } = await watching()
    for (let n = 0; n < 1000; n++) writeFileSync(join(folder, `${n}`), `${n}`)
    await until(() => new Set(seen().map(({ data }) => data.key)).size === 1000, 'all', 60_000)
    expect(seen()).toHaveLength(1000)
  }, 120_000)
})
