import { isMap, type Tree } from '@anyfaas/kit'

/** Settings without those that nobody made: the platform tells them as empty texts, null or empty maps. */
export function withoutBlanks(settings: unknown): unknown {
  if (!isMap(settings)) return settings
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== '' && !isVoid(value)))
}

export function isVoid(value: unknown): boolean {
  return value === null || value === undefined || (isMap(value) && Object.keys(value).length === 0)
}

/** The hooks of a function's life: of what it does not have, the platform tells an empty handler. */
export function hooksOf(hooks: unknown): Tree {
  const set = Object.entries((hooks ?? {}) as Tree).filter(
    ([, hook]) => isMap(hook) && (hook['handler'] || hook['command']),
  )
  return set.length === 0 ? {} : { instanceLifecycleConfig: Object.fromEntries(set) }
}
