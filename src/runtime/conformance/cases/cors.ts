import type { CorsRule } from '@anyfaas/runtime'
import type { Case } from './case.ts'

const rule: CorsRule = { origins: ['https://a.example'], credentials: true, exposeHeaders: ['x-a'], maxAgeSec: 60 }
const origin = { origin: 'https://a.example' }
const allowed = {
  'access-control-allow-origin': 'https://a.example',
  'access-control-allow-credentials': 'true',
  vary: 'Origin',
}

export const cors: readonly Case[] = [
  {
    name: 'an allowed origin',
    cors: rule,
    handler: () => 'ok',
    request: { headers: origin },
    sees: { status: 200, headers: { ...allowed, 'access-control-expose-headers': 'x-a' } },
  },
  {
    name: 'another origin',
    cors: rule,
    handler: () => 'ok',
    request: { headers: { origin: 'https://b.example' } },
    sees: { status: 200, headers: { 'access-control-allow-origin': undefined, vary: 'Origin' } },
  },
  {
    name: 'any origin',
    cors: { origins: ['*'] },
    handler: () => 'ok',
    request: { headers: origin },
    sees: { headers: { 'access-control-allow-origin': '*', vary: undefined } },
  },
  {
    name: 'any origin with credentials',
    cors: { origins: ['*'], credentials: true },
    handler: () => 'ok',
    request: { headers: origin },
    sees: { headers: allowed },
  },
  {
    name: 'on errors',
    cors: rule,
    handler: () => {
      throw new Error('x')
    },
    request: { headers: origin },
    sees: { status: 500, headers: allowed },
  },
  {
    name: 'on a wrong method',
    cors: rule,
    methods: ['GET'],
    handler: () => 'ok',
    request: { method: 'PUT', headers: origin },
    sees: { status: 405, headers: allowed },
  },
  {
    name: 'what the handler says itself stays',
    cors: rule,
    handler: (ctx) => {
      ctx.set('access-control-allow-origin', 'https://c.example')
      return 'ok'
    },
    request: { headers: origin },
    sees: { headers: { 'access-control-allow-origin': 'https://c.example' } },
  },
  {
    name: 'vary keeps what it has',
    cors: rule,
    handler: (ctx) => {
      ctx.set('vary', 'Accept')
      return 'ok'
    },
    request: { headers: origin },
    sees: { headers: { vary: 'Accept, Origin' } },
  },
  {
    name: 'a preflight request never reaches the handler',
    cors: rule,
    methods: ['PUT'],
    handler: () => 'not me',
    request: {
      method: 'OPTIONS',
      headers: {
        ...origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'x-b, content-type',
      },
    },
    sees: {
      status: 204,
      body: '',
      headers: {
        ...allowed,
        'access-control-allow-methods': 'PUT',
        'access-control-allow-headers': 'x-b, content-type',
        'access-control-max-age': '60',
      },
    },
  },
  {
    name: 'a preflight request of a stranger',
    cors: rule,
    handler: () => 'not me',
    request: { method: 'OPTIONS', headers: { origin: 'https://b.example', 'access-control-request-method': 'PUT' } },
    sees: {
      status: 204,
      headers: { 'access-control-allow-origin': undefined, 'access-control-allow-methods': undefined },
    },
  },
  {
    name: 'OPTIONS that is no preflight',
    cors: rule,
    handler: (ctx) => ctx.method,
    request: { method: 'OPTIONS', headers: origin },
    sees: { status: 200, body: 'OPTIONS' },
  },
  {
    name: 'a preflight request without a rule',
    handler: (ctx) => ctx.method,
    request: { method: 'OPTIONS', headers: { ...origin, 'access-control-request-method': 'PUT' } },
    sees: { status: 200, body: 'OPTIONS' },
  },
]
