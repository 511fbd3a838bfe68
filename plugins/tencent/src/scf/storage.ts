// https://cloud.tencent.com/document/product/583/9707
const EVENTS: Readonly<Record<string, string>> = {
  created: 'cos:ObjectCreated:*',
  'created:put': 'cos:ObjectCreated:Put',
  'created:post': 'cos:ObjectCreated:Post',
  'created:copy': 'cos:ObjectCreated:Copy',
  'created:append': 'cos:ObjectCreated:Append',
  'created:multipart': 'cos:ObjectCreated:CompleteMultipartUpload',
  removed: 'cos:ObjectRemove:*',
  'removed:delete': 'cos:ObjectRemove:Delete',
}

/** The events that a file can name, for the message. */
export const STORAGE_EVENTS: readonly string[] = Object.keys(EVENTS)

/** One event by the platform's name; its own names pass; undefined for none. */
export function storageEvent(event: string): string | undefined {
  const known = Object.hasOwn(EVENTS, event) ? EVENTS[event] : undefined
  return known ?? (event.startsWith('cos:') ? event : undefined)
}
