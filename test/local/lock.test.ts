import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { withLock } from '../../src/local/client/lock.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

const roots: string[] = []

afterEach(() => {
  for (const root of roots.splice(0)) removeFolder(root)
})

function place(): string {
  const root = mkdtempSync(join(tmpdir(), 'sls-lock-'))
  roots.push(root)
  return join(root, 'lock')
}

// A pid that was somebody's and is nobody's.
const deadPid = spawnSync('true').pid

const forever = new AbortController().signal

test('one at a time holds it, also where a dead one left it', async () => {
  const path = place()
  writeFileSync(path, `${deadPid} x`)
  let inside = 0
  let most = 0
  const work = async (n: number): Promise<number> => {
    inside++
    most = Math.max(most, inside)
    await new Promise((resolve) => setTimeout(resolve, 5))
    inside--
    return n
  }
  const results = await Promise.all(
    Array.from({ length: 12 }, (_, n) => withLock(path, new AbortController().signal, () => work(n))),
  )
  expect([results, most]).toEqual([[...Array(12).keys()], 1])
  expect(readdirSync(join(path, '..'))).toEqual([])
})

test('it is given back when the work fails', async () => {
  const path = place()
  await expect(withLock(path, forever, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(existsSync(path)).toBe(false)
})

test('a living holder is waited for, until the signal aborts', async () => {
  const path = place()
  const holder = spawn('sleep', ['60'])
  writeFileSync(path, `${holder.pid} x`)
  const waiting = withLock(path, AbortSignal.timeout(200), async () => 1)
  await expect(waiting).rejects.toThrow(/abort/)
  holder.kill()
})

test('a lock that is older than any work counts as left, whoever has its pid now', async () => {
  const path = place()
  writeFileSync(path, `${process.pid} x`)
  utimesSync(path, new Date(0), new Date(0))
  expect(await withLock(path, forever, async () => 'mine')).toBe('mine')
})
