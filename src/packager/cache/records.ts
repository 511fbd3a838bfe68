import { existsSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../files/file-sink.ts'
import { isRecord, readJson } from '../files/json-file.ts'
import { DEFLATE_FORMAT } from '../zip/deflate.ts'

/** What was written where, so that an artifact that would be the same is not written again. */
export class Records<T extends object> {
  readonly #path: string
  readonly #records: Map<string, Record<string, unknown>>

  constructor(folder: string) {
    this.#path = join(folder, 'artifacts.json')
    const { format, records } = readJson(this.#path)
    const known = format === FORMAT && isRecord(records) ? Object.entries(records) : []
    this.#records = new Map(known.filter((pair): pair is [string, Record<string, unknown>] => isRecord(pair[1])))
  }

  /** What `set` was given for the same wish, if the file is still as it was then. */
  find(path: string, key: string): T | undefined {
    return this.#records.get(path)?.['key'] === key ? this.last(path) : undefined
  }

  /** What `set` was given for whatever wish, if the file is still as it was then. */
  last(path: string): T | undefined {
    const record = this.#records.get(path)
    return record && record['state'] === stateOf(path) ? (record['value'] as T) : undefined
  }

  /** `key` says all that the artifact was made of. */
  set(path: string, key: string, value: T): void {
    this.#records.set(path, { key, state: stateOf(path), value })
  }

  delete(path: string): void {
    this.#records.delete(path)
  }

  /** SLS4005 when it cannot be written. */
  async save(): Promise<void> {
    const records = Object.fromEntries([...this.#records].filter(([path]) => existsSync(path)))
    await writeWhole(this.#path, JSON.stringify({ format: FORMAT, records }))
  }
}

const FORMAT = `4 ${DEFLATE_FORMAT}`

function stateOf(path: string): string {
  const stats: Stats | undefined = statSync(path, { throwIfNoEntry: false })
  return stats ? `${stats.size} ${stats.mtimeMs} ${stats.ctimeMs} ${stats.ino}` : 'absent'
}
