import { createHash, createHmac } from 'node:crypto'
import type { WireReply, WireRequest } from '../emulator.ts'

/** The object storage, as far as code waits in it. Its requests are known by the host that they name. */
export class Storage {
  /** Name with the APPID -> its settings. */
  readonly buckets = new Map<string, { expires?: string }>()
  readonly #objects: Map<string, Buffer>
  readonly #keys: ReadonlyMap<string, string>

  constructor(objects: Map<string, Buffer>, keys: ReadonlyMap<string, string>) {
    this.#objects = objects
    this.#keys = keys
  }

  isAsked({ host = '' }: WireRequest['headers']): boolean {
    return host.includes('.cos.')
  }

  answer(request: WireRequest): WireReply {
    const { method, path, headers, body, query } = request
    const bucket = (headers['host'] ?? '').split('.')[0] ?? ''
    if (!this.#isSigned(request)) return refused(403, 'SignatureDoesNotMatch')
    if (path === '/' && method === 'PUT' && !query.has('lifecycle')) return this.#make(bucket)
    if (!this.buckets.has(bucket)) return method === 'HEAD' ? { status: 404 } : refused(404, 'NoSuchBucket')
    if (query.has('lifecycle')) return this.#expire(bucket, request)
    const key = `${bucket.replace(/-\d+$/, '')}${path}`
    if (method === 'PUT') this.#objects.set(key, body)
    if (method === 'DELETE') this.#objects.delete(key)
    return { status: method === 'DELETE' ? 204 : 200 }
  }

  #make(bucket: string): WireReply {
    if (this.buckets.has(bucket)) return refused(409, 'BucketAlreadyOwnedByYou')
    if (!/^[a-z0-9-]{1,50}-\d+$/.test(bucket)) return refused(400, 'InvalidBucketName')
    this.buckets.set(bucket, {})
    return { status: 200 }
  }

  #expire(bucket: string, { body, headers }: WireRequest): WireReply {
    if (createHash('md5').update(body).digest('base64') !== headers['content-md5']) return refused(400, 'BadDigest')
    this.buckets.set(bucket, { expires: /<Days>(\d+)/.exec(body.toString())?.[1] ?? '' })
    return { status: 200 }
  }

  // https://cloud.tencent.com/document/product/436/7778, read on its own: the driver's way to sign is judged by it.
  #isSigned({ method, path, headers, query, atMs }: WireRequest): boolean {
    const given = new URLSearchParams((headers['authorization'] ?? '').replaceAll(';', '%3B'))
    const secret = this.#keys.get(given.get('q-ak') ?? '')
    const time = given.get('q-key-time') ?? ''
    const [from = 0, until = 0] = time.split(';').map(Number)
    if (secret === undefined || atMs / 1000 < from || atMs / 1000 > until) return false
    const names = (given.get('q-header-list') ?? '').split(';')
    if (!names.includes('host')) return false
    const fields = names.map((name) => `${name}=${encodeURIComponent(headers[name] ?? '')}`).join('&')
    const parameters = [...query].map(([name, value]) => `${name}=${value}`).join('&')
    const whole = `${method.toLowerCase()}\n${path}\n${parameters}\n${fields}\n`
    const text = `sha1\n${time}\n${createHash('sha1').update(whole).digest('hex')}\n`
    const key = createHmac('sha1', secret).update(time).digest('hex')
    return createHmac('sha1', key).update(text).digest('hex') === given.get('q-signature')
  }
}

function refused(status: number, code: string): WireReply {
  const body = Buffer.from(`<Error><Code>${code}</Code><Message>${code}</Message><RequestId>r</RequestId></Error>`)
  return { status, body }
}
