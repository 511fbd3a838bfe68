import { BINARY, type Case } from './case.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

export const bodies: readonly Case[] = [
  {
    name: 'a JSON body',
    handler: (ctx) => [ctx.body, ctx.request.body === ctx.req.body],
    request: {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: '{"a":[1,"\u00e9"]}',
    },
    sees: { body: [{ a: [1, '\u00e9'] }, true] },
  },
  {
    name: 'a body of a JSON type',
    handler: (ctx) => ctx.request.body,
    request: { method: 'POST', headers: { 'content-type': 'application/merge-patch+json' }, body: '{"a":1}' },
    sees: { body: { a: 1 } },
  },
  {
    name: "malformed JSON is the client's mistake",
    handler: (ctx) => ctx.request.body,
    request: { method: 'POST', headers: JSON_TYPE, body: '{"a":' },
    sees: { status: 400, body: 'the body is not valid JSON' },
  },
  {
    name: 'unless nobody asks',
    handler: () => 'fine',
    request: { method: 'POST', headers: JSON_TYPE, body: '{"a":' },
    sees: { status: 200, body: 'fine' },
  },
  {
    name: 'a form',
    handler: (ctx) => ctx.request.body,
    request: {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a=1&b=x+y&b=%C3%A9',
    },
    sees: { body: { a: '1', b: ['x y', '\u00e9'] } },
  },
  {
    name: 'a text in',
    handler: (ctx) => [typeof ctx.request.body, ctx.request.body],
    request: { method: 'PUT', headers: { 'content-type': 'text/markdown' }, body: '# \u00e9' },
    sees: { body: ['string', '# \u00e9'] },
  },
  {
    name: 'bytes in',
    handler: (ctx) => [
      ctx.request.body instanceof Uint8Array,
      Buffer.from(ctx.request.body as Uint8Array).toString('hex'),
    ],
    request: { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: BINARY },
    sees: { body: [true, Buffer.from(BINARY).toString('hex')] },
  },
  {
    name: 'bytes of no type',
    handler: (ctx) => [ctx.request.body instanceof Uint8Array, String(ctx.request.body)],
    request: { method: 'POST', body: 'abc' },
    sees: { body: [true, 'abc'] },
  },
  {
    name: 'multipart stays bytes',
    handler: (ctx) => String(ctx.request.body),
    request: {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\n\r\n1\r\n--x--',
    },
    sees: { body: '--x\r\n\r\n1\r\n--x--' },
  },
  {
    name: 'the body as it came',
    handler: (ctx) => [ctx.request.body, Buffer.from(ctx.request.rawBody).toString('utf8')],
    request: { method: 'POST', headers: JSON_TYPE, body: '{ "a": 1 }' },
    sees: { body: [{ a: 1 }, '{ "a": 1 }'] },
  },
  {
    name: 'no body at all',
    handler: (ctx) => [ctx.request.body === undefined, ctx.request.rawBody.length],
    request: { method: 'POST', headers: JSON_TYPE },
    sees: { body: [true, 0] },
  },
  ...['GET', 'PATCH', 'DELETE', 'OPTIONS'].map(
    (method): Case => ({
      name: `the body of ${method}`,
      handler: (ctx) => ctx.request.body,
      request: { method, headers: JSON_TYPE, body: '{"a":1}' },
      sees: { body: { a: 1 } },
    }),
  ),
  {
    name: 'a charset that nobody knows',
    handler: (ctx) => ctx.request.body,
    request: { method: 'POST', headers: { 'content-type': 'text/plain; charset=klingon' }, body: BINARY },
    sees: { status: 415 },
  },
  {
    name: 'a megabyte',
    handler: (ctx) => String((ctx.request.body as { a: string }).a.length),
    request: { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ a: 'x'.repeat(1_000_000) }) },
    sees: { body: '1000000' },
  },
]
