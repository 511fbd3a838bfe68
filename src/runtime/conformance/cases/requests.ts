import type { Case } from './case.ts'

export const requests: readonly Case[] = [
  {
    name: 'method, path and query',
    handler: ({ method, path, url, originalUrl, query }) => ({ method, path, url, originalUrl, query }),
    request: { method: 'POST', url: '/a/b?x=1&y=%C3%A9&z=' },
    sees: {
      body: {
        method: 'POST',
        path: '/a/b',
        url: '/a/b?x=1&y=%C3%A9&z=',
        originalUrl: '/a/b?x=1&y=%C3%A9&z=',
        query: { x: '1', y: '\u00e9', z: '' },
      },
    },
  },
  {
    name: 'a plus in a query is a space, an escaped one is none',
    handler: (ctx) => ctx.query,
    request: { url: '/?a=1+2&b=1%2B2&c=%26%3D' },
    sees: { body: { a: '1 2', b: '1+2', c: '&=' } },
  },
  {
    name: 'a repeated query key is a list',
    handler: (ctx) => ({ v: ctx.query['a'] }),
    request: { url: '/?a=1&a=2' },
    sees: { body: { v: ['1', '2'] } },
  },
  {
    name: 'hostile query keys are keys like others',
    handler: ({ query }) => ({
      keys: Object.keys(query).sort(),
      inherits: 'valueOf' in query,
      text: query['toString'],
    }),
    request: { url: '/?constructor=1&__proto__=2&toString=3' },
    sees: { body: { keys: ['__proto__', 'constructor', 'toString'], inherits: false, text: '3' } },
  },
  {
    name: 'parameters are decoded',
    path: '/users/:id/files/*',
    handler: (ctx) => ctx.params,
    request: { url: '/users/J%C3%BCrgen%20A/files/x/y%20z' },
    sees: { body: { id: 'J\u00fcrgen A', '*': 'x/y z' } },
  },
  {
    name: 'an escaped slash stays in its segment',
    path: '/:a/*',
    handler: (ctx) => ctx.params,
    request: { url: '/x%2Fy/z' },
    sees: { body: { a: 'x/y', '*': 'z' } },
  },
  {
    name: 'an escaped question mark and per cent are part of the path',
    path: '/:a',
    handler: (ctx) => [ctx.params['a'], ctx.path, ctx.query],
    request: { url: '/50%25%3F?q=1' },
    sees: { body: ['50%?', '/50%25%3F', { q: '1' }] },
  },
  {
    name: 'headers in any case, repeated ones joined',
    handler: (ctx) => [ctx.get('X-Many'), ctx.headers['x-many'], ctx.get('absent') ?? null],
    request: {
      headers: [
        ['X-Many', 'a'],
        ['x-many', 'b'],
      ],
    },
    sees: { body: ['a,b', 'a,b', null] },
  },
  {
    name: 'cookies of the request',
    handler: (ctx) => [
      ctx.cookies.get('a'),
      ctx.cookies.get('b'),
      ctx.get('cookie'),
      ctx.cookies.get('constructor') ?? null,
    ],
    request: { headers: { cookie: 'a=1; b=x%20y; a=2' } },
    sees: { body: ['1', 'x y', 'a=1; b=x%20y; a=2', null] },
  },
  {
    name: 'host and hostname',
    handler: (ctx) => [ctx.host, ctx.hostname],
    request: { headers: { host: 'example.com:8080' } },
    sees: { body: ['example.com:8080', 'example.com'] },
  },
  { name: "the client's address", handler: (ctx) => ctx.ip, request: {}, sees: { body: '127.0.0.1' } },
  {
    name: 'is and accepts',
    handler: (ctx) => [
      ctx.is('json', 'html'),
      ctx.is('html'),
      ctx.is(),
      ctx.accepts('json', 'html'),
      ctx.accepts('png'),
      ctx.accepts(),
    ],
    request: {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json; charset=utf-8', accept: 'text/html, application/json;q=0.5' },
    },
    sees: { body: ['json', false, 'application/json', 'html', false, ['text/html', 'application/json']] },
  },
  {
    name: 'request and response stand under both names',
    handler: (ctx) => [ctx.req === ctx.request, ctx.res === ctx.response, ctx.req.method, ctx.response.status],
    request: {},
    sees: { body: [true, true, 'GET', 200] },
  },
]
