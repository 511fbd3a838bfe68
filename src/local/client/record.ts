import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readJson } from '../json-file.ts'
import { PLATFORM_FILE, PROCESS_FILE, SERVE_FILE } from '../places.ts'

/** `platform.json`: how to reach the running platform. Whoever can read it can command the platform. */
export interface PlatformRecord {
  readonly pid: number
  /** Of the control API, on 127.0.0.1. */
  readonly port: number
  readonly token: string
  readonly version: string
  /** ISO 8601, UTC. */
  readonly started: string
}

/** Undefined when there is none, or none that can be understood. */
export async function readRecord(path: string): Promise<PlatformRecord | undefined> {
  const value = await readJson(path)
  return isRecord(value) ? value : undefined
}

/** Names the code that a platform runs: two builds are two versions, so an update replaces what runs. */
export function platformVersion(): string {
  const hash = createHash('sha256')
  for (const file of [PLATFORM_FILE, PROCESS_FILE, SERVE_FILE]) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 16)
}

function isRecord(value: unknown): value is PlatformRecord {
  if (typeof value !== 'object' || value === null) return false
  const { pid, port, token, version } = value as Partial<PlatformRecord>
  return (
    Number.isInteger(pid) &&
    Number.isInteger(port) &&
    typeof token === 'string' &&
    token !== '' &&
    typeof version === 'string'
  )
}
