import type { IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { error, isSlsError, SlsError } from '@anyfaas/kit'
import { HUB } from '../reference.ts'
import { answerChallenge, notSignedIn } from './challenge.ts'
import { type Credentials, findCredentials } from './docker-config.ts'
import { callHttp, type HttpCall, isLoopback, textOf } from './http.ts'

export interface SessionOptions {
  readonly registry: string
  readonly repository: string
  /** What the tokens shall allow, such as `repository:a/b:pull`. */
  readonly scopes: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
}

export interface RegistryCall {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH'
  /** Relative to the repository, such as `blobs/uploads/`; or where the registry said to go on. */
  readonly to: string | URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: HttpCall['body']
  /** The caller itself finds out how to go on after a failure. */
  readonly once?: boolean
}

const ATTEMPTS = 5
// Nobody listens, or there is no such name: rarely better a moment later.
const HOPELESS = new Set(['ECONNREFUSED', 'ENOTFOUND'])
const HOPELESS_ATTEMPTS = 2
const FIRST_PAUSE_MS = 250
const MAX_PAUSE_MS = 30_000
const MAX_REDIRECTS = 5

/** Talks to one repository: signs in when asked to, follows redirects, and tries again what may work later. */
export class RegistrySession {
  readonly options: SessionOptions
  readonly #base: URL
  #credentials: Promise<Credentials | undefined> | undefined
  #authorization: string | undefined

  constructor(options: SessionOptions) {
    const { registry, repository } = options
    this.options = options
    const host = registry === HUB ? 'registry-1.docker.io' : registry
    const { hostname } = new URL(`https://${host}`)
    this.#base = new URL(`${isLoopback(hostname) ? 'http' : 'https'}://${host}/v2/${repository}/`)
  }

  /** Resolves with any answer below 500 that is not about signing in. SLS4031, SLS4032, SLS5002. */
  async call(call: RegistryCall): Promise<IncomingMessage> {
    for (let attempt = 1; ; attempt++) {
      const isLast = call.once === true || attempt === ATTEMPTS
      const answer = await this.#attempt(call, isLast ? 0 : attempt)
      if (answer && (isLast || !isTemporary(answer.statusCode ?? 0))) return answer
      answer?.resume()
      await this.#pause(attempt, answer)
    }
  }

  /** The absolute address that a `location` header names. */
  resolve(location: string): URL {
    return new URL(location, this.#base)
  }

  // Undefined when another attempt may help; `attempt` is 0 for the last one.
  async #attempt(call: RegistryCall, attempt: number): Promise<IncomingMessage | undefined> {
    try {
      return await this.#signedIn(call)
    } catch (cause) {
      const { registry, signal } = this.options
      if (isSlsError(cause)) throw cause
      if (signal?.aborted) throw new SlsError(error('SLS5002', `interrupted while talking to "${registry}"`), { cause })
      const code = (cause as NodeJS.ErrnoException).code ?? ''
      if (attempt > 0 && (attempt < HOPELESS_ATTEMPTS || !HOPELESS.has(code))) return undefined
      const reason = cause instanceof Error ? cause.message || code : String(cause)
      throw new SlsError(error('SLS4031', `"${registry}" cannot be reached: ${reason}`), { cause })
    }
  }

  async #signedIn(call: RegistryCall): Promise<IncomingMessage> {
    const first = await this.#redirected(call)
    if (first.statusCode !== 401) return first
    const challenge = first.headers['www-authenticate'] ?? ''
    await textOf(first)
    const { registry, repository, scopes, env, signal } = this.options
    this.#credentials ??= findCredentials(registry, repository, env)
    const credentials = await this.#credentials
    this.#authorization = await answerChallenge({ registry, challenge, scopes, credentials, ...(signal && { signal }) })
    const second = await this.#redirected(call)
    if (second.statusCode !== 401) return second
    throw credentials ? await refusal(registry, second) : notSignedIn(registry)
  }

  async #redirected({ method, to, headers, body }: RegistryCall): Promise<IncomingMessage> {
    const { signal } = this.options
    let url = to instanceof URL ? to : new URL(to, this.#base)
    for (let step = 0; ; step++) {
      const isOwn = url.host === this.#base.host
      const answer = await callHttp({
        method,
        url,
        headers: {
          ...headers,
          ...(isOwn && this.#authorization !== undefined && { authorization: this.#authorization }),
        },
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      })
      const { location } = answer.headers
      const isMoved = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) && location !== undefined
      if (!isMoved || step === MAX_REDIRECTS || !/^(?:GET|HEAD)$/.test(method)) return answer
      answer.resume()
      url = new URL(location, url)
    }
  }

  async #pause(attempt: number, answer: IncomingMessage | undefined): Promise<void> {
    const asked = Number(answer?.headers['retry-after']) * 1000
    const grown = FIRST_PAUSE_MS * 4 ** (attempt - 1) * (0.5 + Math.random())
    const { registry, signal } = this.options
    try {
      await pause(Math.min(MAX_PAUSE_MS, Number.isFinite(asked) ? asked : grown), undefined, {
        ...(signal && { signal }),
      })
    } catch (cause) {
      throw new SlsError(error('SLS5002', `interrupted while waiting for "${registry}"`), { cause })
    }
  }
}

/** What a registry said when it refused: `{errors: [{code, message}]}`. */
export async function refusal(registry: string, answer: IncomingMessage, what?: string): Promise<SlsError> {
  const status = answer.statusCode ?? 0
  const text = await textOf(answer)
  const said = [...text.matchAll(/"(?:code|message)"\s*:\s*"([^"]+)"/g)].map(([, word]) => word).join(': ')
  const reason = `${status}${said === '' ? '' : `, ${said}`}`
  const isDenied = status === 401 || status === 403
  const message = isDenied ? `"${registry}" does not allow it` : `"${registry}" refuses`
  const about = what === undefined ? '' : ` ${what}`
  return new SlsError(
    error(isDenied ? 'SLS4032' : 'SLS4031', `${message}${about} (${reason})`, {
      ...(isDenied && { help: [`docker login ${registry}, as somebody who may`] }),
    }),
  )
}

function isTemporary(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}
