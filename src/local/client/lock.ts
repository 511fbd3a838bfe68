import { randomUUID } from 'node:crypto'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'

/** Longer than anything that is done under the lock: who holds it for longer has died, and its pid may be another's. */
const STALE_MS = 60_000
const LOOK_MS = 25

/**
 * Does something while no other process of this user does it. The lock is a file that exists or not; that of a process
 * that died is taken over. Rejects when the signal aborts while it waits.
 */
export async function withLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${randomUUID()}`
  while (!(await create(path, mine))) {
    if (await isStale(path)) await takeAway(path)
    // The holder is another process, which tells nobody when it is done.
    else await wait(LOOK_MS, undefined, { signal })
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    await file.writeFile(text)
    await file.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function isStale(path: string): Promise<boolean> {
  const found = await Promise.all([readFile(path, 'utf8'), stat(path)]).catch(missing)
  if (!found) return false
  const [text, { mtimeMs }] = found
  const ageMs = Date.now() - mtimeMs
  // Between its making and its filling, the file is empty.
  return ageMs > STALE_MS || (text !== '' && !isAlive(Number.parseInt(text, 10)))
}

// Two that find the same stale lock may not both remove it: the second would remove the lock that the first has made.
async function takeAway(path: string): Promise<void> {
  const claim = `${path}.claim`
  if (!(await create(claim, String(process.pid)))) {
    if (await isStale(claim)) await rm(claim, { force: true })
    return
  }
  try {
    if (await isStale(path)) await rm(path, { force: true })
  } finally {
    await rm(claim, { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
