import { BINARY, type Case } from './case.ts'

const STATUSES = [200, 201, 202, 206, 400, 401, 403, 404, 409, 410, 418, 422, 429, 451, 500, 502, 503]

/** A status that a handler sets is what the client sees, and so is the body beside it. */
export const statuses: readonly Case[] = STATUSES.map((status) => ({
  name: `the status ${status}`,
  handler: (ctx) => {
    ctx.status = status
    return { status }
  },
  request: {},
  sees: { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: { status } },
}))

/** Every method reaches the handler, with the body that it brings. */
export const methods: readonly Case[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => ({
  name: `${method} with a body`,
  handler: (ctx) => [ctx.method, ctx.request.body],
  request: { method, headers: { 'content-type': 'application/json' }, body: '{"a":1}' },
  sees: { status: 200, body: [method, { a: 1 }] },
}))

const TYPES: readonly (readonly [string, string])[] = [
  ['text', 'text/plain; charset=utf-8'],
  ['html', 'text/html; charset=utf-8'],
  ['json', 'application/json; charset=utf-8'],
  ['xml', 'application/xml; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
  ['js', 'text/javascript; charset=utf-8'],
  ['csv', 'text/csv; charset=utf-8'],
  ['svg', 'image/svg+xml'],
  ['image/webp', 'image/webp'],
]

/** Short words for content types. */
export const types: readonly Case[] = TYPES.map(([word, type]) => ({
  name: `the type ${word}`,
  handler: (ctx) => {
    ctx.type = word
    return 'x'
  },
  request: {},
  sees: { headers: { 'content-type': type }, body: 'x' },
}))

const PATHS: readonly (readonly [string, string, Record<string, string>])[] = [
  ['/users/:id', '/users/42', { id: '42' }],
  ['/users/:id', '/users/42/', { id: '42' }],
  ['/:a/:b/:c', '/1/2/3', { a: '1', b: '2', c: '3' }],
  ['/files/*', '/files', { '*': '' }],
  ['/files/*', '/files/a/b/c.txt', { '*': 'a/b/c.txt' }],
  ['/:lang/docs/*', '/de/docs/x', { lang: 'de', '*': 'x' }],
  ['/:name', '/%E4%B8%AD%E6%96%87', { name: '\u4e2d\u6587' }],
  ['/:name', '/a+b', { name: 'a+b' }],
  ['/:name', '/a,b;c=d', { name: 'a,b;c=d' }],
]

/** What a route's path matches. */
export const paths: readonly Case[] = PATHS.map(([path, url, params]) => ({
  name: `${url} on ${path}`,
  path,
  handler: (ctx) => ctx.params,
  request: { url },
  sees: { body: params },
}))

const MEGABYTE = 1024 * 1024
const big = 'x'.repeat(MEGABYTE)
const bigBytes = Uint8Array.from({ length: MEGABYTE }, (_, index) => index % 251)
const multipart = [
  '--limit',
  'content-disposition: form-data; name="a"; filename="a.bin"',
  'content-type: application/octet-stream',
  '',
  '\u0000\u00ff',
  '--limit--',
  '',
].join('\r\n')

/** Bodies that are large, or of several parts. */
export const large: readonly Case[] = [
  {
    name: 'a megabyte of text in',
    handler: (ctx) => (ctx.request.body as string).length,
    request: { method: 'POST', headers: { 'content-type': 'text/plain' }, body: big },
    sees: { body: MEGABYTE },
  },
  {
    name: 'a megabyte of text out',
    handler: () => big,
    request: {},
    sees: { headers: { 'content-type': 'text/plain; charset=utf-8' }, body: big },
  },
  {
    name: 'a megabyte of bytes in',
    handler: (ctx) => Buffer.from(ctx.request.body as Uint8Array).equals(Buffer.from(bigBytes)),
    request: { method: 'POST', headers: { 'content-type': 'image/png' }, body: bigBytes },
    sees: { body: true },
  },
  {
    name: 'a megabyte of bytes out',
    handler: (ctx) => {
      ctx.type = 'png'
      return Buffer.from(bigBytes)
    },
    request: {},
    sees: { headers: { 'content-type': 'image/png' }, body: bigBytes },
  },
  {
    name: 'a multipart form, byte for byte',
    handler: (ctx) => {
      ctx.type = 'bin'
      return ctx.request.rawBody
    },
    request: {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=limit' },
      body: Buffer.from(multipart, 'latin1'),
    },
    sees: { body: new Uint8Array(Buffer.from(multipart, 'latin1')) },
  },
  {
    name: 'a hundred query keys and fifty headers',
    handler: (ctx) => [Object.keys(ctx.query).length, ctx.get('x-49')],
    request: {
      url: `/?${Array.from({ length: 100 }, (_, index) => `k${index}=${index}`).join('&')}`,
      headers: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`x-${index}`, `v${index}`])),
    },
    sees: { body: [100, 'v49'] },
  },
]

