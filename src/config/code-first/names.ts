/** The identifier that the injection container gives a class: `APIService` is `apiService`. */
export function providerName(className: string): string {
  const words = className.replace(/(\p{Ll})(\p{Lu})/gu, '$1-$2').replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1-$2')
  return words
    .toLowerCase()
    .replace(/^[_.\- ]+/, '')
    .replace(/[_.\- ]+([\p{Alpha}\p{N}_]|$)/gu, (_, letter: string) => letter.toUpperCase())
    .replace(/\d+([\p{Alpha}\p{N}_]|$)/gu, (letters) => letters.toUpperCase())
}

/** `ListService` is `listService`. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** `listAll` is `list-all`. */
export function kebab(name: string): string {
  return lowerFirst(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** The function that a handler's words name: `render.handler` is `render`, `api.list` is `api-list`. */
export function functionName(handler: string): string {
  return handler.replace(/\.handler$/, '').replaceAll(/\W/g, '-')
}

/** One path of several: `/api/` and `list` are `/api/list`. */
export function joinPath(...parts: readonly string[]): string {
  const path = parts.join('/').replaceAll(/\/{2,}/g, '/')
  const rooted = path.startsWith('/') ? path : `/${path}`
  return rooted.length > 1 ? rooted.replace(/\/$/, '') : rooted
}
