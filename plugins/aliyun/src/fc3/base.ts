import { elsewhere, NOT_MADE } from '@anyfaas/kit'

/** The rows that every trigger has. */
export const base = {
  kind: elsewhere('triggerType'),
  at: elsewhere('a place in the file'),
  name: elsewhere('triggerName'),
  qualifier: { to: 'qualifier' },
  role: { to: 'invocationRole' },
  overrides: elsewhere('laid over the trigger at last'),
} as const

/** The same for triggers that the platform cannot switch off. */
export const switchless = { ...base, enabled: NOT_MADE } as const
