import { afterEach, beforeEach, vi } from 'vitest'

export interface Logged {
  readonly prefix: string
  readonly error: Error
}

/** What the runtime writes into the log during each test of the file; nothing of it reaches the screen. */
export function recordLog(): readonly Logged[] {
  const log: Logged[] = []
  beforeEach(() => {
    log.length = 0
    vi.spyOn(console, 'error').mockImplementation((prefix, error) => void log.push({ prefix, error }))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  })
  return log
}
