import type { Facts } from '@anyfaas/kit'

// Every Node.js runtime is the one that the platform runs on.
const NODE = { id: 'nodejs' }

export const facts: Facts = {
  source: ['docs/local.md'],
  runtimes: {
    nodejs16: NODE,
    nodejs18: NODE,
    nodejs20: NODE,
    nodejs22: NODE,
    nodejs24: NODE,
    custom: { id: 'custom' },
  },
  nodejs: 'nodejs20',
  memoryMb: { min: 32, max: 65536 },
  timeoutSec: { min: 1, max: 86400 },
  functionName: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
    maxLength: 128,
    words: 'letters, digits, ".", "_" and "-", first a letter or a digit, at most 128',
  },
  defaultRegion: 'local',
}
