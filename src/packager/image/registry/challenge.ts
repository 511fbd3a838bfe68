import { error, SlsError } from '@anyfaas/kit'
import type { Credentials } from './docker-config.ts'
import { callHttp, textOf } from './http.ts'

export interface Asked {
  /** The registry as the user calls it. */
  readonly registry: string
  /** The header `www-authenticate`. */
  readonly challenge: string
  readonly scopes: readonly string[]
  readonly credentials: Credentials | undefined
  readonly signal?: AbortSignal
}

/**
 * The header `authorization` that a registry's challenge asks for: https://distribution.github.io/distribution/spec/auth/token/.
 * SLS4032 when nobody has signed in, or the token service refuses.
 */
export async function answerChallenge(asked: Asked): Promise<string> {
  const { challenge, credentials } = asked
  const [, scheme = '', rest = ''] = /^(\w+)\s+(.*)$/s.exec(challenge) ?? []
  const words = Object.fromEntries(
    [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  )
  if (scheme.toLowerCase() === 'basic') {
    if (credentials?.kind !== 'password') throw notSignedIn(asked.registry)
    return `Basic ${basic(credentials)}`
  }
  if (scheme.toLowerCase() !== 'bearer' || !URL.canParse(words['realm'] ?? '')) {
    throw new SlsError(
      error('SLS4032', `"${asked.registry}" asks for a way to sign in that is not known: ${challenge}`),
    )
  }
  return `Bearer ${await fetchToken(asked, new URL(words['realm'] ?? ''), words['service'])}`
}

export function notSignedIn(registry: string): SlsError {
  return new SlsError(
    error('SLS4032', `nobody has signed in to "${registry}" on this machine`, { help: [`docker login ${registry}`] }),
  )
}

async function fetchToken(asked: Asked, realm: URL, service: string | undefined): Promise<string> {
  const { credentials, scopes, signal } = asked
  const words = new URLSearchParams()
  if (service !== undefined) words.append('service', service)
  for (const scope of scopes) words.append('scope', scope)
  const common = { ...(signal && { signal }) }
  if (credentials?.kind === 'token') {
    words.set('grant_type', 'refresh_token')
    words.set('refresh_token', credentials.token)
    words.set('client_id', 'sls')
    words.set('scope', scopes.join(' '))
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return tokenIn(
      asked,
      await callHttp({ ...common, method: 'POST', url: realm, headers, body: Buffer.from(`${words}`) }),
    )
  }
  for (const [key, value] of words) realm.searchParams.append(key, value)
  const headers = { ...(credentials && { authorization: `Basic ${basic(credentials)}` }) }
  return tokenIn(asked, await callHttp({ ...common, method: 'GET', url: realm, headers }))
}

async function tokenIn(asked: Asked, answer: Awaited<ReturnType<typeof callHttp>>): Promise<string> {
  const text = await textOf(answer)
  const token = answer.statusCode === 200 ? tokenOf(text) : undefined
  if (token !== undefined) return token
  if (asked.credentials === undefined) throw notSignedIn(asked.registry)
  throw new SlsError(
    error('SLS4032', `"${asked.registry}" does not take the password that is kept for it (${answer.statusCode})`, {
      help: [`docker login ${asked.registry}`],
    }),
  )
}

function tokenOf(text: string): string | undefined {
  const [, token] = /"(?:token|access_token)"\s*:\s*"([^"]+)"/.exec(text) ?? []
  return token
}

function basic({ user, password }: Extract<Credentials, { kind: 'password' }>): string {
  return Buffer.from(`${user}:${password}`).toString('base64')
}
