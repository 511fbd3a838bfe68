import { readFile } from 'node:fs/promises'
import { type Artifact, BUCKET_VARIABLE, type Call, error, Shelf, SlsError, type Tree } from '@anyfaas/kit'
import type { Api } from '../../account/api.ts'
import { isMissing, readFailure } from '../../account/failures.ts'
import type { Action } from '../../account/sdk.ts'
import type { Place, Site } from './site.ts'

/** What a request to Lambda takes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const INLINE_BYTES = 50 * 1024 * 1024

/**
 * Where code waits that is too large for a request: a bucket of the deployer's, or one of the account that all services
 * share, made when it is needed. Each artifact is sent once, and goes when the connection closes.
 */
export class CodeBucket {
  readonly name: string
  /** It is no bucket of the deployer's: one that is made where it is missing. */
  readonly isUsual: boolean
  readonly #site: Site
  readonly #shelf: Shelf<Tree>
  #isThere = false

  /** `given` is the deployer's own bucket. */
  constructor(site: Site, given?: string) {
    this.#site = site
    this.name = given ?? usualBucket(site.place)
    this.isUsual = given === undefined
    this.#shelf = new Shelf({
      put: (artifact, call) => this.#put(artifact, call),
      remove: async ({ S3Bucket: Bucket, S3Key: Key }) => {
        await this.#call('DeleteObject', { Bucket, Key, ...this.#owned }, { signal: AbortSignal.timeout(CLEAR_MS) })
      },
    })
  }

  /** Whether an artifact has to wait there. */
  takes({ bytes }: Artifact): boolean {
    return bytes > INLINE_BYTES
  }

  /** Sends an artifact, unless it is there from this connection; where it is, in the words of Lambda. */
  async send(artifact: Artifact, call: Call): Promise<Tree> {
    return await this.#shelf.put(artifact, call)
  }

  /** Takes away what was sent. What a killed deploy leaves expires by itself in a bucket of ours. */
  async clear(): Promise<void> {
    await this.#shelf.clear()
  }

  async #put({ path, digest }: Artifact, call: Call): Promise<Tree> {
    if (!this.#isThere) await this.#prepare(call)
    this.#isThere = true
    const { name, stage } = this.#site.service
    const Key = `anyfaas/${name}/${stage}/${digest.replace(/^\w+:/, '')}.zip`
    await this.#call('PutObject', { Bucket: this.name, Key, Body: await readFile(path), ...this.#owned }, call)
    return { S3Bucket: this.name, S3Key: Key }
  }

  async #prepare(call: Call): Promise<void> {
    const Bucket = this.name
    try {
      await this.#call('HeadBucket', { Bucket, ...this.#owned }, call)
      return
    } catch (cause) {
      if (!isMissing(cause) || !this.isUsual) throw this.#unusable(cause)
    }
    const { region } = this.#site.place
    const where = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region } }
    await unlessOurs(this.#call('CreateBucket', { Bucket, ...where }, call))
    const closed = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets']
    const PublicAccessBlockConfiguration = Object.fromEntries(closed.map((word) => [word, true]))
    await this.#call('PutPublicAccessBlock', { Bucket, PublicAccessBlockConfiguration, ...this.#owned }, call)
    const rule = { ID: 'anyfaas', Status: 'Enabled', Filter: { Prefix: 'anyfaas/' }, Expiration: { Days: 1 } }
    const LifecycleConfiguration = { Rules: [rule] }
    await this.#call('PutBucketLifecycleConfiguration', { Bucket, LifecycleConfiguration, ...this.#owned }, call)
    call.note(`made the bucket ${Bucket}, for code above ${INLINE_BYTES / 1024 / 1024} MB`)
  }

  // Everybody can work out the name of the bucket that is made here, and have one by it: code goes to nobody else's.
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
  get #owned(): Tree {
    const { account } = this.#site.place
    return this.isUsual && account !== '*' ? { ExpectedBucketOwner: account } : {}
  }

  // What asks for a bucket alone is answered without words.
  #unusable(cause: unknown): unknown {
    const why = WHY[readFailure(cause).status]
    if (why === undefined) return cause
    const help = [`${BUCKET_VARIABLE} names another bucket of yours, in the region of the functions`]
    return new SlsError(error('SLS5007', `the bucket ${this.name}, where code above 50 MB waits, ${why}`, { help }), {
      cause,
    })
  }

  #call(action: Action<'s3'>, input: object, call: Parameters<Api['call']>[1]): Promise<Tree> {
    return this.#site.api.call({ service: 's3', action, input, about: `bucket ${this.name}` }, call)
  }
}

const CLEAR_MS = 60_000

// Status -> what it says of a bucket: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
const WHY: Readonly<Record<number, string>> = {
  301: 'is in another region, from which Lambda takes none',
  403: 'is somebody else’s, or may not be asked for (s3:ListBucket)',
  404: 'is not there',
}

/** The bucket of an account and region that is made where the deployer names none. */
export function usualBucket({ account, region }: Place): string {
  return `anyfaas-code-${account}-${region}`
}

// Another deploy was faster.
async function unlessOurs(work: Promise<Tree>): Promise<void> {
  try {
    await work
  } catch (cause) {
    if (readFailure(cause).code !== 'BucketAlreadyOwnedByYou') throw cause
  }
}
