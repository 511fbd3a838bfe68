import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { readZip } from './unzip.ts'

// The command as users run it, in processes of their own: threads, cache and all.
const SLS = join(import.meta.dirname, '../../bin/sls.js')
const PATIENCE_MS = 600_000

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) removeFolder(folder)
})

function temporary(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sls-crash-')))
  folders.push(folder)
  return folder
}

/** Enough for threads, and hardly compressible, so that there is time to be killed in. */
function writeService(dir: string, files = 500): void {
  mkdirSync(join(dir, 'data'), { recursive: true })
  writeFileSync(join(dir, 'serverless.yml'), SERVICE)
  writeFileSync(join(dir, 'login.js'), 'exports.handler = async () => 1\n')
  for (let index = 0; index < files; index++) writeFileSync(join(dir, `data/${index}.txt`), noise(index, 8000))
}

const SERVICE = `service: shop
provider: { name: aws, runtime: nodejs20 }
functions:
  login: { handler: login.handler }
`

function noise(seed: number, length: number): string {
  let text = ''
  for (let block = 0; text.length < length; block++)
    text += createHash('sha512').update(`${seed} ${block}`).digest('base64')
  return text.slice(0, length)
}

const argsFor = (dir: string) => [SLS, 'package', '-d', dir, '--provider', 'aws']

function start(dir: string): ChildProcess {
  return spawn(process.execPath, argsFor(dir), { stdio: 'ignore' })
}

function run(dir: string, env: NodeJS.ProcessEnv = {}): { readonly status: number | null; readonly text: string } {
  const settings = { encoding: 'utf8' as const, env: { ...process.env, ...env } }
  const { status, stdout, stderr } = spawnSync(process.execPath, argsFor(dir), settings)
  return { status, text: stdout + stderr }
}

const zipOf = (dir: string) => join(dir, '.sls/aws/shop.zip')

/** What the service makes from nothing: another service folder with the same files. */
function cleanZip(dir: string): Buffer {
  const copy = join(temporary(), 'service')
  execFileSync('cp', ['-r', dir, copy])
  removeFolder(join(copy, '.sls'))
  expect(run(copy)).toMatchObject({ status: 0 })
  return readFileSync(zipOf(copy))
}

describe('a run that is killed', () => {
  it('at any point leaves the artifact of before or a whole one, and harms no run after it', {
    timeout: PATIENCE_MS,
  }, async () => {
    const dir = temporary()
    writeService(dir)
    const began = performance.now()
    expect(run(dir)).toMatchObject({ status: 0 })
    const wholeMs = performance.now() - began
    const good = new Set([digest(zipOf(dir))])
    for (let kill = 0; kill < KILLS; kill++) {
      writeFileSync(join(dir, 'data/1.txt'), noise(1000 + kill, 9000))
      // Without a cache now and then: there is more to be killed in.
      if (kill % 2 === 0) removeFolder(join(dir, '.sls/cache'))
      const child = start(dir)
      const ended = once(child, 'exit')
      const killer = setTimeout(() => child.kill('SIGKILL'), (wholeMs * (kill + 1)) / KILLS)
      await ended
      clearTimeout(killer)
      const now = digest(zipOf(dir))
      if (!good.has(now)) expect(await missingIn(zipOf(dir))).toEqual([])
      good.add(now)
    }
    expect(run(dir)).toMatchObject({ status: 0 })
    expect(readFileSync(zipOf(dir)).equals(cleanZip(dir))).toBe(true)
  })
})

const KILLS = 10

// Somebody else's reader checks every crc.
async function missingIn(path: string): Promise<string[]> {
  const entries = await readZip(path)
  const data = Array.from({ length: 500 }, (_, index) => `data/${index}.txt`)
  return ['login.js', 'sls_login.js', ...data].filter((name) => !entries.has(name))
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

describe('two runs at once', () => {
  it('of one service both succeed and leave its artifact', { timeout: PATIENCE_MS }, async () => {
    const dir = temporary()
    writeService(dir)
    for (const change of ['first', 'second']) {
      writeFileSync(join(dir, 'data/1.txt'), change)
      const both = [start(dir), start(dir)]
      const codes = await Promise.all(both.map(async (child) => (await once(child, 'exit'))[0]))
      expect(codes).toEqual([0, 0])
      expect(readFileSync(zipOf(dir)).equals(cleanZip(dir))).toBe(true)
    }
    expect(run(dir)).toMatchObject({ status: 0 })
    expect(readdirSync(join(dir, '.sls/aws')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('a disk that is full', () => {
  it('is said, keeps the artifact of before, and does no harm to the next run', { timeout: PATIENCE_MS }, () => {
    const disk = smallDisk(temporary())
    try {
      const dir = join(disk.folder, 'service')
      writeService(dir, 450)
      expect(run(dir)).toMatchObject({ status: 0 })
      const before = digest(zipOf(dir))
      writeFileSync(join(dir, 'data/more.bin'), randomBytes(3 << 20))
      for (const room of [4096, 1 << 20, 4 << 20]) {
        const { status, text } = disk.withRoom(room, (env) => run(dir, env))
        expect([room, status, text]).toEqual([room, 1, expect.stringMatching(/SLS4005.*cannot be written.*ENOSPC/s)])
        expect(digest(zipOf(dir))).toBe(before)
      }
      expect(run(dir)).toMatchObject({ status: 0 })
      expect(readFileSync(zipOf(dir)).equals(cleanZip(dir))).toBe(true)
    } finally {
      disk.remove()
    }
  })
})

interface SmallDisk {
  readonly folder: string
  /** Runs while so many bytes are free. */
  withRoom<T>(bytes: number, work: (env: NodeJS.ProcessEnv) => T): T
  remove(): void
}

/** A disk of its own where one may be mounted; else a folder, and writes that fail after so many bytes as they would there. */
function smallDisk(folder: string): SmallDisk {
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder]).status !== 0) return pretendedDisk(folder)
  const filler = join(folder, 'filler')
  return {
    folder,
    withRoom(bytes, work) {
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(filler, Buffer.alloc(bavail * bsize - bytes))
      try {
        return work({})
      } finally {
        rmSync(filler)
      }
    },
    remove: () => execFileSync('umount', [folder]),
  }
}

function pretendedDisk(folder: string): SmallDisk {
  const hook = join(folder, 'full.cjs')
  writeFileSync(hook, FULL)
  return {
    folder,
    withRoom: (bytes, work) => work({ NODE_OPTIONS: `--require ${hook}`, ROOM: String(bytes) }),
    remove: () => undefined,
  }
}

const FULL = `
const fs = require('node:fs')
let left = Number(process.env.ROOM)
const take = (bytes) => {
  left -= bytes
  if (left < 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
}
const { writeSync, promises } = fs
const { open } = promises
fs.writeSync = (fd, data, ...rest) => {
  if (fd > 2) take(data.length)
  return writeSync(fd, data, ...rest)
}
promises.open = async (...args) => {
  const file = await open(...args)
  const { writeFile } = file
  file.writeFile = async (data) => (take(data.length), writeFile.call(file, data))
  return file
}
`
