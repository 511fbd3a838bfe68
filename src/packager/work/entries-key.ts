import { createHash, hash } from 'node:crypto'
import { type Content, isFile } from './content.ts'

export interface PackEntry extends Content {
  readonly executable: boolean
  /** The function that alone runs it; all functions may when missing. */
  readonly fn?: string
}

/** Entries that stand together in an artifact. */
export interface EntryBlock {
  /** Says everything that their bytes depend on: names, exec bits, contents or states of files. */
  readonly key: string
  readonly entries: readonly PackEntry[]
}

/**
 * The entries of an artifact, in their order, in blocks that a change elsewhere leaves as they are. Where one ends is decided by the names of
 * what all functions share, so that a function more or less moves nothing.
 */
export function blocksOf(entries: readonly PackEntry[]): EntryBlock[] {
  const blocks: EntryBlock[] = []
  let from = 0
  let shared = 0
  let to = 0
  // Not `entries.entries()`, which makes two objects for each of all files.
  for (const { name, fn } of entries) {
    to++
    if (fn !== undefined) continue
    shared++
    if (shared < MIN_SHARED || (shared < MAX_SHARED && !endsBlock(name))) continue
    blocks.push(blockOf(entries.slice(from, to)))
    from = to
    shared = 0
  }
  if (from < entries.length) blocks.push(blockOf(entries.slice(from)))
  return blocks
}

/** Says everything that the bytes of an artifact depend on. */
export function keyOfBlocks(blocks: readonly EntryBlock[]): string {
  return hash('sha256', blocks.map(({ key }) => key).join(''))
}

const MIN_SHARED = 64
const MAX_SHARED = 1024
const LAST_CHARACTERS = 16

// One name of 128, by the end of it, whatever stands before it.
function endsBlock(name: string): boolean {
  const { length } = name
  let mixed = length
  for (let at = Math.max(0, length - LAST_CHARACTERS); at < length; at++)
    mixed = Math.imul(mixed ^ name.charCodeAt(at), 0x01000193)
  return ((mixed >>> 16) & 127) === 0
}

function blockOf(entries: readonly PackEntry[]): EntryBlock {
  const states = new Float64Array(entries.length * STATE_NUMBERS)
  let at = 0
  let text = ''
  let before = ''
  for (const { name, executable, source, fn } of entries) {
    // No name is empty, so nothing else begins with this.
    if (fn !== undefined) text += `\0${fn}\0`
    text += `${name}\0${executable ? 'x' : '-'}`
    if (isFile(source)) {
      // Nearly all files lie in one folder under the names that they have in the artifact.
      const folder = source.path.endsWith(name) ? source.path.slice(0, -name.length) : `${source.path}\0`
      text += folder === before ? '\0' : `${folder}\0`
      before = folder
      states[at] = source.size
      states[at + 1] = source.mtimeMs
      states[at + 2] = source.ctimeMs
      states[at + 3] = source.ino
    } else text += `${source.digest}\0`
    at += STATE_NUMBERS
  }
  return { key: createHash('sha256').update(text).update(states).digest('base64'), entries }
}

const STATE_NUMBERS = 4
