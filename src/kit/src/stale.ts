import { error, SlsError } from './diagnostic.ts'

/** What a platform's list told of a thing. */
export interface Listed {
  /** When it was changed last, as the platform spells it. */
  readonly changed: unknown
  /** The platform was at work on it. */
  readonly isBusy: boolean
}

/**
 * Throws SLS5004 when things are not as they were when the plan was made, by their names: where a platform has no lock, another
 * deploy is known by what it did. What was busy for the plan may have become ready since, and is not looked at.
 */
export function checkStale(planned: ReadonlyMap<string, Listed>, now: ReadonlyMap<string, Listed>): void {
  const changed = [...new Set([...planned.keys(), ...now.keys()])].filter((name) => {
    const [before, after] = [planned.get(name), now.get(name)]
    return before?.isBusy !== true && before?.changed !== after?.changed
  })
  if (changed.length === 0) return
  const help = ['run it again when the other one is done: it plans anew']
  const what = `${changed.join(', ')} changed since the plan was made: by another deploy, or by hand`
  throw new SlsError(error('SLS5004', what, { help }))
}
