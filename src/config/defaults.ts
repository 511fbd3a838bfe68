/** What holds when the file says nothing: the same on every provider. `docs/spec.md` shows this table. */
export const DEFAULTS = {
  stage: 'dev',
  /** The newest long-term Node.js that the platform manages. */
  runtime: 'nodejs',
  timeoutSec: 10,
  memoryMb: 512,
  signature: 'context',
  httpPath: '/*',
  timezone: 'UTC',
  customCommand: './bootstrap',
  port: 9000,
  excludeDevDependencies: true,
} as const
