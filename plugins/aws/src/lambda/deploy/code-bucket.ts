import { readFile } from 'node:fs/promises'
import { type Artifact, type Call, Shelf, type Tree } from '@anyfaas/kit'
import type { Api } from '../../account/api.ts'
import { isMissing, readFailure } from '../../account/failures.ts'
import type { Site } from './site.ts'

/** What a request to Lambda takes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const INLINE_BYTES = 50 * 1024 * 1024

/** The variable of the deployer's environment that names a bucket of their own. */
export const BUCKET_VARIABLE = 'ANYFAAS_CODE_BUCKET'

/**
 * Where code waits that is too large for a request: a bucket of the deployer's, or one of the account that all services
 * share, made when it is needed. Each artifact is sent once, and goes when the connection closes.
 */
export class CodeBucket {
  readonly #site: Site
  readonly #name: string
  readonly #isOwn: boolean
  readonly #shelf: Shelf<Tree>
  #isThere = false

  /** `given` is the deployer's own bucket. */
  constructor(site: Site, given?: string) {
    const { account, region } = site.place
    this.#site = site
    this.#name = given ?? `anyfaas-code-${account}-${region}`
    this.#isOwn = given === undefined
    this.#shelf = new Shelf({
      put: (artifact, call) => this.#put(artifact, call),
      remove: async ({ S3Bucket: Bucket, S3Key: Key }) => {
        await this.#call('DeleteObject', { Bucket, Key }, { signal: AbortSignal.timeout(CLEAR_MS) })
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
    await this.#call('PutObject', { Bucket: this.#name, Key, Body: await readFile(path) }, call)
    return { S3Bucket: this.#name, S3Key: Key }
  }

  async #prepare(call: Call): Promise<void> {
    const Bucket = this.#name
    try {
      await this.#call('HeadBucket', { Bucket }, call)
      return
    } catch (cause) {
      if (!isMissing(cause) || !this.#isOwn) throw cause
    }
    const { region } = this.#site.place
    const where = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region } }
    await unlessOurs(this.#call('CreateBucket', { Bucket, ...where }, call))
    const closed = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets']
    const PublicAccessBlockConfiguration = Object.fromEntries(closed.map((word) => [word, true]))
    await this.#call('PutPublicAccessBlock', { Bucket, PublicAccessBlockConfiguration }, call)
    const rule = { ID: 'anyfaas', Status: 'Enabled', Filter: { Prefix: 'anyfaas/' }, Expiration: { Days: 1 } }
    await this.#call('PutBucketLifecycleConfiguration', { Bucket, LifecycleConfiguration: { Rules: [rule] } }, call)
    call.note(`made the bucket ${Bucket}, for code above ${INLINE_BYTES / 1024 / 1024} MB`)
  }

  #call(action: string, input: object, call: Parameters<Api['call']>[1]): Promise<Tree> {
    return this.#site.api.call({ service: 's3', action, input, about: `bucket ${this.#name}` }, call)
  }
}

const CLEAR_MS = 60_000

// Another deploy was faster.
async function unlessOurs(work: Promise<Tree>): Promise<void> {
  try {
    await work
  } catch (cause) {
    if (readFailure(cause).code !== 'BucketAlreadyOwnedByYou') throw cause
  }
}
