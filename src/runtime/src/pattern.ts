import { asKey } from './record.ts'

/** A path of the service file taken apart: `/a/:id` or `/a/*`. */
export interface Pattern {
  /** A text is static; null is a parameter. */
  readonly segments: readonly (string | null)[]
  readonly params: readonly Param[]
  readonly wild: boolean
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
  const params: Param[] = []
  const segments = parts.map((part, index) => {
    if (!part.startsWith(':')) return part.includes('%') ? decodeURIComponent(part) : part
    params.push({ name: asKey(part.slice(1)), index })
    return null
  })
  return { segments, params, wild, rank: rankOf(segments, wild, params.length) }
}

/** The segments between slashes. One slash at the end does not count: `/a/` is `/a`. */
export function splitPath(path: string): string[] {
  const end = endOf(path)
  return end < 1 ? [] : path.slice(1, end).split('/')
}

/** Where the last segment ends; 0 when there is none. */
export function endOf(path: string): number {
  return path.charCodeAt(path.length - 1) === SLASH ? path.length - 1 : path.length
}

const SLASH = 0x2f
const MOST = 1024
const MASK_BITS = 20

function rankOf(segments: readonly (string | null)[], wild: boolean, params: number): number {
  let mask = 0
  for (let index = 0; index < MASK_BITS; index++) mask = mask * 2 + (segments[index] === null ? 1 : 0)
  const statics = segments.length - params
  return (((MOST - statics) * 2 + (wild ? 1 : 0)) * MOST + (MOST - params)) * 2 ** MASK_BITS + mask
}
