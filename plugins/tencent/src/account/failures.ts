import { RefusedError, type Stranger, strangerIn } from '@anyfaas/kit'

/** What a failed call to the platform says. */
export interface Failure {
  /** Of HTTP; 200 for an answer with an error in it, 0 when there was no answer. */
  readonly status: number
  readonly code: string
  readonly message: string
  readonly requestId?: string
}

/** Reads an error of the vendor's library; also the one inside a refusal of ours. */
export function readFailure(error: unknown): Failure {
  if (error instanceof RefusedError) return readFailure(error.cause)
  const { httpCode, code, message, requestId } = error as Readonly<Record<string, unknown>>
  const word = isVendors(error) && typeof code === 'string' ? code : ''
  return {
    status: typeof httpCode === 'number' ? httpCode : word === '' ? 0 : 200,
    code: word,
    message: typeof message === 'string' ? message : String(error),
    ...(typeof requestId === 'string' && requestId && { requestId }),
  }
}

/** There were too many calls; this one did nothing. */
export function isThrottled(error: unknown): boolean {
  const { status, code } = readFailure(error)
  return status === 429 || code.startsWith('RequestLimitExceeded')
}

/** The next attempt may do better: no answer, a fault of the platform's own, or a change that is still under way. */
export function isPassing(error: unknown): boolean {
  const { status, code, message } = readFailure(error)
  if (status === 0) return isVendors(error) && !strangerOf(error) && TRANSPORT.test(message)
  return status >= 500 || code.startsWith('InternalError') || PASSING.has(code)
}

/** What was asked for is not there. The platform has two codes for a function, and one for each other thing. */
export function isMissing(error: unknown): boolean {
  return readFailure(error).code.startsWith('ResourceNotFound')
}

/** What a call answers; undefined where what it is about is not there. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (failure) {
    if (isMissing(failure)) return undefined
    throw failure
  }
}

export function isTaken(error: unknown): boolean {
  return readFailure(error).code.startsWith('ResourceInUse')
}

/** Makes what the vendor's library threw into what a user reads. What is no failure of a call stays as it is. */
export function refuse(what: string, error: unknown): unknown {
  const { status, code, message, requestId } = readFailure(error)
  const stranger = status === 0 ? strangerOf(error) : undefined
  if (stranger) return new RefusedError(what, { code: 'no answer', ...stranger }, { cause: error, isOutage: true })
  if (status === 0 && !isPassing(error)) return error
  const isClock = code === 'AuthFailure.SignatureExpire'
  const isCredentials = code.startsWith('AuthFailure') && code !== 'AuthFailure.UnauthorizedOperation' && !isClock
  const help = isClock && { help: ['the clock of this machine is off: sls doctor says how far'] }
  const isOutage = status === 0 || status >= 500
  const told = { code: code || (status === 0 ? 'no answer' : `HTTP ${status}`), message }
  const refusal = { ...told, ...(requestId && { requestId }), ...help }
  return new RefusedError(what, refusal, { cause: error, isCredentials, isOutage, isUnreached: status === 0 })
}

/** What a failure that may pass says of the platform. */
export function describeSilence(error: unknown): string {
  const { status, code, message } = readFailure(error)
  if (status === 0) return `Tencent Cloud does not answer: ${message}`
  return `Tencent Cloud answers ${code || status}: ${message}`
}

// What stands in the way of these is another change of the same function.
const PASSING = new Set([
  'ServiceUnavailable',
  'FailedOperation.FunctionStatusError',
  'FailedOperation.DeleteFunction',
  // The domain that leads there is on its way out as well.
  'FailedOperation.DeleteTrigger.UrlUsed',
  'FailedOperation.FunctionNameStatusError',
  'FailedOperation.FunctionVersionStatusNotActive',
  'FailedOperation.OperationConflict',
  'FailedOperation.UpdateFunctionCode',
  'FailedOperation.UpdateFunctionConfiguration',
  'FailedOperation.PublishVersion',
  'FailedOperation.ReservedInProgress',
  'FailedOperation.ProvisionedInProgress',
  'FailedOperation.TotalConcurrencyMemoryInProgress',
])

const TRANSPORT = /socket hang up|\bE(?!RR_)[A-Z_]{4,}\b|timeout|network|[Pp]remature close/

// The library looks for the platform's envelope in whatever JSON answered.
function strangerOf(error: unknown): Stranger | undefined {
  const thrown = error instanceof RefusedError ? error.cause : error
  const lacksEnvelope = thrown instanceof TypeError && /reading '(Response|Error)'/.test(thrown.message)
  return strangerIn(lacksEnvelope ? new SyntaxError(thrown.message) : thrown)
}

// Failures to connect come as the same class, with a message only.
function isVendors(error: unknown): boolean {
  const thrown = error instanceof RefusedError ? error.cause : error
  return thrown instanceof Error && 'traceId' in thrown
}
