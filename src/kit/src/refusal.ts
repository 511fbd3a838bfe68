import type { Code } from './codes.ts'
import { type Diagnostic, error, isSlsError, SlsError } from './diagnostic.ts'

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
  /** There was no answer, of nobody. */
  readonly isUnreached: boolean

  constructor(
    what: string,
    refusal: PlatformRefusal,
    options: {
      readonly cause: unknown
      readonly isCredentials?: boolean
      readonly isOutage?: boolean
      readonly isUnreached?: boolean
    },
  ) {
    const { cause, isCredentials, isUnreached = false, isOutage = isUnreached } = options
    super(describe(what, refusal, isCredentials ? 'SLS5006' : isOutage ? 'SLS5012' : 'SLS5007'), { cause })
    this.refusal = refusal
    this.isUnreached = isUnreached
  }
}

/** The failure is that nobody answered. By what it has, for a plugin may bring a kit of its own. */
export function isUnreached(failure: unknown): failure is RefusedError {
  return isSlsError(failure) && 'isUnreached' in failure && failure.isUnreached === true
}

function describe(what: string, { code, message, requestId, help }: PlatformRefusal, is: Code): Diagnostic {
  const request = requestId === undefined ? '' : ` (request ${requestId})`
  return error(is, `${what}: ${code}: ${message}${request}`, help ? { help } : {})
}
