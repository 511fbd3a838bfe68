import type { ConnectOptions } from './connection.ts'

export const BUCKET_VARIABLE = 'ANYFAAS_CODE_BUCKET'

/** The deployer's own bucket for code that is too large for a request, where their environment names one. */
export function ownBucket(env: ConnectOptions['env']): string | undefined {
  return env[BUCKET_VARIABLE] || undefined
}
