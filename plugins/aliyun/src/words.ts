import { isMap, type Tree } from '@anyfaas/kit'

/** Both editions stand under one name in a file. Their words tell them apart: `MemorySize` is 2.0, `memorySize` is 3.0. */
export type Edition = '2.0' | '3.0'

/** The part of an override that is written in the words of an edition. */
export function wordsOf(given: unknown, edition: Edition): Tree {
  if (!isMap(given)) return {}
  return Object.fromEntries(Object.entries(given).filter(([key]) => /^[A-Z]/.test(key) === (edition === '2.0')))
}

/** Raw resources of an edition: by name, or inside a part of the whole file. Those of 2.0 have a `Type`, those of 3.0 a `component`. */
export function resourcesOf(given: unknown, edition: Edition): Tree {
  if (!isMap(given)) return {}
  const [section, mark] = edition === '2.0' ? ['Resources', 'Type'] : ['resources', 'component']
  const whole = given['Resources'] !== undefined || given['resources'] !== undefined
  if (whole) return wordsOf(given, edition)
  const own = Object.entries(given).filter(([, resource]) => isMap(resource) && mark in resource)
  return own.length === 0 ? {} : { [section]: Object.fromEntries(own) }
}
