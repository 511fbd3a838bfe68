import type { Code } from './codes.ts'
import { type Diagnostic, error, SlsError } from './diagnostic.ts'

/** What a platform's API said when it refused. */
export interface PlatformRefusal {
  /** The platform's own code, such as `ResourceExhausted`. */
  readonly code: string
  readonly message: string
  readonly requestId?: string
  /** What to do about it, where we know. */
  readonly help?: readonly string[]
}

/** A refusal for good: SLS5007, SLS5006 where the credentials are what was refused, SLS5012 where the platform did not answer in the end. */
export class RefusedError extends SlsError {
  readonly refusal: PlatformRefusal

  constructor(
    what: string,
    refusal: PlatformRefusal,
    options: { readonly cause: unknown; readonly isCredentials?: boolean; readonly isOutage?: boolean },
  ) {
    const { cause, isCredentials, isOutage } = options
    super(describe(what, refusal, isCredentials ? 'SLS5006' : isOutage ? 'SLS5012' : 'SLS5007'), { cause })
    this.refusal = refusal
  }
}

function describe(what: string, { code, message, requestId, help }: PlatformRefusal, is: Code): Diagnostic {
  const request = requestId === undefined ? '' : ` (request ${requestId})`
  return error(is, `${what}: ${code}: ${message}${request}`, help ? { help } : {})
}
