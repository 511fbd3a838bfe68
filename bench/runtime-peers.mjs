// The libraries that the runtime is measured beside, installed into a folder that is removed, or into PEERS when that is set.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const WANTED = {
  '@fastify/aws-lambda': '6',
  '@midwayjs/serverless-fc-starter': '3',
  express: '5',
  fastify: '5',
  'find-my-way': '9',
  hono: '4',
  'serverless-http': '4',
}

/** Calls `use(require, folder)` with a `require` that finds the peers, and where they are. */
export async function withPeers(use) {
  const kept = process.env.PEERS
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'sls-peers-'))
  try {
    if (!existsSync(join(folder, 'node_modules/hono'))) {
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: WANTED }))
      execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
        cwd: folder,
      })
    }
    return await use(createRequire(join(folder, 'x.cjs')), folder)
  } finally {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

/** What an artifact of midway exports, as its starter's own page writes it, with the handler that answers `{ id }`. */
export async function midway(require) {
  const { asyncWrapper, start } = require('@midwayjs/serverless-fc-starter')
  const runtime = await start({ layers: [] })
  const handler = async () => ({ id: '42' })
  return asyncWrapper(async (...args) => runtime.asyncEvent(handler)(...args))
}

/** An adapter of a web framework for Lambda, with a route that answers `{ id }`. */
export function adapter(require, name) {
  return ADAPTERS[name](require)
}

const ADAPTERS = {
  hono: (require) => {
    const { Hono } = require('hono')
    const app = new Hono()
    app.get('/users/:id', (c) => c.json({ id: c.req.param('id') }))
    return require('hono/aws-lambda').handle(app)
  },
  fastify: (require) => {
    const app = require('fastify')()
    app.get('/users/:id', async (request) => ({ id: request.params.id }))
    const onLambda = require('@fastify/aws-lambda')
    return (onLambda.default ?? onLambda)(app)
  },
  express: (require) => {
    const app = require('express')()
    app.get('/users/:id', (request, response) => response.json({ id: request.params.id }))
    return require('serverless-http')(app)
  },
}
