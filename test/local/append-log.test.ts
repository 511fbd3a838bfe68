import { mkdtempSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppendLog } from '../../src/local/async/append-log.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sls-log-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function opened(): Promise<{ log: AppendLog; lines: string[] }> {
  const log = new AppendLog(join(folder, 'lines'))
  const lines: string[] = []
  await log.open((line) => lines.push(line))
  return { log, lines }
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
})
