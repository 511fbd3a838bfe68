import { HttpError } from './error.ts'
import type { Exported } from './exports.ts'
import { ExpressRequest } from './express-request.ts'
import { ExpressResponse } from './express-response.ts'
import type { HttpContext } from './http-context.ts'
import { isPromise } from './promise.ts'
import { asError } from './thrown.ts'

/** Calls a `(req, res, next)` handler; the call is over when it ends the answer, fails, or gives up by `next()`. */
export function callExpress({ run, owner }: Exported, ctx: HttpContext): Promise<void> {
  return new Promise((resolve, reject) => {
    const response = new ExpressResponse(ctx, resolve)
    const next = (error?: unknown) => reject(error ? asError(error) : new HttpError(404))
    const returned = run.call(owner, new ExpressRequest(ctx, reject), response, next)
    if (!isPromise(returned)) return
    // What fails after the answer cannot change it any more, and belongs into the log.
    ctx.waitUntil(
      returned.then(undefined, (error) => {
        if (response.writableEnded) throw error
        reject(error)
      }),
    )
  })
}
