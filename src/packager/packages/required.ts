import { join } from 'node:path'
import { isNative } from '../bundle/native.ts'
import { writeWhole } from '../files/file-sink.ts'
import { isRecord, readJson } from '../files/json-file.ts'
import type { Patterns } from '../files/patterns.ts'
import type { TreeFile } from '../files/tree.ts'
import { placeOf } from '../report.ts'
import { blocksOf, keyOfBlocks } from '../work/entries-key.ts'

export interface RequiredQuery {
  /** Real paths of the modules that the functions start from. */
  readonly modules: readonly string[]
  readonly own: readonly TreeFile[]
  readonly packages: readonly TreeFile[]
  readonly patterns: Patterns
  readonly serviceDir: string
  /** Where the answer is kept for as long as no file changes. */
  readonly cacheDir?: string
}

/** The files of packages that the modules require, and those that a pattern names. A package with machine code is whole. */
export async function onlyRequired(query: RequiredQuery): Promise<TreeFile[]> {
  const { own, packages, patterns, modules } = query
  const entries = [...own, ...packages].map((file) => ({ ...file, source: file, scan: false }))
  const key = `${keyOfBlocks(blocksOf(entries))} ${modules.join('\0')}`
  const required = await remembered(query, key)
  const used = new Map(packages.filter(({ path }) => required.has(path)).map((file) => [placeOf(file.name), file]))
  const whole = new Set([...used].filter(([at, file]) => isNative(folderAt(at, file))).map(([at]) => at))
  return packages.filter(
    ({ name, path }) => required.has(path) || whole.has(placeOf(name)) || patterns.decide(name, false),
  )
}

// Addons are found by paths that are put together at run time.
function folderAt(at: string, { name, path }: TreeFile): string {
  return path.slice(0, path.length - (name.length - at.length))
}

async function remembered({ cacheDir, modules, serviceDir }: RequiredQuery, key: string): Promise<ReadonlySet<string>> {
  const path = cacheDir && join(cacheDir, 'required.json')
  const known = path === undefined ? {} : readJson(path)
  const answers = isRecord(known['answers']) ? known['answers'] : {}
  const answer = answers[key]
  if (Array.isArray(answer)) return new Set(answer.map(String))
  const { traceFiles } = await import('./trace.ts')
  const found = await traceFiles(modules, serviceDir)
  // A few artifacts' worth: what else there was is of files that have changed.
  const recent = Object.entries(answers).slice(-MAX_ANSWERS)
  if (path !== undefined)
    await writeWhole(path, JSON.stringify({ answers: { ...Object.fromEntries(recent), [key]: found } }))
  return new Set(found)
}

const MAX_ANSWERS = 40
