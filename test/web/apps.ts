/** An application in the shape of its framework's own examples. All of them answer the same requests. */
export interface AppFixture {
  readonly name: string
  readonly framework: string
  readonly judge: 'web' | 'express4'
  readonly dependencies: readonly string[]
  /** More keys of its package.json. */
  readonly manifest?: object
  readonly files: Readonly<Record<string, string>>
}

const EXPRESS_ROUTES = `
app.get('/', (req, res) => { res.send('Hello World!') })
app.post('/json', express.json(), (req, res) => { res.status(201).json({ got: req.body }) })
app.post('/bytes', express.raw({ type: '*/*' }), (req, res) => { res.type('image/png').send(req.body) })
app.post('/upload', upload.single('file'), (req, res) => { res.json({ name: req.file.originalname, size: req.file.size, title: req.body.title }) })
app.get('/stream', (req, res) => {
  res.type('text/plain')
  res.write('a')
  setTimeout(() => { res.write('b'); setTimeout(() => res.end('c'), 2) }, 2)
})
app.get('/cookies', (req, res) => { res.cookie('a', '1'); res.cookie('b', '2'); res.send('ok') })
app.get('/fail', () => { throw new Error('on purpose') })
`

const KOA_ROUTES = `
app.use(async (ctx) => {
  const chunks = []
  for await (const chunk of ctx.req) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  if (ctx.path === '/json') { ctx.status = 201; ctx.body = { got: JSON.parse(body) } }
  else if (ctx.path === '/bytes') { ctx.type = 'image/png'; ctx.body = body }
  else if (ctx.path === '/stream') { ctx.type = 'text/plain'; ctx.body = Readable.from(['a', 'b', 'c']) }
  else if (ctx.path === '/cookies') { ctx.cookies.set('a', '1'); ctx.cookies.set('b', '2'); ctx.body = 'ok' }
  else if (ctx.path === '/fail') throw new Error('on purpose')
  else ctx.body = 'Hello World!'
})
`

const HONO_ROUTES = `
app.get('/', (c) => c.text('Hello World!'))
app.post('/json', async (c) => c.json({ got: await c.req.json() }, 201))
app.post('/bytes', async (c) => c.body(await c.req.arrayBuffer(), 200, { 'content-type': 'image/png' }))
app.get('/stream', (c) => streamText(c, async (stream) => { for (const part of ['a', 'b', 'c']) await stream.write(part) }))
app.get('/cookies', (c) => { setCookie(c, 'a', '1'); setCookie(c, 'b', '2'); return c.text('ok') })
app.get('/fail', () => { throw new Error('on purpose') })
`

const HONO_IMPORTS = `
import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { streamText } from 'hono/streaming'
`

