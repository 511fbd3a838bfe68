import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Request } from '../runtime/platforms.ts'

export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** What a listener does with a request, and the request. Node's own server says what the answer has to be. */
export interface Case {
  readonly name: string
  readonly listener: Listener
  readonly request?: Request
}

const BYTES = Buffer.from([0, 255, 128, 10, 13, 0])

export const cases: readonly Case[] = [
  { name: 'end with a text', listener: (_, res) => res.end('hello') },
  { name: 'end with nothing', listener: (_, res) => res.end() },
  { name: 'a status without a body', listener: (_, res) => res.writeHead(204).end() },
  { name: '304', listener: (_, res) => res.writeHead(304, { etag: '"a"' }).end() },
  { name: 'bytes', listener: (_, res) => res.setHeader('content-type', 'image/png').end(BYTES) },
  {
    name: 'writeHead with a list',
    listener: (_, res) => res.writeHead(201, ['x-a', '1', 'x-b', '2', 'content-type', 'text/plain']).end('x'),
  },
  {
    name: 'writeHead with a reason and headers beside set ones',
    listener: (_, res) =>
      res
        .setHeader('x-a', '1')
        .writeHead(418, 'Teapot', { 'x-b': ['2', '3'] })
        .end('x'),
  },
  { name: 'appended headers', listener: (_, res) => res.appendHeader('vary', 'a').appendHeader('vary', 'b').end('x') },
  {
    name: 'several cookies',
    listener: (_, res) => res.setHeader('set-cookie', ['a=1; Path=/', 'b=2; HttpOnly']).end('x'),
  },
  {
    name: 'chunks of several encodings',
    listener: (_, res) => {
      res.setHeader('content-type', 'application/x-thing')
      res.write('€')
      res.write('e282ac', 'hex')
      res.write(Buffer.from('x'))
      res.end('ÿ', 'latin1')
    },
  },
  {
    name: 'trailers',
    listener: (_, res) => {
      res.setHeader('trailer', 'x-sum')
      res.write('a')
      res.addTrailers({ 'x-sum': '1' })
      res.end('b')
    },
  },
  {
    name: 'framing by hand',
    listener: (_, res) => {
      res.setHeader('transfer-encoding', 'chunked')
      res.write('a')
      res.end('b')
    },
  },
  {
    name: 'flushed headers before a late body',
    listener: (_, res) => {
      res.setHeader('x-early', 'yes')
      res.flushHeaders()
      setTimeout(() => res.end('late'), 5)
    },
  },
  {
    name: 'parts over time',
    listener: (_, res) => {
      res.write('a')
      setTimeout(() => res.write('b', () => setTimeout(() => res.end('c'), 2)), 2)
    },
  },
  {
    name: 'a large stream that waits for its reader',
    listener: (_, res) => {
      const parts = Array.from({ length: 200 }, (__, index) => Buffer.alloc(9001, index))
      pipeline(Readable.from(parts), res, () => undefined)
    },
  },
  {
    name: 'a pipe after a write that filled the buffer',
    listener: (_, res) => {
      res.write(Buffer.alloc(200_000, 1))
      res.once('drain', () => Readable.from([Buffer.alloc(200_000, 2), Buffer.alloc(10, 3)]).pipe(res))
    },
  },
  {
    name: 'a compressed answer',
    listener: (_, res) => {
      res.setHeader('content-encoding', 'gzip')
      pipeline(Readable.from(['hello '.repeat(1000)]), createGzip(), res, () => undefined)
    },
  },
  {
    name: 'echo by events',
    listener: (req, res) => {
      const chunks: Buffer[] = []
      req.on('data', (chunk: Buffer) => chunks.push(chunk))
      req.on('end', () => res.end(Buffer.concat(chunks)))
    },
    request: { method: 'POST', body: BYTES, headers: { 'content-type': 'application/octet-stream' } },
  },
  {
    name: 'echo by a pipe',
    listener: (req, res) => req.pipe(res),
    request: { method: 'PUT', body: Buffer.alloc(300_000, 7), headers: { 'content-type': 'image/png' } },
  },
  {
    name: 'echo by iteration',
    listener: async (req, res) => {
      for await (const chunk of req) res.write(chunk)
      res.end()
    },
    request: { method: 'PATCH', body: '{"a":"€"}', headers: { 'content-type': 'application/json' } },
  },
  {
    name: 'what the request says of itself',
    listener: (req, res) => {
      const { method, url, httpVersion, complete, headers, headersDistinct, rawHeaders } = req
      const raw = rawHeaders.filter((_, index) => rawHeaders[index - (index % 2)]?.toLowerCase() === 'x-many')
      const seen = {
        method,
        url,
        httpVersion,
        complete,
        many: headers['x-many'],
        distinct: headersDistinct['x-many'],
        raw,
      }
      req
        .resume()
        .on('end', () => res.end(JSON.stringify({ ...seen, after: req.complete, type: headers['content-type'] })))
    },
    request: {
      method: 'POST',
      url: '/a%20b/?x=1&y=2',
      body: 'x',
      headers: { 'x-many': 'a', 'content-type': 'text/plain' },
    },
  },
  {
    name: 'events in their order',
    listener: (req, res) => {
      const seen: string[] = []
      const note = (name: string) => () => void seen.push(name)
      req.on('end', note('req end')).on('close', note('req close'))
      res.on('prefinish', note('prefinish'))
      req.resume()
      req.once('close', () => res.end(seen.join()))
    },
    request: { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } },
  },
  {
    name: 'state after the end',
    listener: (_, res) => {
      const before = [res.headersSent, res.writableEnded, res.writableFinished, res.finished]
      res.write(JSON.stringify(before))
      res.end(JSON.stringify([res.headersSent, res.writableEnded]))
    },
  },
  {
    name: 'HEAD',
    listener: (_, res) => res.setHeader('content-type', 'text/x-a').end('body'),
    request: { method: 'HEAD' },
  },
  {
    name: 'DELETE with a body',
    listener: (req, res) => req.pipe(res),
    request: { method: 'DELETE', body: 'gone', headers: { 'content-type': 'text/plain' } },
  },
  { name: 'OPTIONS', listener: (_, res) => res.writeHead(200, { allow: 'GET' }).end(), request: { method: 'OPTIONS' } },
]
