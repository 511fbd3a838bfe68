import { error, RefusedError, SlsError } from '@anyfaas/kit'
import { expect, it } from 'vitest'
import {
  isMissing,
  isPassing,
  isSpreading,
  isThrottled,
  readFailure,
  refuse,
} from '../../plugins/aws/src/account/failures.ts'

it.each([
  ['getaddrinfo EAI_AGAIN lambda.us-east-1.amazonaws.com', 'EAI_AGAIN'],
  ['getaddrinfo ENOTFOUND lambda.us-east-1.amazonaws.com', 'ENOTFOUND'],
  ['', 'ECONNREFUSED'],
])('what keeps the platform from being reached is said: %s (%s)', (message, code) => {
  const thrown = Object.assign(new Error(message), { code })
  const refused = refuse('functions', thrown)
  expect(isPassing(refused)).toBe(true)
  expect(refused).toBeInstanceOf(RefusedError)
  expect(String(refused)).toContain(`functions: ${code}: `)
  expect((refused as RefusedError).diagnostics[0]?.help?.[0]).toContain('AWS did not answer')
})

it.each([
  ['self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ['Hostname/IP does not match', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['unable to verify the first certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
])('whom nobody vouches for is not asked again: %s', (message, code) => {
  const refused = refuse('functions', Object.assign(new Error(message), { code }))
  expect(isPassing(refused)).toBe(false)
  expect(String(refused)).toContain(`functions: no answer: no trusted connection: ${message}`)
})

it('rights of a new role that are not known everywhere yet are waited for', () => {
  const message = 'The provided execution role does not have permissions to call SendMessage on SQS'
  const $metadata = { httpStatusCode: 400, requestId: 'r' }
  const thrown = Object.assign(new Error(message), { name: 'InvalidParameterValueException', $metadata })
  expect(isSpreading(thrown)).toBe(true)
})

it('a page of a gateway that fails is asked again and not quoted, and one that refuses is not the platform', () => {
  const page = (httpStatusCode: number) =>
    Object.assign(new SyntaxError('Unexpected token < {error}.$response'), { $metadata: { httpStatusCode } })
  expect(isPassing(page(503))).toBe(true)
  expect(String(refuse('functions', page(503)))).toContain('functions: HTTP 503: without a reason')
  expect(isThrottled(page(429))).toBe(true)
  // What is not there would be made.
  expect([isMissing(page(404)), isPassing(page(404))]).toEqual([false, false])
  expect(String(refuse('functions', page(404)))).toContain('functions: no answer: what answered is not the platform')
})

it('who tries again reads the failure inside, and a mistake of our own is none of the platform', () => {
  const busy = Object.assign(new Error('busy'), { name: 'ServiceException', $metadata: { httpStatusCode: 503 } })
  const many = Object.assign(new Error('slow'), { name: 'Throttling', $metadata: { httpStatusCode: 400 } })
  expect(isPassing(refuse('x', busy))).toBe(true)
  expect(isThrottled(refuse('x', many))).toBe(true)
  expect(readFailure(refuse('x', busy)).status).toBe(503)
  const own = new TypeError('x is not a function')
  expect(refuse('x', own)).toBe(own)
  expect(isPassing(new SlsError(error('SLS7006', 'no secret "NETWORK_TIMEOUT"')))).toBe(false)
  const { reason } = AbortSignal.abort()
  expect(isMissing(reason)).toBe(false)
  expect(refuse('x', reason)).toBe(reason)
})
