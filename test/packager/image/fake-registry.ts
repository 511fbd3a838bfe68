import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
}

export interface FakeRegistry {
  readonly host: string
  readonly blobs: Map<string, Buffer>
  readonly manifests: Map<string, Buffer>
  readonly seen: Seen[]
  /** The connection of an upload breaks here, once. */
  breaksAtBytes: number
  close(): Promise<void>
}

/** What a test makes it do before it does its work; true when the answer is given. */
export type Mischief = (
  request: IncomingMessage,
  response: ServerResponse,
  registry: FakeRegistry,
) => boolean | Promise<boolean>

/** A registry of the distribution API in memory, that misbehaves when told to. */
export async function openRegistry(mischief: Mischief = () => false): Promise<FakeRegistry> {
  const uploads: Uploads = new Map()
  const blobs = new Map<string, Buffer>()
  const manifests = new Map<string, Buffer>()
  const seen: Seen[] = []
  const server: Server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://x')
    seen.push({ method: request.method ?? '', path: url.pathname + url.search, headers: request.headers })
    if (await mischief(request, response, registry)) return
    const [, name = '', kind, rest = ''] = PATHS.exec(url.pathname) ?? []
    const answer: Answer = (status, headers = {}, body = undefined) =>
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body)
    if (kind === 'blobs/uploads') await upload({ request, id: rest, url, name, answer, uploads, registry })
    else if (kind === 'blobs') readFrom(blobs.get(rest), rest, answer)
    else if (kind === 'manifests' && request.method === 'PUT') {
      manifests.set(rest, await buffer(request))
      answer(201)
    } else if (kind === 'manifests') readFrom(manifests.get(rest), digestOf(manifests.get(rest)), answer)
    else answer(404)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const registry: FakeRegistry = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs,
    manifests,
    seen,
    breaksAtBytes: Number.POSITIVE_INFINITY,
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  return registry
}

const PATHS = /^\/v2\/(.+?)\/(blobs\/uploads|blobs|manifests)\/(.*)$/

type Answer = (status: number, headers?: Record<string, string>, body?: Buffer) => unknown
type Uploads = Map<string, Buffer[]>

function readFrom(found: Buffer | undefined, digest: string, answer: Answer): void {
  if (!found) answer(404)
  else answer(200, { 'docker-content-digest': digest, 'content-length': String(found.length) }, found)
}

interface Uploading {
  readonly request: IncomingMessage
  readonly id: string
  readonly url: URL
  readonly name: string
  readonly answer: Answer
  readonly uploads: Uploads
  readonly registry: FakeRegistry
}

async function upload(given: Uploading): Promise<unknown> {
  const { request, id, url, name, answer, uploads, registry } = given
  const location = (which: string) => ({ location: `/v2/${name}/blobs/uploads/${which}` })
  if (request.method === 'POST') {
    const made = randomUUID()
    uploads.set(made, [])
    return answer(202, location(made))
  }
  const chunks = uploads.get(id)
  if (!chunks) return answer(404)
  if (request.method === 'PATCH' && !(await receive(chunks, given))) return undefined
  const size = chunks.reduce((sum, { length }) => sum + length, 0)
  if (request.method !== 'PUT') {
    return answer(request.method === 'GET' ? 204 : 202, { ...location(id), range: `0-${Math.max(0, size - 1)}` })
  }
  const digest = url.searchParams.get('digest') ?? ''
  const bytes = Buffer.concat(chunks)
  if (digestOf(bytes) !== digest) return answer(400)
  registry.blobs.set(digest, bytes)
  uploads.delete(id)
  return answer(201)
}

// What has come stays, also when the connection breaks.
async function receive(chunks: Buffer[], { request, registry }: Uploading): Promise<boolean> {
  let bytes = 0
  try {
    for await (const chunk of request) {
      chunks.push(chunk as Buffer)
      bytes += (chunk as Buffer).length
      if (bytes < registry.breaksAtBytes) continue
      registry.breaksAtBytes = Number.POSITIVE_INFINITY
      request.socket.destroy()
    }
    return true
  } catch {
    return false
  }
}

function digestOf(bytes: Buffer | undefined): string {
  return `sha256:${createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')}`
}
