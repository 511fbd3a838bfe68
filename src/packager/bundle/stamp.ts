import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { writeWhole } from '../files/file-sink.ts'
import { readJson } from '../files/json-file.ts'

export interface StampFacts {
  /** What was asked for; another wish makes the stamp worthless. */
  readonly key: unknown
  /** Milliseconds since 1970, UTC, when the work began. */
  readonly beganMs: number
  /** Absolute paths of what was read. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly serviceDir: string
}

/**
 * True when a stamp was written for the same wish and nothing has changed since: no file that was read, no folder of
 * them (a new file could be found before an old one), no tsconfig.json or package.json above them, no installed package.
 */
export function isFresh(path: string, key: unknown): boolean {
  const stamp = readJson(path)
  const { watched, outputs } = stamp
  if (stamp['key'] !== JSON.stringify(key) || !isRows(watched) || !Array.isArray(outputs)) return false
  return (
    outputs.every((output) => existsSync(String(output))) && watched.every(([file, state]) => stateOf(file) === state)
  )
}

export async function writeStamp(path: string, facts: StampFacts): Promise<void> {
  const { key, beganMs, outputs } = facts
  const watched = watchedBy(facts).map((file) => [file, stateOf(file)] as const)
  // A change in the same tick as the reading would bear the same time, so such a build is not remembered.
  const isRacy = watched.some(([file]) => timeOf(file) >= beganMs - TICK_MS)
  const text = JSON.stringify({ key: JSON.stringify(key), outputs, watched: isRacy ? null : watched })
  await writeWhole(path, text)
}

const TICK_MS = 20

function isRows(value: unknown): value is readonly (readonly [string, string])[] {
  return Array.isArray(value)
}

function stateOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : 'absent'
}

function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

// `b.ts` is found before `b/index.ts`, so the folder above one that was read counts too. Settings and packages are
// looked for upwards, also above the service.
function watchedBy({ inputs, serviceDir }: StampFacts): string[] {
  const folders = new Set(inputs.flatMap((input) => [dirname(input), dirname(dirname(input))]))
  const above = new Set<string>()
  for (const start of [serviceDir, ...folders]) {
    for (let folder = start; !above.has(folder); folder = dirname(folder)) above.add(folder)
  }
  const settings = [...above].flatMap((folder) => [join(folder, 'package.json'), join(folder, 'tsconfig.json')])
  const installed = [...above].map((folder) => join(folder, 'node_modules'))
  return [...new Set([...inputs, ...folders, ...settings, ...settings.flatMap((file) => bases(file)), ...installed])]
}

// The files that a tsconfig.json extends, as far as they are named by path.
function bases(file: string, seen: ReadonlySet<string> = new Set()): string[] {
  if (!file.endsWith('.json') || seen.has(file) || !existsSync(file)) return []
  const extended = /"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
  const paths = [...extended.matchAll(/"(\.[^"]*)"/g)].map(([, path = '']) => resolve(dirname(file), path))
  const found = paths.map((path) => (path.endsWith('.json') ? path : `${path}.json`))
  return found.flatMap((path) => [path, ...bases(path, new Set([...seen, file]))])
}
