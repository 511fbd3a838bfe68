/**
 * The date of a file in an artifact, of its CRC-32 alone. Who serves files tells a browser when they changed, and one of the same size and
 * date counts as the same: so another content has another date, of 1980 to 2011.
 */
export interface ContentDate {
  readonly year: number
  /** From 0. */
  readonly month: number
  /** From 1. */
  readonly day: number
  readonly hour: number
  readonly minute: number
  /** Even, for that is all that a zip can tell. */
  readonly second: number
}

export function contentDate(crc: number): ContentDate {
  const evenSec = crc % 43_200
  const day = Math.floor(crc / 43_200) % (32 * 12 * 28)
  return {
    year: 1980 + Math.floor(day / (12 * 28)),
    month: Math.floor(day / 28) % 12,
    day: (day % 28) + 1,
    hour: Math.floor(evenSec / 1800),
    minute: Math.floor(evenSec / 30) % 60,
    second: (evenSec % 30) * 2,
  }
}
