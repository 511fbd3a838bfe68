import { createReadStream } from 'node:fs'
import { type Artifact, writeSeal } from '@anyfaas/kit'
import { Crc64 } from '../account/crc64.ts'

/** Function -> the seal of its code. */
export async function sealsOf(artifacts: readonly Artifact[]): Promise<Record<string, string>> {
  const zips = artifacts.filter(({ kind }) => kind === 'zip')
  const all = zips.map(async ({ path, marks }) => {
    const crc = new Crc64()
    for await (const chunk of createReadStream(path)) crc.update(chunk as Buffer)
    // As the platform tells it.
    const checksum = crc.digest()
    return Object.entries(marks).map(([fn, mark]) => [fn, writeSeal({ mark, checksum })] as const)
  })
  return Object.fromEntries((await Promise.all(all)).flat())
}

/** Most of a step is waiting for the platform. But every request with code holds that code, in base64 and as JSON. */
export function widthFor(artifacts: readonly Artifact[]): number {
  const largest = Math.max(1, ...artifacts.map(({ bytes }) => bytes))
  return Math.min(64, Math.max(4, Math.floor(CODE_IN_FLIGHT_BYTES / (largest * 3))))
}

const CODE_IN_FLIGHT_BYTES = 256 * 1024 * 1024
