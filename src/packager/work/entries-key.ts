import { createHash } from 'node:crypto'
import { type Content, isFile } from './content.ts'

export interface PackEntry extends Content {
  readonly executable: boolean
  /** The function that alone runs it; all functions may when missing. */
  readonly fn?: string
}

/** Says everything that the bytes of an artifact depend on: names, exec bits, contents or states of files. */
export function keyOfEntries(entries: readonly PackEntry[]): string {
  const hash = createHash('sha256')
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
    if (text.length < 1 << 16) continue
    hash.update(text)
    text = ''
  }
  return hash.update(text).update(states).digest('hex')
}

const STATE_NUMBERS = 4
