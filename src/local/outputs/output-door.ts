import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isMap } from '@anyfaas/kit'
import { closeUnlessRead, readBody, type Wire } from '../platform/instances/exchange.ts'
import { asFailure } from '../platform/instances/failure.ts'
import { whyOf } from '../platform/instances/failure-text.ts'
import { closeServer, countRequests, listen, portOf } from '../platform/instances/ports.ts'
import type { OutputSpec } from '../spec.ts'
import type { Bus } from './bus.ts'
import { refusal } from './refusal.ts'
import { Senders } from './senders.ts'

/** A function as its outputs are known. */
export interface OutputOwner {
  readonly outputs: readonly OutputSpec[]
  readonly tell: (text: string) => void
}

const PATH = /^\/v1\.0\/bindings\/([^/?]+)$/
const TOKEN_HEADER = 'dapr-api-token'
const LARGEST_DATA_BYTES = 6 << 20

/**
 * Takes what functions send, by the words of a sidecar's own API, so that every language's client of it works:
 * https://docs.dapr.io/reference/api/bindings_api/#invoking-output-bindings
 */
export class OutputDoor {
  readonly #find: (path: string) => OutputOwner | undefined
  readonly #senders: Senders
  readonly #server = createServer((request, response) => void this.#handle(request, response))
  readonly #running = countRequests(this.#server)
  readonly #tokens = new Map<string, string>()
  readonly #paths = new Map<string, string>()

  /** `find` knows functions by `NAME.SERVICE.STAGE`. */
  constructor(find: (path: string) => OutputOwner | undefined, bus: Bus) {
    this.#find = find
    this.#senders = new Senders(bus)
  }

  async open(): Promise<void> {
    await listen(this.#server, [0])
  }

  /** The variables by which a function comes here. */
  variablesFor(path: string): Record<string, string> {
    const token = this.#tokens.get(path) ?? randomBytes(24).toString('hex')
    this.#tokens.set(path, token)
    this.#paths.set(token, path)
    return { DAPR_HTTP_PORT: String(portOf(this.#server)), DAPR_API_TOKEN: token }
  }

  /** Leaves every broker that none of these outputs names. */
  keep(outputs: readonly OutputSpec[]): void {
    this.#senders.keep(outputs)
  }

  async close(): Promise<void> {
    await closeServer(this.#server, this.#running)
    await this.#senders.close()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = this.#paths.get(String(request.headers[TOKEN_HEADER] ?? ''))
    const owner = path === undefined ? undefined : this.#find(path)
    if (!owner) return refuse({ request, response }, 401, 'the token is missing or wrong')
    const name = PATH.exec(request.url ?? '')?.[1]
    if (!name || !METHODS.has(request.method)) return refuse({ request, response }, 404, 'there is no such thing here')
    try {
      await this.#send(owner, decodeURIComponent(name), request)
      response.writeHead(204).end()
    } catch (thrown) {
      const message = whyOf(thrown)
      owner.tell(`the output "${name}" failed: ${message}`)
      refuse({ request, response }, asFailure(thrown).status, message)
    }
  }

  async #send({ outputs }: OutputOwner, name: string, request: IncomingMessage): Promise<void> {
    const output = outputs.find((one) => one.name === name)
    if (!output) throw refusal('request', `there is no output "${name}"`)
    const bytes = await readBody(request, LARGEST_DATA_BYTES)
    const body = bytes && parse(bytes.toString())
    if (!isMap(body)) throw refusal('request', 'the body is not a JSON object')
    await this.#senders.send(output, messageOf(body))
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const METHODS: ReadonlySet<string | undefined> = new Set(['POST', 'PUT'])

function refuse({ request, response }: Wire, status: number, message: string): void {
  const text = JSON.stringify({ errorCode: 'ERR_INVOKE_OUTPUT_BINDING', message })
  response.writeHead(status, { 'content-type': 'application/json', ...closeUnlessRead(request) }).end(text)
}

function messageOf({ data, metadata }: Record<string, unknown>): { data: unknown; metadata: Record<string, unknown> } {
  const given = isMap(metadata) ? metadata : {}
  const isBytes = given['encoding'] === 'base64' && typeof data === 'string'
  return { data: isBytes ? Buffer.from(data, 'base64') : data, metadata: given }
}
