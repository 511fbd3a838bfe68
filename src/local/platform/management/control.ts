import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { type Diagnostic, error, isSlsError, SlsError } from '@anyfaas/kit'
import type { Refusal } from '../../api.ts'
import { closeServer, countRequests, listen, portOf } from '../instances/ports.ts'
import type { Tally } from '../instances/tally.ts'
import { answerConsole } from './console.ts'

/** A request to the control API whose sender has the token. */
export interface Command {
  readonly method: string
  /** The parts of the path, decoded. */
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Answers with JSON what it returns; undefined when there is no such thing, null when it has answered itself. */
export type Obey = (command: Command) => Promise<object | undefined | null>

/** The control API's server: loopback, one token, no other name than its own. */
export class Control {
  readonly #server: Server
  readonly #running: Tally
  readonly #obey: Obey
  readonly #tokens: readonly Buffer[]
  /** Set when nothing new shall begin. */
  isEnding = false

  constructor(token: string, obey: Obey) {
    const basic = Buffer.from(`admin:${token}`).toString('base64')
    this.#tokens = [`Bearer ${token}`, `Basic ${basic}`].map(digest)
    this.#obey = obey
    this.#server = createServer((request, response) => {
      void this.#handle(request, response)
    })
    // An artifact can be large.
    this.#server.requestTimeout = 0
    this.#running = countRequests(this.#server)
  }

  /** Listens on the first of the ports that is free. */
  async open(ports: Iterable<number>): Promise<number> {
    await listen(this.#server, ports)
    return portOf(this.#server)
  }

  async close(): Promise<void> {
    await closeServer(this.#server, this.#running)
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const refused = this.#refuseStranger(request) ?? (answerConsole(request, response) ? null : this.#refuse(request))
      if (refused === null) return
      if (refused) {
        if (refused.status === 401) response.setHeader('www-authenticate', 'Basic realm="Restricted"')
        return answer(response, refused.status, refusalOf(refused.why))
      }
      const url = new URL(request.url ?? '/', 'http://localhost')
      const path = url.pathname.split('/').slice(1).map(decodePart)
      const command = { method: request.method ?? 'GET', path, query: url.searchParams, request, response }
      const result = await this.#obey(command)
      if (result === undefined) answer(response, 404, refusalOf(error('SLS7004', 'there is no such thing here')))
      else if (result !== null) answer(response, 200, result)
    } catch (thrown) {
      answerError(response, thrown)
    }
  }

  // A web page can make a browser send requests here, under another host's name and without the token.
  #refuseStranger({ headers }: IncomingMessage): Refused | undefined {
    const port = portOf(this.#server)
    const names = [`127.0.0.1:${port}`, `localhost:${port}`]
    if (!names.includes(headers.host ?? '')) {
      return { status: 403, why: error('SLS7002', 'the control API answers to its own address only') }
    }
    // A browser brings the password to whoever's page asks for it.
    const { origin } = headers
    if (origin !== undefined && !names.some((name) => origin === `http://${name}`)) {
      return { status: 403, why: error('SLS7002', 'a page of another origin may not ask') }
    }
    return undefined
  }

  #refuse({ headers, url = '' }: IncomingMessage): Refused | undefined {
    const given = digest(headers.authorization ?? '')
    if (!CALL.test(url) && !this.#tokens.some((token) => timingSafeEqual(given, token))) {
      return { status: 401, why: error('SLS7002', 'the token is missing or wrong') }
    }
    return this.isEnding ? { status: 503, why: error('SLS7002', 'the platform is ending') } : undefined
  }
}

interface Refused {
  readonly status: number
  readonly why: Diagnostic
}

// Who may call a function at its service's address may do so here: clients of OpenFaaS bring functions no password.
const CALL = /^\/(async-)?function\//

/** The JSON body of a request. Throws SLS7002 for what is none. */
export async function readJsonBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const value: unknown = await json(request).catch((cause: Error) => {
    throw new SlsError(error('SLS7002', `the body is not JSON: ${cause.message}`))
  })
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new SlsError(error('SLS7002', 'the body is not a JSON object'))
}

// What cannot be decoded names nothing.
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

// A diagnostic is for the caller. Anything else is a bug, which the platform's own output tells in whole.
function answerError(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) return void response.destroy()
  const known = isSlsError(thrown) ? thrown.diagnostics[0] : undefined
  if (!known) process.stderr.write(`${(thrown as Error).stack}\n`)
  answer(response, known ? 422 : 500, refusalOf(known ?? error('SLS7002', (thrown as Error).message)))
}

function answer(response: ServerResponse, status: number, value: object): void {
  const text = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

function refusalOf({ code, message, notes, help }: Diagnostic): Refusal {
  return { code, message, ...(notes && { notes: notes.map((note) => note.message) }), ...(help && { help }) }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
