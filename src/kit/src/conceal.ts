import { error, SlsError } from './diagnostic.ts'
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

/**
 * The spec of a thing with the values of its secrets, right before the platform's API call. Throws SLS7006 for a secret that
 * the deployer's environment does not have.
 */
export function revealFor<S>(id: string, spec: S, secret: (name: string) => string | undefined): S {
  return revealSecrets(spec, (name) => {
    const value = secret(name)
    if (value !== undefined) return value
    const help = [`${name}=… sls deploy, or a line in .env`]
    throw new SlsError(
      error('SLS7006', `${id} needs the secret "${name}", which the environment does not have`, { help }),
    )
  })
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
