import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import { fromManifest } from '../../src/runtime/server/index.ts'
import type { Member } from '../../src/runtime/src/index.ts'
import { ask, cleanServers, start } from './asking.ts'

cleanServers()

describe('a raw handler', () => {
  type Listener = (request: IncomingMessage, response: ServerResponse, next?: () => void) => unknown
  const serving = (raw: Listener, timeoutSec = 30) => {
    const route = (path: string) => [{ path, methods: [] }]
    const base = { handler: 'handler', triggers: [], timeoutSec }
    const members: Member[] = [
      { ...base, name: 'raw', signature: 'raw', routes: route('/raw') },
      { ...base, name: 'other', signature: 'context', routes: route('/*') },
    ]
    const manifest = { service: 's', stage: 'dev', provider: 'any', function: 'all', members }
    const loaders = { raw: { handler: async () => ({ handler: raw }) }, other: { handler: async () => OTHER } }
    return start(fromManifest(manifest, loaders))
  }
  const OTHER = { handler: () => 'other' }
  const headers = [['x-fc-request-id', 'request-7']] as const
  const errors = () => vi.mocked(process.stderr.write).mock.calls.map(([line]) => String(line))

  it.each<[string, Listener]>([
    [
      'throws',
      () => {
        throw new RangeError('on purpose')
      },
    ],
    ['rejects', async () => Promise.reject(new RangeError('on purpose'))],
  ])('that %s is a 500 and a line in the log, and the next call is answered', async (_, raw) => {
    const port = await serving(raw)
    const answer = await ask(port, { path: '/raw', headers, body: 'x' })
    expect(answer).toMatchObject({ status: 500, body: 'Internal Server Error' })
    expect(errors()).toEqual([
      expect.stringMatching(/^\[request-7\] the request failed: RangeError: on purpose\n +at /),
    ])
    expect(await ask(port, { path: '/x' })).toMatchObject({ status: 200, body: 'other' })
    expect((await ask(port, { path: '/raw' })).status).toBe(500)
  })

  it('is shown without frames of the server that it runs in', async () => {
    const port = await serving(() => {
      const at = [
        'handler (/code/index.js:1:1)',
        'Desk.take (/code/node_modules/@anyfaas/runtime/dist/server/index.js:2:3)',
      ]
      throw Object.assign(new Error('no'), { stack: `Error: no\n    at ${at.join('\n    at ')}` })
    })
    await ask(port, { path: '/raw', headers })
    expect(errors()).toEqual(['[request-7] the request failed: Error: no\n    at handler (/code/index.js:1:1)\n'])
  })

  it('that does not finish is a 504', async () => {
    const port = await serving(() => new Promise(() => undefined), 0.1)
    expect(await ask(port, { path: '/raw' })).toMatchObject({ status: 504, body: 'Gateway Timeout' })
    expect(errors().join()).toContain('function "raw" did not finish')
  })

  it('that fails after its answer has begun cuts it, and one that has ended stays', async () => {
    const begun = await serving((_, response) => {
      response.write('a')
      throw new Error('late')
    })
    await expect(ask(begun, { path: '/raw' })).rejects.toThrow()
    const ended = await serving((_, response) => {
      response.end('whole')
      throw new Error('later')
    })
    expect(await ask(ended, { path: '/raw' })).toMatchObject({ status: 200, body: 'whole' })
    expect(errors()).toHaveLength(2)
  })

  it('that takes a next gets none, as from a server of Node', async () => {
    const port = await serving((request, response, next) => {
      if (next) next()
      else response.writeHead(404).end(request.url)
    })
    expect(await ask(port, { path: '/raw' })).toMatchObject({ status: 404, body: '/raw' })
  })
})
