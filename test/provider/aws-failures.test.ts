import { error, RefusedError, SlsError } from '@anyfaas/kit'
import { expect, it } from 'vitest'
import { isMissing, isPassing, isThrottled, readFailure, refuse } from '../../plugins/aws/src/account/failures.ts'

it.each([
  ['getaddrinfo EAI_AGAIN lambda.us-east-1.amazonaws.com', 'EAI_AGAIN', true],
  ['getaddrinfo ENOTFOUND lambda.us-east-1.amazonaws.com', 'ENOTFOUND', true],
  ['', 'ECONNREFUSED', true],
  ['self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN', false],
  ['Hostname/IP does not match', 'ERR_TLS_CERT_ALTNAME_INVALID', false],
  ['unable to verify the first certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', false],
])('what keeps the platform from being reached is said: %s (%s)', (message, code, passes) => {
  const thrown = Object.assign(new Error(message), { code })
  const refused = refuse('functions', thrown)
  expect(isPassing(refused)).toBe(passes)
  expect(refused).toBeInstanceOf(RefusedError)
  expect(String(refused)).toContain(`functions: ${code}: `)
  expect((refused as RefusedError).diagnostics[0]?.help?.[0]).toContain('AWS did not answer')
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
