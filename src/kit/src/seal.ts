import type { Artifact } from './artifact.ts'

/** What is noted beside deployed code. */
export interface CodeSeal {
  /** What the function runs of it: see `Artifact.marks`. */
  readonly mark: string
  /** Of the whole artifact, as the platform tells it. */
  readonly checksum: string
}

/** The marks of all functions, by their names. */
export function codeMarks(artifacts: readonly Artifact[]): Readonly<Record<string, string>> {
  return Object.fromEntries(artifacts.flatMap(({ marks }) => Object.entries(marks)))
}

/** A seal as a text of letters, digits and `.+/=`. */
export function writeSeal({ mark, checksum }: CodeSeal): string {
  return `${mark}.${checksum}`
}

/** What `writeSeal` has written; undefined for anything else. */
export function readSeal(text: unknown): CodeSeal | undefined {
  if (typeof text !== 'string') return undefined
  const dot = text.indexOf('.')
  return dot < 0 ? undefined : { mark: text.slice(0, dot), checksum: text.slice(dot + 1) }
}

/**
 * The mark of the code that a platform has: the sealed one while the code is what was sealed, else the checksum, which is
 * no mark. So code that somebody else sent, or that a killed deploy did not get to send, differs from any that is desired.
 */
export function markOfCode(seal: unknown, checksum: unknown): string {
  const known = readSeal(seal)
  return known !== undefined && known.checksum === checksum ? known.mark : String(checksum ?? '')
}
