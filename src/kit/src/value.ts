import { type Replace, replaceIn } from './merge.ts'

/**
 * A text that may contain secrets. A plain string holds none. A secret stays a reference until
 * the provider's API call: it is never expanded into a file, a plan, an event or a log.
 */
export type Value = string | SecretText

export interface SecretText {
  /** The text in order: literal parts, and the names of the secrets between them. */
  readonly $secret: readonly (string | SecretName)[]
}

export interface SecretName {
  readonly name: string
}

export function isSecret(value: unknown): value is SecretText {
  return typeof value === 'object' && value !== null && Array.isArray((value as SecretText).$secret)
}

/** The names of all secrets in a value. */
export function secretNames(value: Value): string[] {
  if (typeof value === 'string') return []
  return value.$secret.filter((part): part is SecretName => typeof part !== 'string').map((part) => part.name)
}

/** Writes the value as it stands in a service file: `${secret:NAME}` where a secret is. */
export function writeValue(value: Value): string {
  if (typeof value === 'string') return value
  return value.$secret.map((part) => (typeof part === 'string' ? part : `\${secret:${part.name}}`)).join('')
}

/** Puts the secrets in. Only drivers call this, right before the API call. */
export function reveal(value: Value, lookup: (name: string) => string): string {
  if (typeof value === 'string') return value
  return value.$secret.map((part) => (typeof part === 'string' ? part : lookup(part.name))).join('')
}

/** The tree with every secret text replaced by what `spell` makes of it. */
export function spellSecrets(tree: unknown, spell: (text: SecretText) => unknown): unknown {
  return replaceIn(tree, replaceSecret(spell))
}

/** The same as one replacement of several (`replaceThen`). */
export function replaceSecret(spell: (text: SecretText) => unknown): Replace {
  return { map: (node) => (isSecret(node) ? spell(node) : node) }
}

/** The names of all secrets in a tree, each once, in the order of their appearance. */
export function secretsIn(tree: unknown): readonly string[] {
  const found = new Set<string>()
  spellSecrets(tree, (text) => {
    for (const name of secretNames(text)) found.add(name)
    return text
  })
  return [...found]
}
