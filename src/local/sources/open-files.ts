import { readdir, readFile, stat } from 'node:fs/promises'

const WRITES = 0o3

/** `DEVICE:INODE` of every file that a process of this user holds open for writing; nothing where the system does not tell. */
export async function heldForWriting(): Promise<ReadonlySet<string>> {
  if (process.platform !== 'linux') return new Set()
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const held = new Set<string>()
  await Promise.all(
    processes.map(async (pid) => {
      for (const number of await listed(`/proc/${pid}/fd`)) await add(held, pid, number)
    }),
  )
  return held
}

async function add(held: Set<string>, pid: string, number: string): Promise<void> {
  try {
    const found = await stat(`/proc/${pid}/fd/${number}`)
    if (!found.isFile()) return
    const flags = /^flags:\s*([0-7]+)/m.exec(await readFile(`/proc/${pid}/fdinfo/${number}`, 'utf8'))?.[1]
    if (Number.parseInt(flags ?? '0', 8) & WRITES) held.add(`${found.dev}:${found.ino}`)
  } catch {
    // It was closed meanwhile.
  }
}

async function listed(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch {
    // It has ended, or is another user's.
    return []
  }
}
