import { Readable } from 'node:stream'
import { BINARY, type Case } from './case.ts'

export const results: readonly Case[] = [
  {
    name: 'a text',
    handler: () => 'hello',
    request: {},
    sees: { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'hello' },
  },
  {
    name: 'HTML',
    handler: () => '  <p>hi',
    request: {},
    sees: { headers: { 'content-type': 'text/html; charset=utf-8' }, body: '  <p>hi' },
  },
  {
    name: 'text beyond ASCII',
    handler: () => '\u00e9\u4e2d\ud83d\ude00',
    request: {},
    sees: { body: '\u00e9\u4e2d\ud83d\ude00' },
  },
  {
    name: 'an object',
    handler: () => ({ a: 1 }),
    request: {},
    sees: { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: { a: 1 } },
  },
  { name: 'a list', handler: () => [1, 2], request: {}, sees: { body: [1, 2] } },
  { name: 'an empty text is an answer', handler: () => '', request: {}, sees: { status: 200, body: '' } },
  {
    name: 'zero is an answer',
    handler: () => 0,
    request: {},
    sees: { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: '0' },
  },
  { name: 'false is an answer', handler: () => false, request: {}, sees: { status: 200, body: 'false' } },
  {
    name: 'null is no content',
    handler: (ctx) => {
      ctx.body = 'before'
      return null
    },
    request: {},
    sees: { status: 204, body: '', headers: { 'content-type': undefined } },
  },
  { name: 'nothing at all is no content', handler: () => undefined, request: {}, sees: { status: 204, body: '' } },
  {
    name: 'nothing leaves ctx.body',
    handler: (ctx) => {
      ctx.body = { kept: true }
    },
    request: {},
    sees: { status: 200, body: { kept: true } },
  },
  {
    name: 'what is returned wins over ctx.body',
    handler: (ctx) => {
      ctx.body = 'a'
      return 'b'
    },
    request: {},
    sees: { body: 'b' },
  },
  {
    name: 'ctx.body of an async handler',
    handler: async (ctx) => {
      ctx.body = await Promise.resolve('later')
    },
    request: {},
    sees: { body: 'later' },
  },
  {
    name: 'bytes',
    handler: () => BINARY,
    request: {},
    sees: { headers: { 'content-type': 'application/octet-stream' }, body: BINARY },
  },
  {
    name: 'a Buffer with a type',
    handler: (ctx) => {
      ctx.type = 'png'
      return Buffer.from(BINARY)
    },
    request: {},
    sees: { headers: { 'content-type': 'image/png' }, body: BINARY },
  },
  { name: 'an ArrayBuffer', handler: () => BINARY.buffer, request: {}, sees: { body: BINARY } },
  { name: 'a view of other numbers', handler: () => new Uint16Array([0x4142]), request: {}, sees: { body: 'BA' } },
  {
    name: 'bytes that are text',
    handler: (ctx) => {
      ctx.type = 'text'
      return Buffer.from('\u00e9')
    },
    request: {},
    sees: { body: '\u00e9' },
  },
  {
    name: 'bytes that only say that they are text',
    handler: (ctx) => {
      ctx.type = 'text'
      return BINARY
    },
    request: {},
    sees: { body: BINARY },
  },
  {
    name: 'text in bytes that are compressed stay bytes',
    handler: (ctx) => {
      ctx.set('content-encoding', 'br')
      ctx.type = 'text'
      return Buffer.from('abc')
    },
    request: {},
    sees: { body: 'abc' },
  },
  {
    name: 'a web stream',
    handler: () => new Blob(['one', 'two']).stream(),
    request: {},
    sees: { headers: { 'content-type': 'application/octet-stream' }, body: 'onetwo' },
  },
  {
    name: 'a Node stream',
    handler: (ctx) => {
      ctx.type = 'text'
      return Readable.from(['one', Buffer.from('two')])
    },
    request: {},
    sees: { headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'onetwo' },
  },
  {
    name: 'a generator',
    handler: async function* () {
      yield 'one'
      yield new TextEncoder().encode('two')
    },
    request: {},
    sees: { body: 'onetwo' },
  },
  {
    name: 'a Blob',
    handler: () => new Blob([BINARY], { type: 'image/gif' }),
    request: {},
    sees: { headers: { 'content-type': 'image/gif' }, body: BINARY },
  },
  {
    name: 'a Response as it is',
    handler: (ctx) => {
      ctx.cookies.set('a', '1')
      ctx.set('x-before', 'kept')
      const headers = new Headers({ 'content-type': 'text/csv', 'x-own': '1' })
      headers.append('set-cookie', 'b=2; Path=/')
      headers.append('set-cookie', 'c=3; Expires=Thu, 01 Jan 2026 00:00:00 GMT')
      return new Response('a,b', { status: 201, headers })
    },
    request: {},
    sees: {
      status: 201,
      headers: { 'content-type': 'text/csv', 'x-own': '1', 'x-before': 'kept' },
      cookies: ['a=1; Path=/; HttpOnly', 'b=2; Path=/', 'c=3; Expires=Thu, 01 Jan 2026 00:00:00 GMT'],
      body: 'a,b',
    },
  },
  {
    name: 'Response.json in ctx.body',
    handler: (ctx) => {
      ctx.body = Response.json({ a: 1 })
    },
    request: {},
    sees: { headers: { 'content-type': 'application/json' }, body: { a: 1 } },
  },
  {
    name: 'a Response without a body',
    handler: () => new Response(null, { status: 304 }),
    request: {},
    sees: { status: 304, body: '' },
  },
]
