import type { NameRule } from './provider.ts'

/**
 * The parts joined by hyphens as a name that a platform takes. What does not fit is replaced or cut, and then a hash of
 * the whole keeps it apart from others. The same parts give the same name on every machine.
 */
export function deployedName(parts: readonly string[], rule: NameRule): string {
  const full = parts.join('-')
  if (full.length <= rule.maxLength && rule.pattern.test(full)) return full
  const plain = full.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z]+/, '') || 'f'
  const hash = hashOf(parts.join('\0'))
  const kept = plain.slice(0, rule.maxLength - hash.length - 1).replace(/[-_]+$/, '')
  return `${kept}-${hash}`
}

const HASH_LENGTH = 8

// Not a secret, only a difference: two rounds of 32-bit mixing give 53 bits, of which 41 are shown.
function hashOf(text: string): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  const wide = 4294967296 * (2097151 & low) + (high >>> 0)
  return wide.toString(36).padStart(HASH_LENGTH, '0').slice(-HASH_LENGTH)
}

/**
 * Names of letters and digits only, as templates want them for their parts: `user-list` is `UserList`. Names that would
 * be the same get a hash, so each has its own whatever stands beside it.
 */
export function logicalNames(names: readonly string[]): ReadonlyMap<string, string> {
  const plain = new Map(names.map((name) => [name, pascalCase(name)]))
  const count = new Map<string, number>()
  for (const name of plain.values()) count.set(name.toLowerCase(), (count.get(name.toLowerCase()) ?? 0) + 1)
  return new Map(
    [...plain].map(([name, found]) => [name, count.get(found.toLowerCase()) === 1 ? found : found + hashOf(name)]),
  )
}

function pascalCase(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter(Boolean)
  const joined = words
    .map((word) => word.charAt(0).toUpperCase() + (/[a-z]/.test(word) ? word.slice(1) : word.slice(1).toLowerCase()))
    .join('')
  return /^[A-Za-z]/.test(joined) ? joined : `X${joined}`
}
