import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { RequestEvent } from '@anyfaas/kit'
import { browserFile } from '../places.ts'
import { addScript, EVENTS_PATH, problemPage, problemText, SCRIPT_PATH } from './page.ts'
import type { Problems } from './problems.ts'

export interface FrontOptions {
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly problems: Problems
  /** The function that a request goes to, and whether it has a version that works. */
  readonly find: (request: IncomingMessage) => { readonly name: string; readonly works: boolean } | undefined
  readonly onAnswered: (answered: RequestEvent) => void
}

/** The server of a service in development: what is told of requests, what open pages ask for, and what is broken. */
export function createFront(options: FrontOptions, answer: RequestListener): Server {
  const listener: RequestListener = (request, response) => {
    if (answerOwn(options.problems, request, response)) return
    const target = options.find(request)
    watch(request, response, { options, name: target?.name })
    if (target && !target.works) return answerBroken(options.problems, request, response)
    // What a person looks at; programs get the answer as it is.
    if (request.headers['sec-fetch-dest'] === 'document') addScript(response, `${request.method} ${request.url}`)
    answer(request, response)
  }
  return options.tls ? createSecureServer(options.tls, listener) : createServer(listener)
}

function answerOwn(problems: Problems, { url }: IncomingMessage, response: ServerResponse): boolean {
  if (url === EVENTS_PATH) problems.listen(response)
  else if (url === SCRIPT_PATH) {
    response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-store' })
    response.end(readFileSync(browserFile('page.js')))
  } else return false
  return true
}

function answerBroken(problems: Problems, request: IncomingMessage, response: ServerResponse): void {
  const isPage = /\btext\/html\b/.test(request.headers.accept ?? '')
  const text = isPage ? problemPage(problems.all) : problemText(problems.all)
  response.writeHead(503, {
    'content-type': `text/${isPage ? 'html' : 'plain'}; charset=utf-8`,
    'content-length': Buffer.byteLength(text),
    'x-error-class': 'init',
    'cache-control': 'no-store',
  })
  response.end(text)
}

interface Watched {
  readonly options: FrontOptions
  readonly name: string | undefined
}

function watch(request: IncomingMessage, response: ServerResponse, { options, name }: Watched): void {
  const began = performance.now()
  response.once('close', () => {
    const status = response.headersSent ? response.statusCode : 0
    const { method = 'GET', url = '/' } = request
    const durationMs = performance.now() - began
    const time = Date.now()
    options.onAnswered({
      kind: 'request',
      time,
      method,
      url,
      status,
      durationMs,
      ...(name !== undefined && { function: name }),
    })
  })
}
