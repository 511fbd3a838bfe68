import { consoleLogger } from './logger.ts'

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

/** The error itself, with its fields and causes, without frames of the runtime in their stacks. */
export function withoutOwnFrames(error: unknown): unknown {
  for (let each = error; each instanceof Error && typeof each.stack === 'string'; each = each.cause) {
    const descriptor = Object.getOwnPropertyDescriptor(each, 'stack')
    if (descriptor?.writable) each.stack = withoutEnd(each.stack.split('\n').filter(isForeign)).join('\n')
    if (each.cause === each) break
  }
  return error
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
