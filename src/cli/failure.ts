import { type Diagnostic, EXIT, error, exitCodeOf, isSlsError } from '@anyfaas/kit'
import type { Found } from '../ui/fold.ts'

export interface FailureFact {
  readonly found: readonly Found[]
  readonly status: number
  readonly trace?: string
}

/** What to show of something that was thrown, and the exit status that it means. */
export function judge(thrown: unknown, options: { wasInterrupted: boolean; debug: boolean }): FailureFact {
  const { diagnostics, sources } = isSlsError(thrown)
    ? thrown
    : { diagnostics: [diagnose(thrown, options)], sources: undefined }
  const wasInterrupted = diagnostics.some((one) => one.code === 'SLS5002')
  return {
    found: diagnostics.map((diagnostic) => ({ diagnostic, ...(sources && { sources }) })),
    status: wasInterrupted ? EXIT.interrupted : exitCodeOf(diagnostics) || EXIT.failed,
    ...(options.debug && { trace: traceOf(thrown) }),
  }
}

function diagnose(thrown: unknown, options: { wasInterrupted: boolean; debug: boolean }): Diagnostic {
  if (options.wasInterrupted && isAbort(thrown)) return error('SLS5002', 'interrupted')
  const refusal = refusalIn(thrown)
  if (refusal) return error('SLS0004', refusal)
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return error('SLS9001', `unexpected ${message}`, {
    notes: [{ message: 'this is a bug in sls, not in your service' }],
    help: options.debug ? [] : ['run it again with SLS_DEBUG=1, and report what it shows'],
  })
}

// Wherever one of these comes from, this machine is the reason.
const REFUSALS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO', 'ENOMEM'])

function refusalIn(thrown: unknown): string | undefined {
  const { code, syscall, message } = (thrown ?? {}) as Partial<NodeJS.ErrnoException>
  return syscall !== undefined && REFUSALS.has(code ?? '') ? message : undefined
}

function isAbort(thrown: unknown): boolean {
  return (
    thrown instanceof Error && (thrown.name === 'AbortError' || (thrown as NodeJS.ErrnoException).code === 'ABORT_ERR')
  )
}

function traceOf(thrown: unknown): string {
  const stacks: string[] = []
  let at: unknown = thrown
  // A chain may bite its tail.
  while (at !== undefined && at !== null && stacks.length < 8) {
    stacks.push(at instanceof Error ? (at.stack ?? at.message) : String(at))
    at = at instanceof Error ? at.cause : undefined
  }
  return stacks.join('\ncaused by: ')
}
