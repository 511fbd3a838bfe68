import { constants, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppendLog } from '../../src/local/async/append-log.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sls-log-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  removeFolder(folder)
})

async function opened(): Promise<{ log: AppendLog; lines: string[] }> {
  const log = new AppendLog(join(folder, 'lines'))
  const lines: string[] = []
  await log.open((line) => lines.push(line))
  return { log, lines }
}

/** A disk that has no room for zeros. */
async function narrowDisk(code: string): Promise<{ refused: number; restore: () => void }> {
  const any = await open(join(folder, 'any'), 'w')
  const prototype = Object.getPrototypeOf(any) as FileHandle
  await any.close()
  const write = prototype.write as (this: FileHandle, ...args: unknown[]) => Promise<unknown>
  const full = vi.spyOn(prototype, 'write').mockImplementation(async function (this: FileHandle, ...args: unknown[]) {
    const bytes = args[0] as Buffer
    if (bytes.some((byte) => byte !== 0)) return await write.apply(this, args)
    disk.refused++
    await write.call(this, bytes, 0, 100, args[3])
    throw Object.assign(new Error('no room'), { code })
  } as never)
  const disk = { refused: 0, restore: () => full.mockRestore() }
  return disk
}

describe('the log of the queue', () => {
  test('has every line that it has acknowledged, whatever was replaced meanwhile', async () => {
    const { log } = await opened()
    const known: string[] = []
    const append = async (name: string): Promise<void> => {
      known.push(name)
      await log.append(name)
    }
    const writer = async (name: string): Promise<void> => {
      for (let index = 0; index < 40; index++) await append(`${name} ${index}`)
    }
    const replacer = async (): Promise<void> => {
      for (let index = 0; index < 20; index++) await log.replace(() => [...known])
    }
    await Promise.all([writer('a'), replacer(), writer('b'), replacer(), writer('c')])
    await log.close()
    const again = await opened()
    await again.log.close()
    expect(new Set(again.lines)).toEqual(new Set(known))
  })

  test('writes once for all that wait, also when they have not begun together', async () => {
    const { log } = await opened()
    const file = await open(join(folder, 'any'), 'w')
    const datasync = vi.spyOn(Object.getPrototypeOf(file) as FileHandle, 'datasync')
    await file.close()
    const writer = async (name: string): Promise<void> => {
      for (let index = 0; index < 10; index++) await log.append(`${name} ${index}`)
    }
    const first = writer('first')
    // By now its first line is on its way to the disk.
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([first, writer('second')])
    await log.close()
    expect(datasync.mock.calls.length).toBeLessThanOrEqual(12)
    datasync.mockRestore()
  })

  test.runIf(process.platform === 'linux')(
    'says of no line that it is kept before the disk has it, however it was written',
    async () => {
      const { log } = await opened()
      const any = await open(join(folder, 'any'), 'w')
      const prototype = Object.getPrototypeOf(any) as FileHandle
      await any.close()
      const [write, datasync] = [prototype.write, prototype.datasync] as ((...args: unknown[]) => Promise<unknown>)[]
      const unsynced = new Set<string>()
      let through = 0
      const writing = vi.spyOn(prototype, 'write').mockImplementation(async function (
        this: FileHandle,
        ...args: unknown[]
      ) {
        const result = await write?.apply(this, args)
        const bytes = args[0] as Buffer
        if (isWriteThrough(this.fd)) through++
        else if (bytes[0] !== 0) unsynced.add(bytes.toString('utf8', 0, 10))
        return result
      } as never)
      const syncing = vi.spyOn(prototype, 'datasync').mockImplementation(async function (this: FileHandle) {
        await datasync?.call(this)
        unsynced.clear()
      })
      for (let index = 0; index < 300; index++) {
        await log.append(`${index} ${'x'.repeat(1000)}`)
        expect([...unsynced]).toEqual([])
      }
      writing.mockRestore()
      syncing.mockRestore()
      await log.close()
      // Most of them in one way, and the others in the other.
      expect(through).toBeGreaterThan(200)
      expect(through).toBeLessThan(300)
    },
  )

  test('keeps a line whole that holds what Unicode calls the end of one', async () => {
    const { log } = await opened()
    const odd = JSON.stringify({ reason: 'a\u2028b\u2029c\u0085d' })
    const long = 'x'.repeat(200_000)
    for (const line of [odd, long, 'last']) await log.append(line)
    await log.close()
    const again = await opened()
    await again.log.close()
    expect(again.lines).toEqual([odd, long, 'last'])
  })

  test('does not let the half of a line on a full disk spoil the next one', async () => {
    const { log } = await opened()
    await log.append('before')
    const any = await open(join(folder, 'any'), 'w')
    const prototype = Object.getPrototypeOf(any) as FileHandle
    await any.close()
    const write = prototype.write as (this: FileHandle, ...args: readonly unknown[]) => Promise<unknown>
    const full = vi.spyOn(prototype, 'write').mockImplementationOnce(async function (
      this: FileHandle,
      ...[bytes, offset, , at]: readonly unknown[]
    ) {
      await write.call(this, bytes, offset, 3, at)
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    } as never)
    await expect(log.append('refused')).rejects.toThrow('no space')
    await log.append('after')
    full.mockRestore()
    await log.close()
    const again = await opened()
    await again.log.close()
    expect(again.lines).toEqual(['before', 'after'])
  })

  test.each(['ENOSPC', 'EDQUOT'])(
    'goes on where there is room for lines, and none to write ahead: %s',
    async (code) => {
      const { log } = await opened()
      const full = await narrowDisk(code)
      const lines = Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(1000)}`)
      for (const line of lines) await log.append(line)
      full.restore()
      expect(full.refused).toBe(1)
      await log.close()
      expect(readFileSync(join(folder, 'lines'), 'utf8')).toBe(`${lines.join('\n')}\n`)
    },
  )

  test('writes ahead again when the log has grown since the disk was full, and when it is written anew', async () => {
    const { log } = await opened()
    const megabyte = 'x'.repeat(1 << 20)
    const isAhead = (): boolean => statSync(join(folder, 'lines')).size > log.bytes
    const first = await narrowDisk('ENOSPC')
    await log.append(megabyte)
    first.restore()
    expect([first.refused, isAhead()]).toEqual([1, false])
    for (let index = 0; index < 17; index++) await log.append(megabyte)
    expect(isAhead()).toBe(true)
    await log.replace(() => [megabyte])
    const second = await narrowDisk('ENOSPC')
    await log.append(megabyte)
    second.restore()
    expect([second.refused, isAhead()]).toEqual([1, false])
    await log.replace(() => [megabyte])
    await log.append(megabyte)
    expect(isAhead()).toBe(true)
    await log.close()
  })

  test('has all lines of a busy log whose process was killed, and nothing else', async () => {
    const { log } = await opened()
    const lines = Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(1000)}`)
    for (const line of lines) await log.append(line)
    const left = readFileSync(join(folder, 'lines'))
    expect(left.length).toBeGreaterThan(log.bytes)
    await log.close()
    expect(readFileSync(join(folder, 'lines'), 'utf8')).toBe(`${lines.join('\n')}\n`)
    writeFileSync(join(folder, 'lines'), left)
    const again = await opened()
    expect(again.lines).toEqual(lines)
    await again.log.append('after')
    await again.log.close()
    expect(readFileSync(join(folder, 'lines'), 'utf8')).toBe(`${lines.join('\n')}\nafter\n`)
  })

  test('leaves out what the loss of power made holes in: nobody was told of it', async () => {
    const text = `whole\n${'x'.repeat(5000)}\n${'y'.repeat(5000)}\nlast\n`
    const holed = Buffer.from(text).fill(0, 4096, 8192)
    writeFileSync(join(folder, 'lines'), Buffer.concat([holed, Buffer.alloc(9000)]))
    const { log, lines } = await opened()
    await log.append('after')
    await log.close()
    expect(lines).toEqual(['whole', 'last'])
    const again = await opened()
    await again.log.close()
    expect(again.lines).toEqual(['whole', 'last', 'after'])
  })
})

// https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html
function isWriteThrough(fd: number): boolean {
  const [, flags = ''] = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? []
  return (Number.parseInt(flags, 8) & constants.O_DSYNC) !== 0
}
