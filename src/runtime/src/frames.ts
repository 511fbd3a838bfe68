import { consoleLogger } from './logger.ts'

/** Logs what a call threw, whole, under the request's id; frames of the runtime say nothing about the user's code. */
export function logFailed(error: unknown, requestId: string, member: string): void {
  consoleLogger.error(`[${requestId}] function "${member}" failed:`, withoutOwnFrames(error))
}

// In place: what is logged is the error itself, with its fields and causes.
function withoutOwnFrames(error: unknown): unknown {
  for (let each = error; each instanceof Error && typeof each.stack === 'string'; each = each.cause) {
    const descriptor = Object.getOwnPropertyDescriptor(each, 'stack')
    if (descriptor?.writable) each.stack = each.stack.split('\n').filter(isForeign).join('\n')
    if (each.cause === each) break
  }
  return error
}

function isForeign(line: string): boolean {
  return !/^\s+at /.test(line) || !OWN.test(line)
}

// Beside a function in an artifact, and where a developer's machine runs it.
const OWN =
  /\bsls_\w+\.c?js:\d|\/dist\/\w+\/(runtime|emulator)\.cjs:\d|\/dist\/local\/worker\.cjs:\d|node:internal\/process\/task_queues/
