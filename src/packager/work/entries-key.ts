import { createHash } from 'node:crypto'
import { type Content, isFile } from './content.ts'

export interface PackEntry extends Content {
  readonly executable: boolean
}

/** Says everything that the bytes of an artifact depend on: names, exec bits, contents or states of files. */
export function keyOfEntries(entries: readonly PackEntry[]): string {
  const hash = createHash('sha256')
  let text = ''
  for (const { name, executable, source } of entries) {
    text += `${name}\0${executable ? 'x' : '-'} `
    if (isFile(source)) text += `${source.path}\0${source.size} ${source.mtimeMs} ${source.ctimeMs} ${source.ino}\n`
    else text += `${source.digest}\n`
    if (text.length < 1 << 16) continue
    hash.update(text)
    text = ''
  }
  return hash.update(text).digest('hex')
}
