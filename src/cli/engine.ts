import type { ProjectOptions } from '../actions/project.ts'
import { serviceSize } from '../actions/service-size.ts'

/**
 * From here on a service is worth another set-up of V8. Below it, opening the door to V8's settings costs more than they
 * save: measured even at 40 KB, a sixth saved at 90 KB and a third at 170 KB.
 */
const LARGE_BYTES = 50_000

/**
 * Sets the engine of this process up for a large service, when the command reads one, or for a walk over many files, which is over before
 * what the optimizing compiler makes of it pays: a tenth to a fifth of `sls package` where nothing has changed.
 */
export function tuneEngine(options: ProjectOptions, cwd: string, { walksFiles = false } = {}): void {
  const shared = globalThis as Record<symbol, unknown>
  const keep = shared[Symbol.for('anyfaas.keep')] as (() => void) | undefined
  const isLarge = serviceSize(options, cwd) >= LARGE_BYTES
  // Where Node.js itself keeps code, from 22 on, a walk gains nothing: measured.
  if (!isLarge && !(walksFiles && keep)) return
  // V8 takes kept code for one set-up only: `bin/load.js` keeps what is compiled so far, and the rest by another name.
  keep?.()
  shared[Symbol.for('anyfaas.tuned')] = isLarge ? 'tuned' : 'walks'
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  // A command is over before the optimizing compiler's work pays: it comes in for what runs sixty times longer than usual.
  setFlagsFromString('--interrupt-budget=4000000')
  // Young memory begins with a megabyte and doubles; large services need it all, and every step copies what is alive.
  if (isLarge) setFlagsFromString('--semi-space-growth-factor=16')
}
