import { type Diagnostic, isSlsError, SlsError, type Sources, type Tell } from '@anyfaas/kit'
import type { ActionIo } from './io.ts'
import type { Platform } from './project.ts'

/**
 * Does the same on every platform, side by side: one that fails keeps none of the others from being done. Rejects when
 * all have ended, with all that they said.
 */
export async function onEach<T>(
  platforms: readonly Platform[],
  io: ActionIo,
  work: (platform: Platform, io: ActionIo) => Promise<T>,
): Promise<readonly T[]> {
  const several = platforms.length > 1
  const runs = platforms.map((platform) => work(platform, several ? named(io, platform.label) : io))
  const ends = await Promise.allSettled(runs)
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
  if (failures.length > 0) throw joined(failures)
  return ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
}

// Says of which platform an event is.
function named(io: ActionIo, platform: string): ActionIo {
  const tell: Tell = (event) =>
    io.tell(event.kind === 'phase' || event.kind === 'step' ? { ...event, platform } : event)
  return { ...io, tell }
}

// A bug is shown as what it is, not as one of several mistakes.
function joined(failures: readonly unknown[]): unknown {
  const bug = failures.find((failure) => !isSlsError(failure))
  if (bug !== undefined) return bug
  const known = failures as readonly SlsError[]
  if (known.length === 1) return known[0]
  const diagnostics: readonly Diagnostic[] = known.flatMap((failure) => failure.diagnostics)
  const sources: Sources | undefined = known.find((failure) => failure.sources)?.sources
  return new SlsError(diagnostics, { cause: known[0], ...(sources && { sources }) })
}
