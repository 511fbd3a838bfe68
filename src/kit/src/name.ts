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
  const found = new Map<string, string>()
  const owners = new Map<string, string[]>()
  for (const name of new Set(names)) {
    const plain = pascalCase(name)
    found.set(name, plain)
    const folded = plain.toLowerCase()
    const others = owners.get(folded)
    if (others) others.push(name)
    else owners.set(folded, [name])
  }
  for (const same of owners.values()) {
    if (same.length > 1) for (const name of same) found.set(name, found.get(name) + hashOf(name))
  }
  return found
}

function pascalCase(text: string): string {
  let joined = ''
  for (const word of text.match(/[A-Za-z0-9]+/g) ?? []) joined += capitalize(word)
  return /^[A-Za-z]/.test(joined) ? joined : `X${joined}`
}

// Names are made of the same words again and again.
const capitalized = new Map<string, string>()

function capitalize(word: string): string {
  const known = capitalized.get(word)
  if (known !== undefined) return known
  const rest = word.slice(1)
  const made = word.charAt(0).toUpperCase() + (/[a-z]/.test(word) ? rest : rest.toLowerCase())
  capitalized.set(word, made)
  return made
}
