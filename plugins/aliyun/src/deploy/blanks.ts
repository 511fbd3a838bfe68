import { isMap, type Tree } from '@anyfaas/kit'

/** Settings without those that nobody made: the platform tells them as empty texts, null or empty maps. */
export function withoutBlanks(settings: unknown): unknown {
  if (!isMap(settings)) return settings
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== '' && !isVoid(value)))
}

export function isVoid(value: unknown): boolean {
  return value === null || value === undefined || (isMap(value) && Object.keys(value).length === 0)
}

/**
 * What was told without the settings that nobody made: of those that are not wanted, the platform may tell empty ones. A switch that is
 * off is none of them, but for what is named by what it takes away, such as `disableURLInternet`.
 */
export function toldBeside(wanted: unknown, told: unknown): unknown {
  if (!isMap(told)) return told
  const own: Tree = isMap(wanted) ? wanted : {}
  const kept = Object.entries(told).map(([name, value]) => [name, toldBeside(own[name], value)] as const)
  return Object.fromEntries(kept.filter(([name, value]) => name in own || !isUnset(name, value)))
}

function isUnset(name: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return value === '' || (value === false && name.startsWith('disable')) || isVoid(value)
}

/** The hooks of a function's life: of what it does not have, the platform tells an empty handler. */
export function hooksOf(hooks: unknown): Tree {
  const set = Object.entries((hooks ?? {}) as Tree).filter(
    ([, hook]) => isMap(hook) && (hook['handler'] || hook['command']),
  )
  return set.length === 0 ? {} : { instanceLifecycleConfig: Object.fromEntries(set) }
}
