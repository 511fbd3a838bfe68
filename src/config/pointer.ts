import type { Pointer } from '@anyfaas/kit'

/** The keys of a JSON pointer. */
export function splitPointer(pointer: Pointer): string[] {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map((key) => (key.includes('~') ? key.replaceAll('~1', '/').replaceAll('~0', '~') : key))
}

export function joinPointer(keys: readonly string[]): Pointer {
  return keys.map((key) => `/${escapeKey(key)}`).join('')
}

/** The pointer to a key of what another pointer names. */
export function under(pointer: Pointer, key: string | number): Pointer {
  return `${pointer}/${escapeKey(String(key))}`
}

function escapeKey(key: string): string {
  return key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key
}