// What the compiler makes of the starter's TypeScript.
const NEST_MAIN = `
'use strict'
var decorate = function (decorators, target, key, desc) {
  var result = key === undefined ? target : (desc = Object.getOwnPropertyDescriptor(target, key))
  for (var i = decorators.length - 1; i >= 0; i--) result = (key === undefined ? decorators[i](result) : decorators[i](target, key, result)) || result
  if (key !== undefined) Object.defineProperty(target, key, result)
  return result
}
var param = function (index, decorator) { return function (target, key) { decorator(target, key, index) } }
require('reflect-metadata')
const core_1 = require('@nestjs/core')
const common_1 = require('@nestjs/common')
const node_stream_1 = require('node:stream')
let AppService = class AppService { getHello() { return 'Hello World!' } }
AppService = decorate([(0, common_1.Injectable)()], AppService)
let AppController = class AppController {
  constructor(appService) { this.appService = appService }
  getHello() { return this.appService.getHello() }
  json(body) { return { got: body } }
  bytes(req, res) { res.header('content-type', 'image/png'); req.pipe(res) }
  stream() { return new common_1.StreamableFile(node_stream_1.Readable.from(['a', 'b', 'c'].map(Buffer.from)), { type: 'text/plain' }) }
  cookies(res) { res.cookie('a', '1'); res.cookie('b', '2'); return 'ok' }
  fail() { throw new Error('on purpose') }
}
decorate([(0, common_1.Get)()], AppController.prototype, 'getHello')
decorate([(0, common_1.Post)('json'), param(0, (0, common_1.Body)())], AppController.prototype, 'json')
decorate([(0, common_1.Post)('bytes'), param(0, (0, common_1.Req)()), param(1, (0, common_1.Res)())], AppController.prototype, 'bytes')
decorate([(0, common_1.Get)('stream')], AppController.prototype, 'stream')
decorate([(0, common_1.Get)('cookies'), param(0, (0, common_1.Res)({ passthrough: true }))], AppController.prototype, 'cookies')
decorate([(0, common_1.Get)('fail')], AppController.prototype, 'fail')
AppController = decorate([(0, common_1.Controller)(), Reflect.metadata('design:paramtypes', [AppService])], AppController)
let AppModule = class AppModule {}
AppModule = decorate([(0, common_1.Module)({ controllers: [AppController], providers: [AppService] })], AppModule)
async function bootstrap() {
  const app = await core_1.NestFactory.create(AppModule)
  await app.listen(process.env.PORT ?? 3000)
}
bootstrap()
`

