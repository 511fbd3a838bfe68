import { type Code, error, SlsError } from '@anyfaas/kit'
import { failureClasses } from '@anyfaas/runtime'

/** Why a call has no answer of the function's own. */
export type FailureKind = keyof typeof KINDS

const KINDS = {
  user: { code: 'SLS7010', status: failureClasses.user.status },
  request: { code: 'SLS7010', status: 400 },
  'too-large': { code: 'SLS7010', status: 413 },
  reply: { code: 'SLS7010', status: 502 },
  exit: { code: 'SLS7012', status: failureClasses.exit.status },
  memory: { code: 'SLS7012', status: failureClasses.memory.status },
  init: { code: 'SLS7003', status: 503 },
  secrets: { code: 'SLS7006', status: 503 },
  gone: { code: 'SLS7004', status: failureClasses.platform.status },
  throttle: { code: 'SLS7013', status: failureClasses.throttle.status },
  websocket: { code: 'SLS7010', status: 426 },
  timeout: { code: 'SLS7011', status: failureClasses.timeout.status },
} as const satisfies Record<string, { readonly code: Code; readonly status: number }>

interface FailureOptions {
  readonly notes?: readonly string[]
  readonly retryAfterSec?: number
}

/** A failed call: its kind goes to the client, its message too when it says nothing of the code's inside. */
export class CallFailure extends SlsError {
  readonly kind: FailureKind
  /** Seconds after which another try may succeed. */
  readonly retryAfterSec: number | undefined

  constructor(kind: FailureKind, message: string, options: FailureOptions = {}) {
    super(error(KINDS[kind].code, message, { notes: (options.notes ?? []).map((note) => ({ message: note })) }))
    this.kind = kind
    this.retryAfterSec = options.retryAfterSec ?? (this.status === 503 || this.status === 429 ? 1 : undefined)
  }

  get status(): number {
    return KINDS[this.kind].status
  }
}

/** The failure of a call whatever was thrown; what nobody meant to throw is the platform's own fault. */
export function asFailure(thrown: unknown): CallFailure {
  if (thrown instanceof CallFailure) return thrown
  return new CallFailure('reply', thrown instanceof Error ? thrown.message : String(thrown))
}
