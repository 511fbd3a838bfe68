import type { StorageData } from '@anyfaas/runtime'
import type { FolderSourceSpec } from '../spec.ts'
import { digestOf } from './digest.ts'
import type { Happening, SourceContext } from './source.ts'

/** What tells one content of a file from another. */
export interface FileState {
  readonly size: number
  /** Milliseconds since 1970: of its content, and of anything about it (its name too). */
  readonly modifiedMs: number
  readonly changedMs: number
  readonly inode: number
  readonly device: number
}

export interface Change {
  readonly key: string
  readonly kind: 'created' | 'removed'
  /** Absent when it was removed. */
  readonly file: FileState | undefined
  readonly happening: (bucket: string, context: Pick<SourceContext, 'identity'>) => Happening
}

/** What is other than it was, in the order in which it happened as far as that can be known. */
export function changesOf(
  before: ReadonlyMap<string, FileState>,
  now: ReadonlyMap<string, FileState>,
  filter: FolderSourceSpec['filter'],
): readonly Change[] {
  const { prefix = '', suffix = '' } = filter ?? {}
  const isWanted = (key: string): boolean => key.startsWith(prefix) && key.endsWith(suffix)
  const removed = [...before].filter(([key]) => isWanted(key) && !now.has(key))
  const created = [...now].filter(([key, file]) => isWanted(key) && !isSame(before.get(key), file))
  created.sort(([, a], [, b]) => a.changedMs - b.changedMs)
  return [
    ...removed.map(([key, file]) => changeOf(key, 'removed', file)),
    ...created.map(([key, file]) => changeOf(key, 'created', file)),
  ]
}

// Another time of its name or its mode makes no other content.
function isSame(before: FileState | undefined, { size, modifiedMs, inode }: FileState): boolean {
  return before !== undefined && before.size === size && before.modifiedMs === modifiedMs && before.inode === inode
}

function changeOf(key: string, kind: Change['kind'], state: FileState): Change {
  const { size, modifiedMs, inode } = state
  const isThere = kind === 'created'
  const etag = `${Math.round(modifiedMs).toString(16)}-${size.toString(16)}`
  const event = isThere ? 'created:put' : 'removed:delete'
  const details = isThere ? { size, etag } : { size: undefined, etag: undefined }
  return {
    key,
    kind,
    file: isThere ? state : undefined,
    happening: (bucket, { identity }) => {
      const data: StorageData = { bucket, key, ...details, versionId: undefined, event }
      // The same happening that is told twice, because the platform was killed in between, has the same id.
      const whole = JSON.stringify([identity, event, key, size, modifiedMs, inode])
      return { data, id: digestOf(whole) }
    },
  }
}
