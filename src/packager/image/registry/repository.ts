import type { IncomingMessage } from 'node:http'
import { error, SlsError } from '@anyfaas/kit'
import { type Descriptor, type Digest, digestOf, isDigest, MANIFEST_TYPES } from '../oci.ts'
import type { Reference } from '../reference.ts'
import { textOf } from './http.ts'
import { RegistrySession, refusal, type SessionOptions } from './session.ts'
import { type BlobSource, uploadBlob } from './upload.ts'

export interface RepositoryOptions extends Pick<SessionOptions, 'env' | 'signal'> {
  readonly access: 'pull' | 'pull,push'
  /** A repository of the same registry, to take blobs from. */
  readonly mountFrom?: string
}

/**
 * A repository of a registry that speaks the distribution API:
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md. SLS4031, SLS4032.
 */
export class Repository {
  readonly registry: string
  readonly name: string
  readonly #session: RegistrySession
  readonly #mountFrom: string | undefined

  constructor({ registry, repository }: Reference, { access, mountFrom, env, signal }: RepositoryOptions) {
    this.registry = registry
    this.name = repository
    this.#mountFrom = mountFrom
    const scopes = [`repository:${repository}:${access}`, ...(mountFrom ? [`repository:${mountFrom}:pull`] : [])]
    this.#session = new RegistrySession({ registry, repository, scopes, env, ...(signal && { signal }) })
  }

  /** A manifest or an index by its tag or digest, checked against the digest. */
  async readManifest(which: string): Promise<{ bytes: Buffer; mediaType: string; digest: Digest }> {
    const headers = { accept: MANIFEST_TYPES.join(', ') }
    const answer = await this.#session.call({ method: 'GET', to: `manifests/${which}`, headers })
    if (answer.statusCode !== 200) throw await refusal(this.registry, answer, `to give ${this.name}:${which}`)
    const mediaType = String(answer.headers['content-type'] ?? '').split(';')[0] ?? ''
    const bytes = Buffer.from(await textOf(answer))
    const digest = digestOf(bytes)
    if (isDigest(which) && which !== digest) {
      throw new SlsError(error('SLS4031', `"${this.registry}" gave ${digest} when asked for ${which}`))
    }
    return { bytes, mediaType, digest }
  }

  /** The digest behind a tag; undefined when there is none. */
  async findManifest(which: string): Promise<Digest | undefined> {
    const headers = { accept: MANIFEST_TYPES.join(', ') }
    const answer = await this.#session.call({ method: 'HEAD', to: `manifests/${which}`, headers })
    answer.resume()
    const digest = String(answer.headers['docker-content-digest'] ?? '')
    return answer.statusCode === 200 && isDigest(digest) ? digest : undefined
  }

  async writeManifest(which: string, bytes: Buffer, mediaType: string): Promise<void> {
    const headers = { 'content-type': mediaType }
    const answer = await this.#session.call({ method: 'PUT', to: `manifests/${which}`, headers, body: bytes })
    if (answer.statusCode !== 201) throw await refusal(this.registry, answer, `the manifest ${this.name}:${which}`)
    answer.resume()
  }

  /** A blob from `start` on. The caller checks its digest. */
  async readBlob({ digest }: Pick<Descriptor, 'digest'>, start = 0): Promise<IncomingMessage> {
    const headers = start === 0 ? {} : { range: `bytes=${start}-` }
    const answer = await this.#session.call({ method: 'GET', to: `blobs/${digest}`, headers })
    if (answer.statusCode === 206 || (answer.statusCode === 200 && start === 0)) return answer
    throw await refusal(this.registry, answer, `to give ${digest} of ${this.name}`)
  }

  async hasBlob({ digest }: Pick<Descriptor, 'digest'>): Promise<boolean> {
    const answer = await this.#session.call({ method: 'HEAD', to: `blobs/${digest}` })
    answer.resume()
    return answer.statusCode === 200
  }

  /** Sends a blob, unless it is there already or the registry takes it from the other repository. */
  async writeBlob(descriptor: Descriptor, source: BlobSource): Promise<'there' | 'mounted' | 'sent'> {
    if (await this.hasBlob(descriptor)) return 'there'
    return await uploadBlob({ session: this.#session, descriptor, source, mountFrom: this.#mountFrom })
  }
}
