import { type Diagnostic, type Facts, warning } from '@anyfaas/kit'
import type { PackedArtifact } from '../packager/pack.ts'
import type { Contribution } from '../packager/report.ts'

/** How large an artifact is, what makes it so, and what the platform takes. */
export interface ArtifactSize {
  readonly artifact: string
  readonly bytes: number
  readonly unpackedBytes: number
  readonly files: number
  /** The platform's limits in bytes, as far as it has them. */
  readonly limits: { readonly zipBytes?: number; readonly unzippedBytes?: number }
  /** The largest first. */
  readonly contributions: readonly Contribution[]
}

/** Nothing is known of an artifact that is used as it is, so it is not among them. */
export function sizesOf(packages: readonly PackedArtifact[], facts: Facts): ArtifactSize[] {
  const { zipBytes, unzippedBytes } = facts
  const limits = { ...(zipBytes !== undefined && { zipBytes }), ...(unzippedBytes !== undefined && { unzippedBytes }) }
  return packages
    .filter(({ contributions }) => contributions.length > 0)
    .map(({ artifact: { id, bytes }, contributions }) => ({
      artifact: id,
      bytes,
      unpackedBytes: contributions.reduce((sum, each) => sum + each.bytes, 0),
      files: contributions.reduce((sum, each) => sum + each.files, 0),
      limits,
      contributions,
    }))
}

/** SLS4010 for what the platform would not take. */
export function checkSizes(sizes: readonly ArtifactSize[], platform: string): Diagnostic[] {
  return sizes.flatMap(({ artifact, bytes, unpackedBytes, limits, contributions }) => {
    const over = [
      { what: 'has', bytes, limit: limits.zipBytes },
      { what: 'unpacks to', bytes: unpackedBytes, limit: limits.unzippedBytes },
    ].filter(({ bytes, limit }) => limit !== undefined && bytes > limit)
    const largest = contributions.slice(0, 3).map(({ at, packedBytes }) => `"${at}" ${megabytes(packedBytes)}`)
    const help = [
      `the largest are ${largest.join(', ')}`,
      'bundle the code, or leave files out: "package: {patterns: […]}"',
    ]
    return over.map(({ what, bytes, limit = 0 }) =>
      warning('SLS4010', `"${artifact}" ${what} ${megabytes(bytes)}, and ${platform} takes ${megabytes(limit)}`, {
        pointer: '/package',
        help,
      }),
    )
  })
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
