import { readFile } from 'node:fs/promises'
import { type Artifact, type Call, error, type Patience, type Service, Shelf, SlsError, type Tree } from '@anyfaas/kit'
import type { Credentials } from '../account/credentials.ts'
import { putObject } from '../account/objects.ts'

/** All buckets that a deploy puts code into: the deployer's own for large code, and those that the file names. */
export function bucketsOf(
  service: Service,
  largeBucket: string | undefined,
  bucketIn: (service: Service, fn: string) => string | undefined,
): readonly string[] {
  const named = service.functions.map(({ name }) => bucketIn(service, name))
  return [largeBucket, ...named].filter((one) => one !== undefined)
}

export interface CodeStoreOptions {
  readonly artifacts: readonly Artifact[]
  readonly credentials: Credentials
  readonly region: string
  readonly endpoint?: string
  readonly patience?: Patience
  /** The bucket of the deployer's that the code of a function goes through, where the file names one. */
  readonly bucketOf: (fn: string) => string | undefined
  /** The one that is used for code that is too large otherwise; the platform's own when missing. */
  readonly largeBucket: string | undefined
  /** What an object of a service and stage is called. */
  readonly prefix: string
  /** The platform's own bucket for code on its way. */
  readonly borrow: (call: Call) => Promise<BorrowedBucket>
}

/** The code of a function as the API takes it: inside the request, or over a bucket when it is larger than that. */
export class CodeStore {
  readonly #options: CodeStoreOptions
  /** Bucket -> what lies there; the platform's own stands under nothing. */
  readonly #shelves = new Map<string | undefined, Shelf<object>>()

  constructor(options: CodeStoreOptions) {
    this.#options = options
  }

  async of(fn: string | undefined, call: Call): Promise<object> {
    const artifact = this.#options.artifacts.find(({ handlers }) => fn !== undefined && fn in handlers)
    if (fn === undefined || !artifact) throw new Error(`no artifact for ${fn}`)
    const own = this.#options.bucketOf(fn)
    const bucket = own ?? this.#options.largeBucket
    if (own === undefined && artifact.bytes <= INLINE_BYTES)
      return { zipFile: (await readFile(artifact.path)).toString('base64') }
    return await this.#shelf(bucket).put(artifact, call)
  }

  #shelf(bucket: string | undefined): Shelf<object> {
    const known = this.#shelves.get(bucket)
    if (known) return known
    const shelf = new Shelf({
      put: (artifact, call) =>
        bucket === undefined ? this.#borrowed(artifact, call) : this.#own(artifact, bucket, call),
      // The deployer may want to see what was sent, and nobody may clear a borrowed bucket.
      remove: async () => {},
    })
    this.#shelves.set(bucket, shelf)
    return shelf
  }

  get #way(): Pick<CodeStoreOptions, 'endpoint' | 'patience'> {
    const { endpoint, patience } = this.#options
    return { ...(endpoint && { endpoint }), ...(patience && { patience }) }
  }

  async #own({ path, bytes, id }: Artifact, bucket: string, call: Call): Promise<object> {
    const { region, credentials, prefix } = this.#options
    const key = `${prefix}/${id.replace(/[^\w.-]/g, '_')}.zip`
    const host = `oss-${region}.aliyuncs.com`
    await putObject({ ...this.#way, path, bytes, bucket, key, host, credentials }, call)
    return { ossBucketName: bucket, ossObjectName: key }
  }

  async #borrowed({ path, bytes }: Artifact, call: Call): Promise<object> {
    const { bucket, key, credentials, mostBytes } = await this.#options.borrow(call)
    if (bytes > mostBytes) throw tooLarge(bytes, mostBytes)
    const host = 'oss-accelerate.aliyuncs.com'
    await putObject({ ...this.#way, path, bytes, bucket, key, host, credentials }, call)
    return { ossBucketName: bucket, ossObjectName: key }
  }
}

/** A bucket of the platform's, and keys to one object in it. */
export interface BorrowedBucket {
  readonly bucket: string
  readonly key: string
  readonly credentials: Pick<Credentials, 'accessKeyId' | 'accessKeySecret' | 'securityToken'>
  /** What this account may have in this region. */
  readonly mostBytes: number
}

/** Asks for the bucket that the vendor's own tools send code through. No public page names a RAM action for it. */
export async function borrowBucket(client: Lender, account: string, call: Call): Promise<BorrowedBucket> {
  const path = '/tempBucketToken'
  const told = await client.call({ action: 'GetTempBucketToken', method: 'GET', path, about: 'the code' }, call)
  const keys = told['credentials'] as Record<'AccessKeyId' | 'AccessKeySecret' | 'SecurityToken', string>
  return {
    bucket: String(told['ossBucket']),
    key: `${account}/${told['objectName']}`,
    credentials: {
      accessKeyId: keys.AccessKeyId,
      accessKeySecret: keys.AccessKeySecret,
      securityToken: keys.SecurityToken,
    },
    mostBytes: Number(told['codeSizeLimit'] ?? Number.POSITIVE_INFINITY),
  }
}

function tooLarge(bytes: number, mostBytes: number): SlsError {
  const size = (count: number): string => `${(count / 1024 / 1024).toFixed(1)} MB`
  return new SlsError(
    error('SLS4010', `the code has ${size(bytes)}; this account may have ${size(mostBytes)} in this region`, {
      help: ['sls package --report shows what takes the space', 'or use an image: runtime: container'],
    }),
  )
}

interface Lender {
  call(
    request: { readonly action: string; readonly method: 'GET'; readonly path: string; readonly about: string },
    call: Call,
  ): Promise<Tree>
}

// A request may have 100 MB, of which base64 takes a third more than the code.
const INLINE_BYTES = 50 * 1024 * 1024
