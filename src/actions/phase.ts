import type { PhaseProgress } from '@anyfaas/kit'
import type { ActionIo } from './io.ts'

/** Does a part of the work and tells that it began, how far it is, how it ended and how long it took. */
export async function timed<T>(
  io: ActionIo,
  name: string,
  work: (going: (progress: PhaseProgress) => void) => Promise<T>,
): Promise<T> {
  const began = performance.now()
  io.tell({ kind: 'phase', name, state: 'start' })
  let saidMs = began
  const going = (progress: PhaseProgress) => {
    if (performance.now() - saidMs < PAUSE_MS) return
    saidMs = performance.now()
    io.tell({ kind: 'phase', name, state: 'going', progress })
  }
  try {
    const result = await work(going)
    io.tell({ kind: 'phase', name, state: 'done', durationMs: performance.now() - began })
    return result
  } catch (error) {
    io.tell({ kind: 'phase', name, state: 'failed', durationMs: performance.now() - began })
    throw error
  }
}

// Nobody reads faster.
const PAUSE_MS = 200
