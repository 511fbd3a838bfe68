import type { Member } from './manifest.ts'

/** Without an end, one initializer or layer that hangs would hang every call after it. */
export function within<T>(
  work: T,
  { name, timeoutSec, initTimeoutSec = timeoutSec }: Member,
  what: string,
): Promise<Awaited<T>> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`${what} of function "${name}" did not finish within ${initTimeoutSec} s`))
    const timer = setTimeout(late, initTimeoutSec * 1000)
    Promise.resolve(work)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject)
  })
}
