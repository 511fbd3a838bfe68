import { type EventRow, numberOf, shapeOf, textOf } from '@anyfaas/runtime'
import { recordsOf } from './records.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export const storageRow: EventRow = {
  kind: 'os',
  matches: (event) => recordsOf(event, 'aws:s3').length > 0,
  read: (event) =>
    recordsOf(event, 'aws:s3').map(({ s3, eventName, eventTime, responseElements }) => {
      const object = shapeOf(shapeOf(s3)['object'])
      const bucket = String(shapeOf(shapeOf(s3)['bucket'])['name'])
      const key = decodeKey(String(object['key']))
      const [size, etag, versionId] = [numberOf(object['size']), textOf(object['eTag']), textOf(object['versionId'])]
      const data = { bucket, key, size, etag, versionId, event: wordOf(String(eventName)) }
      const id = textOf(shapeOf(responseElements)['x-amz-request-id'])
      return { resource: bucket, id, subject: key, time: textOf(eventTime), data }
    }),
}

// Keys are written as forms are.
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return key
  }
}

function wordOf(name: string): string {
  return WORDS[name] ?? `s3:${name}`
}

const WORDS: Readonly<Record<string, string>> = {
  'ObjectCreated:Put': 'created:put',
  'ObjectCreated:Post': 'created:post',
  'ObjectCreated:Copy': 'created:copy',
  'ObjectCreated:CompleteMultipartUpload': 'created:multipart',
  'ObjectRemoved:Delete': 'removed:delete',
}
