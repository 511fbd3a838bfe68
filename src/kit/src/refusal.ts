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

/** A refusal for good: SLS5007, or SLS5006 where the credentials are what was refused. */
export class RefusedError extends SlsError {
  readonly refusal: PlatformRefusal

  constructor(
    what: string,
    refusal: PlatformRefusal,
    options: { readonly cause: unknown; readonly isCredentials?: boolean },
  ) {
    super(describe(what, refusal, options.isCredentials === true), { cause: options.cause })
    this.refusal = refusal
  }
}

function describe(
  what: string,
  { code, message, requestId, help }: PlatformRefusal,
  isCredentials: boolean,
): Diagnostic {
  const request = requestId === undefined ? '' : ` (request ${requestId})`
  return error(isCredentials ? 'SLS5006' : 'SLS5007', `${what}: ${code}: ${message}${request}`, help ? { help } : {})
}
