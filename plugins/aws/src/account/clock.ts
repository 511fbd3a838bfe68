import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '@anyfaas/kit'

/** The machine's own time. */
export const clock: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => wait(ms, undefined, signal && { signal }),
}
