import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'

/** Writes a file of the user's own (mode 0600) so that a reader finds the old text or the new one, never a part. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  await rename(draft, path)
}

/** Undefined when there is no such file, or none that can be understood: what wrote it was cut off or is of another time. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : parse(text)
}

/** The same, for who has nothing else to do meanwhile. */
export function readJsonSync(path: string): unknown {
  return existsSync(path) ? parse(readFileSync(path, 'utf8')) : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
