import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Json = Readonly<Record<string, unknown>>

/** The package.json of a folder; empty when there is none. */
export function readManifest(folder: string): Json {
  return readJson(join(folder, 'package.json'))
}

/** A JSON object; empty when the file is missing or holds something else: a folder in node_modules need not be a package. */
export function readJson(path: string): Json {
  if (!existsSync(path)) return {}
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

/** The names in a list of dependencies. */
export function namesOf(dependencies: unknown): string[] {
  return isRecord(dependencies) ? Object.keys(dependencies) : []
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
