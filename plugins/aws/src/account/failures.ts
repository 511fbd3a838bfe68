import { RefusedError } from '@anyfaas/kit'

/** What a failed call says. */
export interface Failure {
  /** 0 when there was no answer. */
  readonly status: number
  readonly code: string
  readonly message: string
  readonly requestId?: string
}

interface SdkError {
  readonly name?: string
  readonly code?: string
  readonly message?: string
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
  readonly $response?: { readonly statusCode?: number }
}

/** Reads an error of the vendor's library; also the one inside a refusal of ours. */
export function readFailure(error: unknown): Failure {
  if (error instanceof RefusedError) return readFailure(error.cause)
  const { name = '', code, message, $metadata = {}, $response } = error as SdkError
  const status = $metadata.httpStatusCode ?? $response?.statusCode ?? 0
  return {
    status,
    code: status === 0 ? (code ?? name) : name,
    message: message ?? String(error),
    ...($metadata.requestId && { requestId: $metadata.requestId }),
  }
}

/** There were too many calls; this one did nothing. */
export function isThrottled(error: unknown): boolean {
  const { status, code } = readFailure(error)
  return status === 429 || THROTTLED.has(code)
}

/** The next attempt may do better: no answer, a fault of the platform's own, or something that is not known everywhere yet. */
export function isPassing(error: unknown): boolean {
  const { status, code, message } = readFailure(error)
  if (status === 0) return isTransport(code, message)
  return status >= 500 || (CONFLICTS.has(code) && !SAYS_TAKEN.test(message)) || isSpreading(error)
}

/** A role or a permission is not known everywhere yet. */
export function isSpreading(error: unknown): boolean {
  return SPREADING.test(readFailure(error).message)
}

export function isMissing(error: unknown): boolean {
  const { status, code } = readFailure(error)
  return status === 404 || code.startsWith('NoSuch') || code.includes('NotFound')
}

export function isTaken(error: unknown): boolean {
  const { status, code, message } = readFailure(error)
  return code.includes('AlreadyExists') || (status === 409 && SAYS_TAKEN.test(message))
}

/** Makes what the library threw into what a user reads. What may pass stays as it is, for the one who tries again. */
export function refuse(what: string, error: unknown): unknown {
  const { status, code, message, requestId } = readFailure(error)
  const isCredentials = CREDENTIALS.has(code)
  if (isPassing(error) || isThrottled(error) || (status === 0 && !isCredentials)) return error
  return new RefusedError(what, { code, message, ...(requestId && { requestId }) }, { cause: error, isCredentials })
}

const THROTTLED = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'SlowDown',
])

// Something else changes the same thing at this moment.
const CONFLICTS = new Set([
  'ResourceConflictException',
  'ConflictException',
  'ConcurrentModification',
  'ConcurrentModificationException',
  'OperationAbortedException',
  'OperationAborted',
  'ResourceInUseException',
])

const SAYS_TAKEN = /already exist|exists already|is already in use/i

// New roles and permissions are known everywhere within seconds, in the words of the services that meet them too early.
const SPREADING =
  /cannot be assumed by Lambda|must allow .* to assume the role|Unable to validate the following destination|Could not execute the lambda function|function execution role does not have permissions/i

const CREDENTIALS = new Set([
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'CredentialsProviderError',
  'TokenProviderError',
])

function isTransport(code: string, message: string): boolean {
  return /^E[A-Z]+$|^TimeoutError$/.test(code) || /socket hang up|ECONN|timeout|network/i.test(message)
}
