import { refused } from '@anyfaas/kit'

const STORAGE: Readonly<Record<string, string>> = {
  created: 's3:ObjectCreated:*',
  'created:put': 's3:ObjectCreated:Put',
  'created:post': 's3:ObjectCreated:Post',
  'created:copy': 's3:ObjectCreated:Copy',
  'created:multipart': 's3:ObjectCreated:CompleteMultipartUpload',
  removed: 's3:ObjectRemoved:*',
  'removed:delete': 's3:ObjectRemoved:Delete',
}

/** The bucket's events by the platform's names; its own names pass. */
export function storageEvents(events: readonly string[]): unknown {
  const unknown = events.find((event) => !Object.hasOwn(STORAGE, event) && !event.startsWith('s3:'))
  if (unknown !== undefined)
    return refused(
      `there is no event "${unknown}"`,
      `use ${Object.keys(STORAGE).join(', ')}, or a name of S3 itself such as s3:ObjectRestore:*`,
    )
  return [...new Set(events.map((event) => STORAGE[event] ?? event))]
}
