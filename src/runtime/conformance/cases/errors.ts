import { Readable } from 'node:stream'
import type { Case } from './case.ts'

export const errors: readonly Case[] = [
  {
    name: 'an error',
    handler: () => {
      throw new Error('secret')
    },
    request: {},
    sees: { status: 500, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Internal Server Error' },
  },
  {
    name: 'a rejection',
    handler: async () => {
      throw new Error('secret')
    },
    request: {},
    sees: { status: 500, body: 'Internal Server Error' },
  },
  {
    name: 'headers set so far are kept',
    handler: (ctx) => {
      ctx.set('x-a', '1')
      ctx.cookies.set('s', '1')
      ctx.type = 'html'
      throw new Error('secret')
    },
    request: {},
    sees: {
      status: 500,
      headers: { 'x-a': '1', 'content-type': 'text/plain; charset=utf-8' },
      cookies: ['s=1; Path=/; HttpOnly'],
    },
  },
  {
    name: 'an error with a status',
    handler: () => {
      throw Object.assign(new Error('no such user'), { status: 404 })
    },
    request: {},
    sees: { status: 404, body: 'no such user' },
  },
  {
    name: 'an error with a status of its own and a message that is not for the client',
    handler: () => {
      throw Object.assign(new Error('secret'), { statusCode: 503 })
    },
    request: {},
    sees: { status: 503, body: 'Service Unavailable' },
  },
  {
    name: 'ctx.throw',
    handler: (ctx) => ctx.throw(403, 'not yours', { code: 'E' }),
    request: {},
    sees: { status: 403, body: 'not yours' },
  },
  {
    name: 'an error with a status that is none',
    handler: () => {
      throw Object.assign(new Error('secret'), { status: 200 })
    },
    request: {},
    sees: { status: 500 },
  },
  {
    name: 'something else than an error',
    handler: () => {
      throw 'secret'
    },
    request: {},
    sees: { status: 500, body: 'Internal Server Error' },
  },
  { name: 'nothing as an error', handler: async () => Promise.reject(undefined), request: {}, sees: { status: 500 } },
  {
    name: 'a body in a circle',
    handler: () => {
      const a: Record<string, unknown> = {}
      a['a'] = a
      return a
    },
    request: {},
    sees: { status: 500 },
  },
  { name: 'a body that is none', handler: () => () => 1, request: {}, sees: { status: 500 } },
  {
    name: 'a header that would be two',
    handler: (ctx) => {
      ctx.set('x-a', 'a\r\nset-cookie: b=1')
      return 'ok'
    },
    request: {},
    sees: { status: 500, headers: { 'x-a': undefined }, cookies: [] },
  },
  {
    name: 'a status that is none',
    handler: (ctx) => {
      ctx.status = 99
      return 'ok'
    },
    request: {},
    sees: { status: 500 },
  },
  {
    name: 'a broken escape in the path',
    path: '/:id',
    handler: () => 'ok',
    request: { url: '/%zz' },
    sees: { status: 400 },
  },
  {
    name: 'an unknown path',
    path: '/a',
    handler: () => 'ok',
    request: { url: '/b' },
    sees: { status: 404, body: 'Not Found' },
  },
  {
    name: 'a wrong method',
    path: '/a',
    methods: ['GET', 'POST'],
    handler: () => 'ok',
    request: { method: 'DELETE', url: '/a' },
    sees: { status: 405, headers: { allow: 'GET, POST, HEAD' } },
  },
  {
    name: 'a stream that breaks before its first chunk',
    handler: () =>
      new Readable({
        read() {
          this.destroy(new Error('secret'))
        },
      }),
    request: {},
    sees: { status: 500 },
  },
]