export const fixtures: readonly AppFixture[] = [
  {
    name: 'Express 5 that listens',
    framework: 'express',
    judge: 'web',
    dependencies: ['express', 'multer'],
    files: {
      'app.js': `
const express = require('express')
const multer = require('multer')
const upload = multer({ storage: multer.memoryStorage() })
const app = express()
const port = 3000
${EXPRESS_ROUTES}
app.listen(port, () => { console.log('Example app listening on port', port) })
`,
    },
  },
  {
    name: "Express 4 by the generator's layout",
    framework: 'express',
    judge: 'express4',
    dependencies: ['express', 'multer', 'cookie-parser', 'morgan'],
    manifest: { scripts: { start: 'node ./bin/www' } },
    files: {
      'bin/www': `#!/usr/bin/env node
var app = require('../app')
var http = require('http')
app.set('port', 3000)
var server = http.createServer(app)
server.listen(3000)
server.on('listening', () => console.log('Listening on', server.address().port))
`,
      'app.js': `
var express = require('express')
var path = require('path')
var upload = require('multer')({ storage: require('multer').memoryStorage() })
var app = express()
app.use(require('morgan')('dev'))
app.use(require('cookie-parser')())
app.use(express.static(path.join(__dirname, 'public')))
${EXPRESS_ROUTES}
module.exports = app
`,
      'public/style.css': 'body {}',
    },
  },
  {
    name: 'Express in TypeScript',
    framework: 'express',
    judge: 'web',
    dependencies: ['express', 'multer'],
    manifest: { type: 'module' },
    files: {
      'src/server.ts': `
import express, { type Express } from 'express'
import multer from 'multer'
const upload = multer({ storage: multer.memoryStorage() })
export const app: Express = express()
${EXPRESS_ROUTES.replaceAll('(req, res)', '(req: any, res: any)')}
await Promise.resolve()
`,
    },
  },
  {
    name: 'Koa that exports itself',
    framework: 'koa',
    judge: 'web',
    dependencies: ['koa'],
    files: {
      'index.js': `
'use strict'
const { Readable } = require('node:stream')
const Koa = require('koa')
const app = (module.exports = new Koa())
app.silent = true
${KOA_ROUTES}
if (!module.parent) app.listen(3000)
`,
    },
  },
  {
    name: 'Koa made by an asynchronous function',
    framework: 'koa',
    judge: 'web',
    dependencies: ['koa'],
    manifest: { main: 'lib/start.js' },
    files: {
      'lib/start.js': `
const { Readable } = require('node:stream')
const Koa = require('koa')
module.exports = async () => {
  const app = new Koa()
  app.silent = true
  ${KOA_ROUTES}
  await new Promise((done) => setTimeout(done, 5))
  return app
}
`,
    },
  },
  {
    name: 'Egg',
    framework: 'egg',
    judge: 'web',
    dependencies: ['egg'],
    manifest: { egg: {} },
    files: {
      'app/router.js': `
'use strict'
module.exports = (app) => {
  const { router, controller } = app
  router.get('/', controller.home.index)
  router.post('/json', controller.home.json)
  router.post('/bytes', controller.home.bytes)
  router.get('/stream', controller.home.stream)
  router.get('/cookies', controller.home.cookies)
  router.get('/fail', controller.home.fail)
}
`,
      'app/controller/home.js': `
'use strict'
const { Readable } = require('stream')
const { Controller } = require('egg')
module.exports = class HomeController extends Controller {
  async index() { this.ctx.body = 'Hello World!' }
  async json() { this.ctx.status = 201; this.ctx.body = { got: this.ctx.request.body } }
  async bytes() { this.ctx.type = 'image/png'; this.ctx.body = this.ctx.req }
  async stream() { this.ctx.type = 'text/plain'; this.ctx.body = Readable.from(['a', 'b', 'c']) }
  async cookies() { this.ctx.cookies.set('a', '1'); this.ctx.cookies.set('b', '2'); this.ctx.body = 'ok' }
  async fail() { throw new Error('on purpose') }
}
`,
      'config/config.default.js': `
'use strict'
module.exports = (appInfo) => ({ keys: appInfo.name + '_1', security: { csrf: { enable: false } } })
`,
    },
  },
  {
    name: 'Fastify that listens and waits for it',
    framework: 'fastify',
    judge: 'web',
    dependencies: ['fastify'],
    manifest: { type: 'module' },
    files: {
      'server.js': `
import { Readable } from 'node:stream'
import Fastify from 'fastify'
const fastify = Fastify({ logger: false })
fastify.addContentTypeParser('image/png', { parseAs: 'buffer' }, (request, body, done) => done(null, body))
fastify.get('/', async () => 'Hello World!')
fastify.post('/json', async (request, reply) => reply.code(201).send({ got: request.body }))
fastify.post('/bytes', async (request, reply) => reply.type('image/png').send(request.body))
fastify.get('/stream', (request, reply) => reply.type('text/plain').send(Readable.from(['a', 'b', 'c'])))
fastify.get('/cookies', async (request, reply) => reply.header('set-cookie', ['a=1; path=/', 'b=2; path=/']).send('ok'))
fastify.get('/fail', async () => { throw new Error('on purpose') })
try {
  await fastify.listen({ port: 3000 })
} catch (err) {
  fastify.log.error(err)
  process.exit(1)
}
`,
    },
  },
  {
    name: 'Hono on its Node server, in TypeScript',
    framework: 'hono',
    judge: 'web',
    dependencies: ['hono', '@hono/node-server'],
    manifest: { type: 'module' },
    files: {
      'src/index.ts': `
import { serve } from '@hono/node-server'
${HONO_IMPORTS}
const app = new Hono()
${HONO_ROUTES}
serve({ fetch: app.fetch, port: 3000 }, (info) => { console.log('Server is running on', info.port) })
`,
    },
  },
  {
    name: 'Hono that exports itself',
    framework: 'hono',
    judge: 'web',
    dependencies: ['hono'],
    manifest: { type: 'module' },
    files: { 'index.mjs': `${HONO_IMPORTS}\nconst app = new Hono()\n${HONO_ROUTES}\nexport default app\n` },
  },
  {
    name: 'Nest, compiled',
    framework: 'nest',
    judge: 'web',
    dependencies: ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', 'reflect-metadata', 'rxjs'],
    manifest: { scripts: { start: 'nest start', 'start:prod': 'node dist/main' } },
    files: { 'dist/main.js': NEST_MAIN, 'src/main.ts': 'throw new Error("the compiled one goes first")' },
  },
]
