import type { NameRule } from './provider.ts'

/**
 * The parts joined by hyphens as a name that a platform takes. What does not fit is replaced or cut, and then a hash of
 * the whole keeps it apart from others. The same parts give the same name on every machine.
 */
export function deployedName(parts: readonly string[], rule: NameRule): string {
  const full = parts.join('-')
  if (full.length <= rule.maxLength && rule.pattern.test(full)) return full
  const hash = hashOf(parts.join('\0'))
  const kept = (plainName(full) || 'f').slice(0, keptLength(rule)).replace(/[-_]+$/, '')
  return `${kept}-${hash}`
}

/**
 * How names begin that are made of these parts and more: each begins with one of these, for what grants rights to all of them.
 * Two where a platform takes what has to be replaced once a name is cut; empty where nothing of the parts stays.
 */
export function deployedPrefixes(parts: readonly string[], rule: NameRule): readonly string[] {
  const full = `${parts.join('-')}-`
  // The hyphen after what is cut belongs to the hash, an underscore does not.
  const plain = plainName(full)
    .slice(0, keptLength(rule))
    .replace(/(-?)[-_]*$/, '$1')
  const fits = full.length < rule.maxLength && rule.pattern.test(`${full}f`)
  return fits && !full.startsWith(plain) ? [full, plain] : [plain]
}

function plainName(full: string): string {
  return full.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z]+/, '')
}

function keptLength({ maxLength }: NameRule): number {
  return maxLength - HASH_LENGTH - 1
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
  const owners = new Map<string, string>()
  const alike = new Set<string>()
  for (const name of names) {
    if (found.has(name)) continue
    const plain = pascalCase(name)
    found.set(name, plain)
    const folded = plain.toLowerCase()
    const other = owners.get(folded)
    if (other === undefined) owners.set(folded, name)
    else alike.add(other).add(name)
  }
  for (const name of alike) found.set(name, found.get(name) + hashOf(name))
  return found
}

function pascalCase(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/)
  let joined = ''
  for (let index = 0; index < words.length; index++) joined += capitalize(words[index] as string)
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
