import { mediaType } from './media.ts'
import { plainType } from './types.ts'

/**
 * The first of `types` that a content type is: `json`, `text/*`, `+json`, `application/pdf`.
 * The content type itself when no types are given; false when none fits.
 */
export function matchType(contentType: string | undefined, types: readonly string[]): string | false {
  const actual = mediaType(contentType)
  if (actual === '') return false
  if (types.length === 0) return actual
  return types.find((type) => fits(actual, type)) ?? false
}

/** The one of `types` that the client likes best; false when it takes none. Without types: all that it takes, best first. */
export function accepts(header: string | undefined, types: readonly string[]): string | string[] | false {
  const ranges = parseAccept(header)
  if (types.length === 0) return ranges.filter((range) => range.quality > 0).map((range) => range.type)
  let best: string | false = false
  let quality = 0
  for (const type of types) {
    const found = qualityOf(plainType(type), ranges)
    if (found > quality) {
      quality = found
      best = type
    }
  }
  return best
}

interface MediaRange {
  readonly type: string
  readonly quality: number
}

function parseAccept(header: string | undefined): MediaRange[] {
  if (header === undefined || header.trim() === '') return [{ type: '*/*', quality: 1 }]
  const ranges = header.split(',').map((part) => {
    const quality = Number(/;\s*q=([0-9.]+)/i.exec(part)?.[1] ?? 1)
    return { type: mediaType(part), quality: Number.isNaN(quality) ? 0 : quality }
  })
  return ranges.filter((range) => range.type !== '').sort((a, b) => b.quality - a.quality)
}

// The most specific range decides: `text/html;q=0` excludes HTML although `*/*` takes everything.
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  let found = 0
  let weight = -1
  for (const range of ranges) {
    const specific = range.type === '*/*' ? 0 : range.type.endsWith('/*') ? 1 : 2
    if (specific > weight && (specific === 0 || fits(type, range.type))) {
      weight = specific
      found = range.quality
    }
  }
  return found
}

function fits(actual: string, wanted: string): boolean {
  if (wanted.startsWith('+')) return actual.endsWith(wanted)
  const type = plainType(wanted)
  if (type === actual) return true
  if (type.endsWith('/*')) return actual.startsWith(type.slice(0, -1))
  // `json` also means `application/problem+json`.
  return !wanted.includes('/') && actual.endsWith(`+${wanted}`)
}
