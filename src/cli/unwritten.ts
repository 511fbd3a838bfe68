import { EXIT, error } from '@anyfaas/kit'
import { createReporter } from '../ui/reporter.ts'
import { createStyle, wantsColor, wantsUnicode } from '../ui/style.ts'
import type { World } from './world.ts'

/** Says on stderr that the result did not arrive on stdout. The exit status for it: that of a command that failed besides, else 1. */
export function reportUnwritten(status: number, cause: Error, { env, cwd, platform, err }: World): number {
  const style = createStyle({ color: wantsColor(env, err.isTerminal), unicode: wantsUnicode(env, platform) })
  const screen = { output: err, style }
  const diagnostic = error('SLS4005', `the standard output cannot be written: ${cause.message}`, {
    help: ['what the command did is done; only its result is cut off'],
  })
  createReporter({ out: screen, err: screen, env, cwd }).finish({ ok: false, found: [{ diagnostic }] })
  // What could not be written also interrupts a command that goes on and on.
  return status === EXIT.done || status === EXIT.interrupted ? EXIT.failed : status
}
