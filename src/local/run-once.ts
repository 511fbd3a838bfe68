import type { Answer } from '@anyfaas/kit'
import type { CallOptions, LaunchedServer } from './once/once-call.ts'
import { callProcess } from './once/once-process.ts'
import type { LaunchedCode } from './once/once-wire.ts'

export type { DebuggerAddress } from './once/once-call.ts'
export type { Timing } from './once/once-wire.ts'

/** A handler that runs in place, or a server: the packager makes both ready. */
export type RunOnceOptions = CallOptions & ({ readonly launch: LaunchedCode } | { readonly custom: LaunchedServer })

/**
 * Calls a function once in a fresh process, as its platform would. Throws SLS7003 when a server does not start, SLS7010
 * with the place in the user's source when the function fails, SLS7011 when it takes too long, SLS7012 when its process
 * ends without an answer, SLS5002 when the signal aborts. The process has gone when the promise settles.
 */
export async function runOnce(options: RunOnceOptions): Promise<Answer> {
  if ('launch' in options) return await callProcess(options.launch, options)
  const { callServer } = await import('./once/once-server.ts')
  return await callServer(options.custom, options)
}
