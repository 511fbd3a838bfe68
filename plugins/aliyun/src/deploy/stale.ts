import { error, SlsError, type Tree } from '@anyfaas/kit'

/**
 * Throws SLS5004 when functions are not as they were when the plan was made: the platform has no lock, so another deploy, or
 * somebody's hand, is known by what it did. What was busy then may have become ready, and is not asked.
 */
export function checkStale(planned: readonly Tree[], now: readonly Tree[]): void {
  const [before, after] = [byName(planned), byName(now)]
  const names = new Set([...before.keys(), ...after.keys()])
  const changed = [...names].filter((name) => {
    const [old, own] = [before.get(name), after.get(name)]
    return !isBusy(old) && old?.['lastModifiedTime'] !== own?.['lastModifiedTime']
  })
  if (changed.length === 0) return
  throw new SlsError(
    error('SLS5004', `${changed.join(', ')} changed since the plan was made: by another deploy, or by hand`, {
      help: ['run it again when the other one is done: it plans anew'],
    }),
  )
}

function byName(functions: readonly Tree[]): ReadonlyMap<string, Tree> {
  return new Map(functions.map((fn) => [String(fn['functionName']), fn]))
}

function isBusy(fn: Tree | undefined): boolean {
  return fn?.['state'] === 'Pending' || fn?.['lastUpdateStatus'] === 'InProgress'
}
