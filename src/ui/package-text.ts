import { formatBytes } from './bytes.ts'
import { drawTable } from './table.ts'

/** What is drawn of the size of an artifact. */
export interface DrawnSize {
  readonly artifact: string
  readonly bytes: number
  readonly unpackedBytes: number
  readonly files: number
  readonly limits: { readonly zipBytes?: number; readonly unzippedBytes?: number }
  readonly contributions: readonly DrawnContribution[]
}

export interface DrawnContribution {
  readonly at: string
  readonly files: number
  readonly bytes: number
  readonly packedBytes: number
}

export interface DrawnReason {
  readonly name: string
  readonly version: string
  readonly chains: readonly (readonly string[])[]
}

/** How much of the platform's limits an artifact takes: one line, or none where the platform has no limits. */
export function drawHeadroom(platform: string, { artifact, bytes, unpackedBytes, limits }: DrawnSize): string[] {
  const { zipBytes, unzippedBytes } = limits
  const parts = [
    ...(zipBytes === undefined ? [] : [shareOf(bytes, zipBytes)]),
    ...(unzippedBytes === undefined ? [] : [`unpacked ${shareOf(unpackedBytes, unzippedBytes)}`]),
  ]
  return parts.length === 0 ? [] : [`${platform}  ${artifact}: ${parts.join(', ')}`]
}

/** What brings what into an artifact, packages and folders, the largest first. */
export function drawContributions(platform: string, { artifact, files, contributions }: DrawnSize): string[] {
  const rows = contributions.map(({ at, files, bytes, packedBytes }) => [
    formatBytes(packedBytes).padStart(9),
    formatBytes(bytes).padStart(9),
    `${files}`.padStart(6),
    at,
  ])
  const head = ['in zip'.padStart(9), 'unpacked'.padStart(9), 'files'.padStart(6), `${files} files`]
  return ['', `${platform}  ${artifact}`, ...drawTable([head, ...rows], { indent: '  ' })]
}

/** What needs a package: a line for each that asks for it. */
export function drawReasons(reasons: readonly DrawnReason[], size: DrawnSize | undefined): string[] {
  return reasons.flatMap(({ name, version, chains }) => {
    const inside =
      size?.contributions.filter(({ at }) => at === `node_modules/${name}` || at.endsWith(`/node_modules/${name}`)) ??
      []
    const packed = inside.reduce((sum, { packedBytes }) => sum + packedBytes, 0)
    const weight = inside.length === 0 ? '' : `, ${formatBytes(packed)} in the zip`
    return ['', `${name} ${version}${weight}`, ...chains.map((chain) => `  ${chain.join(' > ')}`)]
  })
}

function shareOf(bytes: number, limit: number): string {
  return `${formatBytes(bytes)} of ${formatBytes(limit)} (${Math.round((100 * bytes) / limit)} %)`
}
