import type { ActionIo } from './io.ts'

/** Does a part of the work and tells that it began, how it ended and how long it took. */
export async function timed<T>(io: ActionIo, name: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now()
  io.tell({ kind: 'phase', name, state: 'start' })
  try {
    const result = await work()
    io.tell({ kind: 'phase', name, state: 'done', durationMs: performance.now() - began })
    return result
  } catch (error) {
    io.tell({ kind: 'phase', name, state: 'failed', durationMs: performance.now() - began })
    throw error
  }
}
