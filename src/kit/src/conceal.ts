import { isMap } from './merge.ts'
import { isSecret, reveal, type SecretText, spellSecrets } from './value.ts'

/**
 * What a platform told, with the reference in place of every value that is the secret's own: so the two compare equal,
 * and nothing that was read from a platform shows a secret. A value that differs becomes a secret without a name.
 */
export function concealSecrets<L>(live: L, desired: unknown, lookup: (name: string) => string | undefined): L {
  return conceal(live, desired, lookup) as L
}

/** The spec with the values of its secrets, for the platform's API alone. `lookup` throws for one that has no value. */
export function revealSecrets<S>(spec: S, lookup: (name: string) => string): S {
  return spellSecrets(spec, (text) => reveal(text, lookup)) as S
}

const UNKNOWN: SecretText = { $secret: [] }

function conceal(live: unknown, desired: unknown, lookup: (name: string) => string | undefined): unknown {
  if (isSecret(desired)) return live === undefined ? undefined : holds(live, desired, lookup) ? desired : UNKNOWN
  if (Array.isArray(live) && Array.isArray(desired))
    return live.map((item, index) => conceal(item, desired[index], lookup))
  if (!isMap(live) || !isMap(desired)) return live
  return Object.fromEntries(Object.entries(live).map(([key, value]) => [key, conceal(value, desired[key], lookup)]))
}

function holds(live: unknown, text: SecretText, lookup: (name: string) => string | undefined): boolean {
  const names = text.$secret.flatMap((part) => (typeof part === 'string' ? [] : [part.name]))
  return names.every((name) => lookup(name) !== undefined) && live === reveal(text, (name) => lookup(name) ?? '')
}
