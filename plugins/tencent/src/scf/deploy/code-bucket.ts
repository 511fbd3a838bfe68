import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Artifact, type Asking, type Call, type Patience, Shelf, type Tree } from '@anyfaas/kit'
import { isMissing, readFailure } from '../../account/failures.ts'
import { callStorage, type StorageRequest, storagePatience } from '../../account/object-storage.ts'
import type { ScfClient } from './client.ts'

// A request may have 10 MB, and code is sent as base64: https://cloud.tencent.com/document/product/1278/46710
const INLINE_BYTES = 7 * 1024 * 1024

/**
 * Where code waits that is too large for a request: a bucket of the deployer's, or one of the account and region that all
 * services share, made when it is needed. Each artifact is sent once, and goes when the connection closes.
 */
export class CodeBucket {
  readonly #client: ScfClient
  /** The deployer's own bucket, with its APPID. */
  readonly given: string | undefined
  readonly #shelf: Shelf<Place>
  readonly #patience: Patience
  #name: string | undefined

  constructor(client: ScfClient, given?: string, asking?: Asking) {
    this.#client = client
    this.#patience = storagePatience(asking)
    this.given = given
    this.#shelf = new Shelf({
      put: (artifact, call) => this.#put(artifact, call),
      remove: (place) => this.#call({ method: 'DELETE', ...place }, { signal: AbortSignal.timeout(CLEAR_MS) }),
    })
  }

  /** Whether an artifact has to wait there. */
  takes({ bytes }: Artifact): boolean {
    return bytes > INLINE_BYTES
  }

  /** Sends an artifact, unless it is there from this connection; where it is, in the words of SCF. */
  async send(artifact: Artifact, call: Call): Promise<Tree> {
    const { bucket, path } = await this.#shelf.put(artifact, call)
    return { CosBucketName: bucket.replace(/-\d+$/, ''), CosObjectName: path }
  }

  /** Takes away what was sent. What a killed deploy leaves expires by itself in a bucket of ours. */
  async clear(): Promise<void> {
    await this.#shelf.clear()
  }

  async #put({ path: file, digest }: Artifact, call: Call): Promise<Place> {
    this.#name ??= await this.#prepare(call)
    const place = { bucket: this.#name, path: `/anyfaas/${digest.replace(/^\w+:/, '')}.zip` }
    await this.#call({ method: 'PUT', ...place, body: await readFile(file) }, call)
    return place
  }

  async #prepare(call: Call): Promise<string> {
    const bucket = this.given ?? `anyfaas-code-${await this.#appId(call)}`
    try {
      await this.#call({ method: 'HEAD', bucket, path: '/' }, call)
      return bucket
    } catch (cause) {
      if (!isMissing(cause) || this.given !== undefined) throw cause
    }
    await this.#make(bucket, call)
    call.note(`made the bucket ${bucket}, for code above ${INLINE_BYTES / 1024 / 1024} MB`)
    return bucket
  }

  async #make(bucket: string, call: Call): Promise<void> {
    try {
      await this.#call({ method: 'PUT', bucket, path: '/', headers: { 'x-cos-acl': 'private' } }, call)
    } catch (cause) {
      // Another deploy was faster.
      if (readFailure(cause).code !== 'BucketAlreadyOwnedByYou') throw cause
    }
    const body = Buffer.from(EXPIRY)
    const headers = {
      'content-md5': createHash('md5').update(body).digest('base64'),
      'content-type': 'application/xml',
    }
    await this.#call({ method: 'PUT', bucket, path: '/', part: 'lifecycle', body, headers }, call)
  }

  async #appId(call: Call): Promise<string> {
    const { AppId } = await this.#client.call({ action: 'GetUserAppId', about: 'the account' }, call, 'cam')
    return `${this.#client.region}-${AppId}`
  }

  async #call(request: StorageRequest, { signal }: Pick<Call, 'signal'>): Promise<void> {
    await callStorage(request, this.#client.config, { signal, patience: this.#patience })
  }
}

interface Place {
  readonly bucket: string
  readonly path: string
}

const CLEAR_MS = 60_000

// https://cloud.tencent.com/document/product/436/8280
const EXPIRY =
  '<LifecycleConfiguration><Rule><ID>anyfaas</ID><Filter><Prefix>anyfaas/</Prefix></Filter><Status>Enabled</Status>' +
  '<Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>'
