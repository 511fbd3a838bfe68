import type { Fn } from '@anyfaas/kit'

/** Whether the function is an HTTP server of its own: a web function. */
export function isServer(fn: Fn): boolean {
  return fn.code.kind === 'custom' || fn.code.kind === 'container'
}
