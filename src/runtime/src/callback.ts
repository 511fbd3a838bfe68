import type { Exported } from './exports.ts'

/**
 * Calls a function of either style. One that declares a parameter more than it is given, and returns nothing, answers
 * through a callback `(error, result)`; whatever comes first counts.
 */
export function callEitherWay({ run, owner }: Exported, args: readonly unknown[]): unknown {
  if (run.length <= args.length) return run.apply(owner, args as unknown[])
  return new Promise((resolve, reject) => {
    const callback = (error: unknown, result: unknown) => {
      if (error === null || error === undefined) resolve(result)
      else reject(error)
    }
    const returned = run.apply(owner, [...args, callback])
    if (returned !== undefined) resolve(returned)
  })
}
