import { asKey } from './record.ts'

/** A path of the service file taken apart: `/a/:id` or `/a/*`. */
export interface Pattern {
  /** A text is static; null is a parameter. */
  readonly segments: readonly (string | null)[]
  readonly params: readonly Param[]
  readonly wild: boolean
  /** What the pattern begins with as it stands in a path: the segments before a parameter or an escape, `/a/b`. */
  readonly head: string
  /** How many of the segments stand in it. */
  readonly fixed: number
  /** The lower, the more specific. Two patterns that match one path never share it. */
  readonly rank: number
}

export interface Param {
  readonly name: string
  readonly index: number
}

/** More static segments come first, then exact before `/*`, then more parameters, then what is static further left. */
export function parsePattern(path: string): Pattern {
  const parts = splitPath(path)
  const wild = parts.at(-1) === '*'
  if (wild) parts.pop()
  const segments: (string | null)[] = []
  const params: Param[] = []
  let mask = 0
  let head = ''
  let fixed = 0
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as string
    if (part.startsWith(':')) {
      segments.push(null)
      params.push({ name: asKey(part.slice(1)), index })
      if (index < MASK_BITS) mask += 2 ** (MASK_BITS - 1 - index)
    } else if (part.includes('%')) segments.push(decodeURIComponent(part))
    else if (segments.push(part) === fixed + 1) {
      head += `/${part}`
      fixed++
    }
  }
  const statics = segments.length - params.length
  const rank = (((MOST - statics) * 2 + (wild ? 1 : 0)) * MOST + (MOST - params.length)) * 2 ** MASK_BITS + mask
  return { segments, params, wild, head, fixed, rank }
}

/** The segments between slashes. One slash at the end does not count: `/a/` is `/a`. */
function splitPath(path: string): string[] {
  const end = endOf(path)
  const parts: string[] = []
  // `split` costs ten times this while the process is young, which is when routes are read.
  for (let start = 1; start <= end; ) {
    const slash = path.indexOf('/', start)
    const stop = slash === -1 || slash > end ? end : slash
    parts.push(path.slice(start, stop))
    start = stop + 1
  }
  return parts
}

/** Where the last segment ends; 0 when there is none. */
export function endOf(path: string): number {
  return path.charCodeAt(path.length - 1) === SLASH ? path.length - 1 : path.length
}

export const SLASH = 0x2f
const MOST = 1024
const MASK_BITS = 20
