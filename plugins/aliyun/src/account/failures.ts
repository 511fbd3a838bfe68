import { isSlsError, type PlatformRefusal, RefusedError, type Stranger, strangerIn } from '@anyfaas/kit'

/** What a failed call to the platform says, whichever of the vendor's libraries made it. */
export interface Failure {
  /** 0 when there was no answer. */
  readonly status: number
  readonly code: string
  readonly message: string
}

/** Reads an error of a vendor's library; also the one inside a refusal of ours. */
export function readFailure(error: unknown): Failure {
  if (error instanceof RefusedError) return readFailure(error.cause)
  const { statusCode, code, message, data } = error as {
    statusCode?: unknown
    code?: unknown
    message?: unknown
    data?: { statusCode?: unknown }
  }
  return {
    status: Number(statusCode ?? data?.statusCode ?? 0),
    code: typeof code === 'string' ? code : '',
    message: isPage(error) ? 'without a reason' : typeof message === 'string' ? message : String(error),
  }
}

// What failed on the way, and not on the platform, is told in another format.
function isPage(error: unknown): boolean {
  return error instanceof SyntaxError && 'statusCode' in error
}

/** There were too many calls; this one did nothing. */
export function isThrottled(error: unknown): boolean {
  const { status, code } = readFailure(error)
  return status === 429 || code === 'ResourceExhausted' || code.includes('Throttling') || code === 'ResourceThrottled'
}

/** The next attempt may do better: no answer, a fault of the platform's own, or a change that is still under way. */
export function isPassing(error: unknown): boolean {
  // What we say ourselves may name anything, such as a function that is called "network".
  if (isSlsError(error) && !(error instanceof RefusedError)) return false
  const { status, code } = readFailure(error)
  return status === 0 ? !strangerIn(error) && isTransport(error) : status >= 500 || PASSING.has(code)
}

export function isMissing(error: unknown): boolean {
  const { status, code } = readFailure(error)
  return status === 404 || /Not(Found|Exists?)$/.test(code)
}

/** What a call answers; undefined where what it is about is not there. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw cause
  }
}

export function isTaken(error: unknown): boolean {
  return /AlreadyExists?($|\.)/.test(readFailure(error).code)
}

/** Makes what a vendor's library threw into what a user reads. What was interrupted, and what is no failure of a call, stays as it is. */
export function refuse(what: string, error: unknown): unknown {
  const { status, code, message } = readFailure(error)
  const stranger = status === 0 || isPage(error) ? strangerIn(error) : undefined
  if (isInterrupted(error) || (status === 0 && !stranger && !isPassing(error))) return error
  const requestId = /request id: ([\w-]+)/i.exec(message)?.[1]
  const text = wordsOf(message)
  if (stranger) return new RefusedError(what, foreignTo(stranger), { cause: error, isOutage: true })
  const told = { code: status === 0 ? 'no answer' : code || `HTTP ${status}`, message: text }
  return new RefusedError(
    what,
    { ...told, ...(requestId && { requestId }), ...(CLOCK.has(code) && { help: CLOCK_HELP }) },
    {
      cause: error,
      isCredentials: CREDENTIALS.has(code),
      isOutage: status === 0 || status >= 500,
      isUnreached: status === 0,
    },
  )
}

/** What a failure that may pass says of the platform. */
export function describeSilence(error: unknown): string {
  const { status, message } = readFailure(error)
  const does = status === 0 ? 'does not answer' : `answers ${status}`
  return `Alibaba Cloud ${does}: ${wordsOf(message)}`
}

function wordsOf(message: string): string {
  return clean(message)
    .replace(/^[\w.]+: code: \d+, /, '')
    .replace(/,? ?request ?id: [\w-]+.*$/i, '')
}

function foreignTo({ message, help }: Stranger): PlatformRefusal {
  return { code: 'no answer', message: clean(message), help }
}

// The library writes what it did right behind what it was told.
function clean(message: string): string {
  return message.replace(/(GET|HEAD|POST|PUT|DELETE) https?:\S+ failed\.$/, '')
}

function isInterrupted(error: unknown): boolean {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown }
  return code === 'ABORT_ERR' || name === 'AbortError' || name === 'TimeoutError'
}

// The last one: instances that were kept ready go in their own time.
const PASSING = new Set([
  'ConcurrentUpdateError',
  'FunctionUpdateConflict',
  'InternalServerError',
  'ProvisionConfigExist',
])
// Each product has its own word for a request that was signed at another time than it arrived.
const CLOCK = new Set(['InvalidTimeStamp.Expired', 'RequestExpired', 'RequestTimeTooSkewed', 'RequestTimeExpired'])
const CLOCK_HELP = ['the clock of this machine is off: sls doctor says how far']
const CREDENTIALS = new Set([
  'InvalidAccessKeyID',
  'InvalidAccessKeyId.NotFound',
  'SignatureNotMatch',
  'SignatureDoesNotMatch',
  'InvalidSecurityToken',
])

function isTransport(error: unknown): boolean {
  const { code, message } = readFailure(error)
  return /^(E(?!RR_)[A-Z_]+|UND_.*|ABORT_ERR)$/.test(code) || /socket hang up|ECONN|timeout|network/i.test(message)
}
