import { refused } from '@anyfaas/kit'

// https://www.alibabacloud.com/help/en/fc/user-guide/oss-event-trigger: the list of the trigger's schema.
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  created: ['oss:ObjectCreated:*'],
  'created:put': ['oss:ObjectCreated:PutObject'],
  'created:post': ['oss:ObjectCreated:PostObject'],
  'created:copy': ['oss:ObjectCreated:CopyObject'],
  'created:append': ['oss:ObjectCreated:AppendObject'],
  'created:multipart': ['oss:ObjectCreated:CompleteMultipartUpload'],
  removed: ['oss:ObjectRemoved:DeleteObject', 'oss:ObjectRemoved:DeleteObjects'],
  'removed:delete': ['oss:ObjectRemoved:DeleteObject'],
}

/** The bucket's events by the platform's names; its own names pass. */
export function storageEvents(events: readonly string[]): unknown {
  const unknown = events.find((event) => !Object.hasOwn(EVENTS, event) && !event.startsWith('oss:'))
  if (unknown !== undefined)
    return refused(
      `there is no event "${unknown}"`,
      `use ${Object.keys(EVENTS).join(', ')}, or a name of OSS itself such as oss:ObjectCreated:PutSymlink`,
    )
  return [...new Set(events.flatMap((event) => EVENTS[event] ?? [event]))]
}
