import type { Facts } from '@anyfaas/kit'

/** What the platform is. Say where each number was read. */
export const facts: Facts = {
  source: ['the documentation of the platform: page and address'],
  runtimes: { nodejs20: { id: 'node20' }, nodejs22: { id: 'node22' } },
  nodejs: 'nodejs22',
  memoryMb: { min: 128, max: 4096, step: 128 },
  timeoutSec: { min: 1, max: 300 },
  functionName: { pattern: /^[A-Za-z][\w-]*$/, maxLength: 64, words: 'letters, digits, "_" and "-"' },
  environmentBytes: 4096,
  environmentName: /^[A-Za-z_]\w*$/,
  defaultRegion: 'home',
}
