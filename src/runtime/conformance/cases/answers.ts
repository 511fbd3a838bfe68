import type { Case } from './case.ts'

export const answers: readonly Case[] = [
  {
    name: 'status and headers',
    handler: (ctx) => {
      ctx.status = 418
      ctx.set({ 'X-A': 1, 'X-B': true })
      return 'tea'
    },
    request: {},
    sees: { status: 418, headers: { 'x-a': '1', 'x-b': 'true' }, body: 'tea' },
  },
  {
    name: 'a status without a body',
    handler: (ctx) => {
      ctx.status = 201
    },
    request: {},
    sees: { status: 201, body: '' },
  },
  {
    name: "a type of one's own",
    handler: (ctx) => {
      ctx.type = 'application/vnd.x+json'
      return { a: 1 }
    },
    request: {},
    sees: { headers: { 'content-type': 'application/vnd.x+json' }, body: { a: 1 } },
  },
  {
    name: 'append and remove',
    handler: (ctx) => {
      ctx.append('x-a', '1')
      ctx.append('X-A', ['2', '3'])
      ctx.set('x-b', '1')
      ctx.remove('X-B')
      return 'ok'
    },
    request: {},
    sees: { headers: { 'x-a': '1,2,3', 'x-b': undefined } },
  },
  {
    name: 'every cookie survives',
    handler: (ctx) => {
      ctx.cookies
        .set('a', 'x y', { maxAge: 60_000, secure: true, sameSite: 'lax' })
        .set('b', '2', { httpOnly: false, path: '/b', domain: 'example.com' })
      ctx.cookies.set('c', null)
      return 'ok'
    },
    request: {},
    sees: {
      cookies: [
        'a=x%20y; Max-Age=60; Path=/; SameSite=Lax; Secure; HttpOnly',
        'b=2; Domain=example.com; Path=/b',
        'c=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly',
      ],
    },
  },
  {
    name: 'one cookie',
    handler: (ctx) => {
      ctx.set('set-cookie', 'a=1')
      return 'ok'
    },
    request: {},
    sees: { cookies: ['a=1'] },
  },
  {
    name: 'a redirect',
    handler: (ctx) => ctx.redirect('/b\u00e9?x=%20 y'),
    request: {},
    sees: { status: 302, headers: { location: '/b%C3%A9?x=%20%20y' }, body: '' },
  },
  {
    name: 'a redirect with a status',
    handler: (ctx) => ctx.redirect('/b', 308),
    request: {},
    sees: { status: 308, headers: { location: '/b' } },
  },
  {
    name: "the length is the platform's to say",
    handler: (ctx) => {
      ctx.set('content-length', '1000')
      return 'short'
    },
    request: {},
    sees: { headers: { 'content-length': undefined }, body: 'short' },
  },
  {
    name: 'HEAD is answered by GET without its body',
    methods: ['GET'],
    handler: (ctx) => {
      ctx.set('x-a', '1')
      return 'body'
    },
    request: { method: 'HEAD' },
    sees: { status: 200, headers: { 'x-a': '1', 'content-type': 'text/plain; charset=utf-8' }, body: '' },
  },
]
