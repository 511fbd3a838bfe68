import { CONNECT_MS, isSlsError, RefusedError, type Stranger, strangerIn } from '@anyfaas/kit'

/** What a failed call says. */
export interface Failure {
  /** 0 when there was no answer. */
  readonly status: number
  readonly code: string
  readonly message: string
  readonly requestId?: string
  /** Who answered in the platform's place; there was no answer of its own then. */
  readonly stranger?: Stranger
}

interface SdkError {
  readonly name?: string
  /** A number where the language itself threw it. */
  readonly code?: string | number
  readonly message?: string
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> }
}

/** Reads an error of the vendor's library; also the one inside a refusal of ours. */
export function readFailure(error: unknown): Failure {
  if (error instanceof RefusedError) return readFailure(error.cause)
  const { name = '', code, message, $metadata = {}, $response } = error as SdkError
  const status = $metadata.httpStatusCode ?? $response?.statusCode ?? 0
  // A gateway that fails on the way, or lets nobody through for now, may do better soon.
  const isGateway = (status >= 500 || status === 429) && isForeign(error)
  if (isGateway) return { status, code: `HTTP ${status}`, message: 'without a reason' }
  const stranger = strangerOf(error)
  if (stranger) return { status: 0, code: 'no answer', message: stranger.message, stranger }
  if (name === 'TimeoutError' && message?.includes('did not establish a connection'))
    return { status: 0, code: 'ETIMEDOUT', message: `no connection within ${CONNECT_MS / 1000} s` }
  if (name === 'TimeoutError' && message?.includes('requestTimeout'))
    return { status: 0, code: 'ETIMEDOUT', message: 'no answer in time' }
  return {
    status,
    code: status === 0 && typeof code === 'string' ? code : name,
    message: message || String(error),
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
  // What we say ourselves may name anything, such as a secret for the network.
  if (isSlsError(error) && !(error instanceof RefusedError)) return false
  const { status, code, message, stranger } = readFailure(error)
  if (status === 0) return !stranger && isTransport(code, message)
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

/** What has that name is in another region. */
export function isElsewhere(error: unknown): boolean {
  const { status, code } = readFailure(error)
  return status === 301 || ELSEWHERE.has(code)
}

/** Whoever deploys may not do that. */
export function isDenied(error: unknown): boolean {
  return DENIED.test(readFailure(error).code)
}

export function isTaken(error: unknown): boolean {
  const { status, code, message } = readFailure(error)
  return code.includes('AlreadyExists') || (status === 409 && SAYS_TAKEN.test(message))
}

/** Makes what the library threw into what a user reads; who tries again reads the failure inside. What is no answer stays as it is. */
export function refuse(what: string, error: unknown): unknown {
  const { status, code, message, requestId, stranger } = readFailure(error)
  if (stranger) return new RefusedError(what, { code, ...stranger }, { cause: error, isOutage: true })
  const isCredentials = CREDENTIALS.has(code)
  if (status === 0 && !isCredentials && !isTransport(code, message)) return error
  const help = helpFor(error)
  const refusal = { code, message, ...(requestId && { requestId }), ...(help && { help: [help] }) }
  return new RefusedError(what, refusal, {
    cause: error,
    isCredentials,
    isOutage: status === 0 || status >= 500,
    isUnreached: status === 0 && !isCredentials,
  })
}

/** What a failure that may pass says of the platform. */
export function describeSilence(error: unknown): string {
  const { status, code, message } = readFailure(error)
  const why = message.includes(code) ? message : `${code}: ${message}`
  return status === 0 ? `AWS does not answer: ${why}` : `AWS answers ${status}: ${why}`
}

function helpFor(error: unknown): string | undefined {
  if (isDenied(error)) return 'sls doctor --provider aws prints the rights that a deploy needs'
  const { status, code, message } = readFailure(error)
  if (status === 0 && isTransport(code, message))
    return 'AWS did not answer: look at the network, the proxy, the region and `provider.endpoint`'
  if (!CLOCK.has(code) && !SAYS_CLOCK.test(message)) return undefined
  const aheadMs = Date.now() - Date.parse((error as SdkError).$response?.headers?.['date'] ?? '')
  const off = Number.isFinite(aheadMs)
    ? `${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} the platform's`
    : 'off'
  return `the clock of this machine is ${off}: let the machine set its time by the network`
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
  /cannot be assumed by Lambda|must allow .* to assume the role|Unable to validate the following destination|Could not execute the lambda function|execution role does not have permissions/i

// Of buckets, which have one name in all regions: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
const ELSEWHERE = new Set(['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'])

// `AccessDeniedException`; the notification service has the last.
const DENIED = /^(AccessDenied|Unauthorized|AuthorizationError)/

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
const CLOCK = new Set(['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'])
const SAYS_CLOCK = /^Signature (expired|not yet current)/

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
  return /^E(?!RR_)[A-Z_]+$|^TimeoutError$/.test(code) || /socket hang up|ECONN|timeout|network/i.test(message)
}

function strangerOf(error: unknown): Stranger | undefined {
  // The vendor's chain wraps what it met where it looked for credentials.
  if (CREDENTIALS.has((error as SdkError).name ?? '')) return undefined
  return strangerIn(isForeign(error) ? inAnotherFormat() : error)
}

/** What a call fails with whose answer is none of AWS's. */
export function inAnotherFormat(): Error {
  return new SyntaxError('in another format')
}

// Every answer of AWS bears an id, and a failure a name.
function isForeign(error: unknown): boolean {
  if (error instanceof SyntaxError) return true
  const { name, message = '', $metadata = {} } = error as SdkError
  return message.startsWith('@aws-sdk XML parse error') || (name === 'Unknown' && $metadata.requestId === undefined)
}
