import { isSecret, type Value } from '@anyfaas/kit'
import { evened, isTree, type Tree } from '../tree.ts'

/** The entries of an object that have a value: optional fields are absent, never undefined. */
export function defined<T extends object>(
  object: T,
): { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
} {
  const out: Record<string, unknown> = {}
  for (const key in object) if (object[key] !== undefined) out[key] = object[key]
  return out as never
}

/** One text or several as a list. */
export function listOf(value: unknown): string[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).map(String)
}

/** Like `listOf`, but absent stays absent. */
export function optionalList(value: unknown): string[] | undefined {
  return value === undefined || value === null ? undefined : listOf(value)
}

export function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value)
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

export function flagOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

export function treeOf(value: unknown): Tree {
  return isTree(value) ? value : {}
}

export function secretableOf(value: unknown): Value | undefined {
  if (isSecret(value)) return value
  return textOf(value)
}

/** Names to texts, those of later maps before those of earlier ones; numbers and switches become text, and an empty value the empty text. */
export function valuesOf(...trees: readonly unknown[]): Record<string, Value> {
  return collect(trees, (value) => secretableOf(value) ?? '')
}

export function textsOf(...trees: readonly unknown[]): Record<string, string> {
  return collect(trees, (value) => textOf(value) ?? '')
}

function collect<T>(trees: readonly unknown[], read: (value: unknown) => T): Record<string, T> {
  const out: Record<string, T> = {}
  let size = 0
  for (const tree of trees) {
    if (!isTree(tree)) continue
    for (const key in tree) {
      out[key] = read(tree[key])
      size++
    }
  }
  return evened(out, size)
}
