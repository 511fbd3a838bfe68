import { consoleLogger } from './logger.ts'
import { atOrigins } from './origins.ts'

/**
 * Where a host that runs functions on a developer's machine puts what shall look at an error before it is logged: a
 * function of the error. Nobody does so in a cloud.
 */
const LOOK: unique symbol = Symbol.for('anyfaas.look')

/** Logs what a call threw, whole, under the request's id; frames of the runtime say nothing about the user's code. */
export function logFailed(error: unknown, requestId: string, member: string): void {
  const shown = withoutOwnFrames(error)
  ;(globalThis as { [LOOK]?: (error: unknown) => void })[LOOK]?.(shown)
  consoleLogger.error(`[${requestId}] function "${member}" failed:`, shown)
}

/**
 * The error itself, with its fields and causes. Their stacks lose the frames of the runtime, and the others stand in the
 * source that was written.
 */
export function withoutOwnFrames(error: unknown): unknown {
  const seen = new Set<unknown>()
  const waiting = [error]
  while (waiting.length > 0) {
    const each = waiting.pop()
    if (!(each instanceof Error) || seen.has(each)) continue
    seen.add(each)
    nameClass(each)
    const { errors } = each as { errors?: unknown }
    waiting.push(each.cause, ...(Array.isArray(errors) ? errors : []))
    const { writable, set } = Object.getOwnPropertyDescriptor(each, 'stack') ?? {}
    if (typeof each.stack !== 'string' || !(writable || set)) continue
    each.stack = atOrigins(withoutEnd(each.stack.split('\n').filter(isForeign))).join('\n')
  }
  return error
}

// The console shows an error by its class, of whose name a bundler leaves a letter or two.
function nameClass(error: Error): void {
  const made: unknown = error.constructor
  if (typeof made === 'function' && made.name.length <= 2 && Object.hasOwn(error, 'name'))
    Reflect.defineProperty(made, 'name', { value: error.name })
}

function isForeign(line: string): boolean {
  return !/^\s+at /.test(line) || !OWN.test(line)
}

// What stood between our own frames is nobody's: the promise in which the runtime waits for the handler.
function withoutEnd(lines: string[]): string[] {
  while (/^\s+at .*<anonymous>\)?$/.test(lines.at(-1) ?? '')) lines.pop()
  return lines
}

// Beside a function in an artifact, and where a developer's machine runs it.
const OWN =
  /\bsls_\w+\.c?js:\d|\/dist\/\w+\/(runtime|emulator)\.cjs:\d|\/dist\/local\/worker\.cjs:\d|\/@anyfaas\/runtime\/dist\/\S+:\d|node:internal\/process\/task_queues/