interface Res {
  status(code: number): Res
  json(body: unknown): void
  cookie(name: string, value: string): Res
  redirect(url: string): void
}

/** The other signatures. */
export const signatures: readonly Case[] = [
  {
    name: 'fetch with a body, headers and a query',
    signature: 'fetch',
    handler: {
      fetch: async (request) => {
        const { searchParams } = new URL(request.url)
        return Response.json([request.method, await request.json(), searchParams.get('q'), request.headers.get('x-a')])
      },
    },
    request: {
      method: 'PUT',
      url: '/?q=1',
      headers: { 'content-type': 'application/json', 'x-a': 'b' },
      body: '[1]',
    },
    sees: { status: 200, headers: { 'content-type': 'application/json' }, body: ['PUT', [1], '1', 'b'] },
  },
  {
    name: 'fetch with bytes both ways',
    signature: 'fetch',
    handler: {
      fetch: async (request) =>
        new Response(await request.arrayBuffer(), { headers: { 'content-type': 'application/octet-stream' } }),
    },
    request: { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: BINARY },
    sees: { body: BINARY },
  },
  {
    name: 'fetch that throws',
    signature: 'fetch',
    handler: { fetch: () => Promise.reject(new Error('secret')) },
    request: {},
    sees: { status: 500, body: 'Internal Server Error' },
  },
  {
    name: 'express with a status, a cookie and JSON',
    signature: 'express',
    handler: {
      express: (_req: never, res: never) => (res as Res).status(201).cookie('a', '1').json({ a: 1 }),
    },
    request: { method: 'POST' },
    sees: { status: 201, cookies: ['a=1; Path=/'], body: { a: 1 } },
  },
  {
    name: 'express that redirects',
    signature: 'express',
    handler: { express: (_req: never, res: never) => (res as Res).redirect('/b') },
    request: {},
    sees: { status: 302, headers: { location: '/b' } },
  },
  {
    name: 'express that passes on',
    signature: 'express',
    handler: { express: (_req, _res, next) => next() },
    request: {},
    sees: { status: 404 },
  },
  {
    name: 'a CloudEvent in the binary mode',
    signature: 'cloudevent',
    handler: { cloudevent: (event) => [event.id, event.source, event.type, event.data] },
    request: {
      method: 'POST',
      headers: {
        'ce-specversion': '1.0',
        'ce-id': '1',
        'ce-source': '/a%20b',
        'ce-type': 't',
        'content-type': 'application/json',
      },
      body: '{"a":1}',
    },
    sees: { body: ['1', '/a b', 't', { a: 1 }] },
  },
  {
    name: 'a CloudEvent in the structured mode',
    signature: 'cloudevent',
    handler: { cloudevent: (event) => [event.id, event.data] },
    request: {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
      body: '{"specversion":"1.0","id":"1","source":"/a","type":"t","data":[1]}',
    },
    sees: { body: ['1', [1]] },
  },
  {
    name: 'no CloudEvent where one has to be',
    signature: 'cloudevent',
    handler: { cloudevent: () => 'never' },
    request: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
    sees: { status: 400, body: 'the request is not a CloudEvent 1.0' },
  },
]
