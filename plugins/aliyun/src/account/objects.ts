import { createReadStream } from 'node:fs'
import type { Call, Patience } from '@anyfaas/kit'
import type { Credentials } from './credentials.ts'
import { Lanes } from './lanes.ts'
import { signObjects } from './signature.ts'
import { send, WireFailure } from './wire.ts'

/** A file on its way to a bucket. */
export interface Upload {
  readonly path: string
  readonly bytes: number
  readonly bucket: string
  readonly key: string
  /** The host before which the bucket's name stands. */
  readonly host: string
  readonly credentials: Pick<Credentials, 'accessKeyId' | 'accessKeySecret' | 'securityToken'>
  /** Another address to connect to. */
  readonly endpoint?: string
  readonly patience?: Patience
}

/** Puts a file into a bucket, read as it is sent. https://www.alibabacloud.com/help/en/oss/developer-reference/putobject */
export async function putObject(upload: Upload, { signal }: Pick<Call, 'signal'>): Promise<void> {
  const { path, bytes, bucket, key, credentials } = upload
  const lanes = new Lanes('oss', upload.patience)
  const put = async (): Promise<void> => {
    const headers: Record<string, string> = {
      host: `${bucket}.${upload.host}`,
      date: new Date().toUTCString(),
      'content-type': 'application/zip',
      'content-length': String(bytes),
      ...(credentials.securityToken && { 'x-oss-security-token': credentials.securityToken }),
    }
    const authorization = signObjects(
      { id: credentials.accessKeyId, secret: credentials.accessKeySecret },
      { method: 'PUT', headers, resource: `/${bucket}/${key}` },
    )
    const url = `${upload.endpoint ?? `https://${headers['host']}`}/${key.split('/').map(encodeURIComponent).join('/')}`
    const body = createReadStream(path)
    const answer = await send({ method: 'PUT', url, headers: { ...headers, authorization }, body }, signal)
    if (answer.status >= 300) throw failureOf(answer.status, answer.body.toString())
  }
  // The same bytes under the same name: a second attempt harms nothing.
  await lanes.run({ action: 'PutObject', about: `the code in ${bucket}`, isRead: true }, put, signal)
}

function failureOf(status: number, xml: string): WireFailure {
  const read = (name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''
  return new WireFailure(status, read('Code'), `${read('Message')}, request id: ${read('RequestId')}`)
}
