import { isMap } from '@anyfaas/kit'

/** A part of the template in the words of the API: they differ by their first letter, but for one. */
export function apiWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(apiWords)
  if (!isMap(value) || '$ref' in value || '$secret' in value) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [apiWord(key), NAMED_BY_USERS.has(key) ? item : apiWords(item)]),
  )
}

function apiWord(key: string): string {
  return key === 'CAPort' ? 'caPort' : `${key.slice(0, 1).toLowerCase()}${key.slice(1)}`
}

const NAMED_BY_USERS = new Set(['EnvironmentVariables', 'FunctionParameter'])
