import { createHash } from 'node:crypto'

/** The OCI image format: https://github.com/opencontainers/image-spec/blob/v1.1.0/spec.md */
export type Digest = `sha256:${string}`

export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
  readonly platform?: Platform
  readonly annotations?: Readonly<Record<string, string>>
  /** Where a layer is fetched that registries may not hand on. */
  readonly urls?: readonly string[]
}

export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
}

export interface ImageManifest {
  readonly schemaVersion: 2
  readonly mediaType: string
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
  readonly annotations?: Readonly<Record<string, string>>
}

export interface ImageIndex {
  readonly schemaVersion: 2
  readonly mediaType: string
  readonly manifests: readonly Descriptor[]
  readonly annotations?: Readonly<Record<string, string>>
}

export interface ImageConfig extends Platform {
  readonly created?: string
  readonly config?: RunConfig
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] }
  readonly history?: readonly {
    readonly created?: string
    readonly created_by?: string
    readonly empty_layer?: boolean
  }[]
}

export interface RunConfig {
  readonly Env?: readonly string[]
  readonly Entrypoint?: readonly string[] | null
  readonly Cmd?: readonly string[] | null
  readonly WorkingDir?: string
  readonly User?: string
  readonly ExposedPorts?: Readonly<Record<string, object>>
  readonly Labels?: Readonly<Record<string, string>>
}

export const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const

// Docker's older names for the same formats.
const OLDER: Readonly<Record<string, string>> = {
  'application/vnd.docker.distribution.manifest.list.v2+json': MEDIA.index,
  'application/vnd.docker.distribution.manifest.v2+json': MEDIA.manifest,
  'application/vnd.docker.container.image.v1+json': MEDIA.config,
  'application/vnd.docker.image.rootfs.diff.tar.gzip': MEDIA.layer,
  'application/vnd.docker.image.rootfs.diff.tar': 'application/vnd.oci.image.layer.v1.tar',
}

export const MANIFEST_TYPES: readonly string[] = [MEDIA.index, MEDIA.manifest, ...Object.keys(OLDER).slice(0, 2)]

/** The OCI name of a media type. */
export function canonicalMedia(mediaType: string): string {
  return OLDER[mediaType] ?? mediaType
}

export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

/** Such as `linux/arm64/v8`. */
export function parsePlatform(text: string): Platform | undefined {
  const [, os, architecture, variant] = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/([a-z0-9]+))?$/.exec(text) ?? []
  if (os === undefined || architecture === undefined) return undefined
  return { os, architecture, ...(variant !== undefined && { variant }) }
}

export function writePlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/')
}

/** The descriptor for a platform; arm64 without a variant is its only one, v8. */
export function choosePlatform(manifests: readonly Descriptor[], wanted: Platform): Descriptor | undefined {
  const same = ({ platform }: Descriptor) => platform?.os === wanted.os && platform.architecture === wanted.architecture
  const found = manifests.filter(same)
  return found.find(({ platform }) => platform?.variant === wanted.variant) ?? found[0]
}
