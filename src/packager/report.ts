import type { StoredEntry } from './zip/zip.ts'

/** What a package, or a folder of the service, brings into an artifact. */
export interface Contribution {
  /** Such as `node_modules/lodash`, `src`, or `.` for the files at the root. */
  readonly at: string
  readonly files: number
  readonly bytes: number
  readonly packedBytes: number
}

/** What can be said of an artifact after its entries have passed. */
export interface Report {
  /** Names of entries with what looks like an access key in them. */
  readonly suspects: readonly string[]
  /** The largest first. */
  readonly contributions: readonly Contribution[]
}

/** Adds up entries one by one, and keeps none; and what was added up before. */
export function createReport(): { add(entry: StoredEntry): void; join(report: Report): void; end(): Report } {
  const found = new Map<string, { at: string; files: number; bytes: number; packedBytes: number }>()
  const suspects: string[] = []
  const sumAt = (at: string) => {
    const sum = found.get(at) ?? { at, files: 0, bytes: 0, packedBytes: 0 }
    found.set(at, sum)
    return sum
  }
  return {
    add({ name, pieces }) {
      const sum = sumAt(placeOf(name))
      sum.files++
      for (const { bytes, packedBytes } of pieces) {
        sum.bytes += bytes
        sum.packedBytes += packedBytes
      }
      if (pieces.some(({ scanned }) => scanned === 'key')) suspects.push(name)
    },
    join(report) {
      suspects.push(...report.suspects)
      for (const { at, files, bytes, packedBytes } of report.contributions) {
        const sum = sumAt(at)
        sum.files += files
        sum.bytes += bytes
        sum.packedBytes += packedBytes
      }
    },
    end() {
      const largest = [...found.values()].sort((a, b) => b.packedBytes - a.packedBytes || (a.at < b.at ? -1 : 1))
      return { suspects, contributions: largest }
    },
  }
}

/** The package that a file of an artifact belongs to, such as `node_modules/a/node_modules/b`; else its first folder, or `.`. */
export function placeOf(name: string): string {
  const start = name.lastIndexOf('node_modules/')
  if (start < 0 || (start > 0 && name[start - 1] !== '/')) return name.slice(0, Math.max(0, name.indexOf('/'))) || '.'
  const first = name.indexOf('/', start + 'node_modules/'.length)
  const end = name[start + 'node_modules/'.length] === '@' ? name.indexOf('/', first + 1) : first
  return end < 0 ? name : name.slice(0, end)
}
