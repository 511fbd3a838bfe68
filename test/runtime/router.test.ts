import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explain, Router, readParams } from '../../src/runtime/src/index.ts'

interface Row {
  readonly path: string
  readonly methods: readonly string[]
}

function route(text: string): Row {
  const [methods, path] = text.split(' ') as [string, string]
  return { path, methods: methods === 'ANY' ? [] : methods.split(',') }
}

function find(routes: readonly string[], request: string): string | undefined {
  const [method, path] = request.split(' ') as [string, string]
  const rows = routes.map(route)
  const found = new Router(rows).find(method, path)
  return found && routes[rows.indexOf(found.route)]
}

describe('which route answers', () => {
  test.each([
    ['static before a parameter', ['GET /users/:id', 'GET /users/me'], 'GET /users/me', 'GET /users/me'],
    ['a parameter before a wildcard', ['GET /api/*', 'GET /api/:id'], 'GET /api/1', 'GET /api/:id'],
    ['exact before the wildcard under it', ['GET /a/b/*', 'GET /a/b'], 'GET /a/b', 'GET /a/b'],
    ['more static segments win wherever they stand', ['GET /:a/b', 'GET /x/:b/*'], 'GET /x/b', 'GET /:a/b'],
    ['more static segments win over depth', ['GET /a/*', 'GET /:x/:y'], 'GET /a/b', 'GET /a/*'],
    ['static further left wins a tie', ['GET /:a/b', 'GET /x/:b'], 'GET /x/b', 'GET /x/:b'],
    ['the longer wildcard', ['ANY /*', 'GET /a/*'], 'GET /a/b/c', 'GET /a/*'],
    ['a wildcard takes its own root', ['GET /a/*'], 'GET /a', 'GET /a/*'],
    ['and nothing that only begins alike', ['GET /a/*'], 'GET /ab', undefined],
    ['the catch-all takes the root', ['ANY /*'], 'GET /', 'ANY /*'],
    ['one slash at the end does not count', ['GET /a'], 'GET /a/', 'GET /a'],
    ['nor does one in the file', ['GET /a/'], 'GET /a', 'GET /a/'],
    ['two do', ['GET /a'], 'GET /a//', undefined],
    ['a parameter is never empty', ['GET /a/:id'], 'GET /a/', undefined],
    ['nor between slashes', ['GET /a/:id/b'], 'GET /a//b', undefined],
    ['case counts', ['GET /a'], 'GET /A', undefined],
    ['any takes every method', ['ANY /a'], 'PROPFIND /a', 'ANY /a'],
    ['a declared method before any', ['ANY /a', 'POST /a'], 'POST /a', 'POST /a'],
    ['GET answers HEAD', ['GET /a', 'POST /a'], 'HEAD /a', 'GET /a'],
    ['before any does', ['ANY /a', 'GET /a'], 'HEAD /a', 'GET /a'],
    ['unless HEAD is declared', ['GET /a', 'HEAD /a'], 'HEAD /a', 'HEAD /a'],
    [
      'a less specific route takes the method that the first has not',
      ['GET /users/me', 'DELETE /users/:id'],
      'DELETE /users/me',
      'DELETE /users/:id',
    ],
    ['the first of two equal routes', ['GET /a/:x', 'GET /a/:y'], 'GET /a/1', 'GET /a/:x'],
    ['escapes are decoded on both sides', ['GET /caf\u00e9'], 'GET /caf%C3%A9', 'GET /caf\u00e9'],
    ['in the file as well', ['GET /caf%C3%A9'], 'GET /caf\u00e9', 'GET /caf%C3%A9'],
    ['an escaped slash does not part segments', ['GET /a/b', 'GET /:x'], 'GET /a%2Fb', 'GET /:x'],
    ['nor does one in the file', ['GET /a%2Fb'], 'GET /a/b', undefined],
    ['what every object has is no route', ['GET /a'], 'GET /constructor', undefined],
    ['a path without a slash', ['ANY /*'], 'OPTIONS *', undefined],
  ])('%s', (_, routes, request, expected) => {
    expect(find(routes, request)).toBe(expected)
  })
})

describe('parameters', () => {
  test.each([
    ['/users/:id', '/users/42', { id: '42' }],
    ['/:a/x/:b', '/1/x/2', { a: '1', b: '2' }],
    ['/users/:id/', '/users/a%2Fb%20c', { id: 'a/b c' }],
    ['/files/*', '/files/a/b%20c.txt', { '*': 'a/b c.txt' }],
    ['/files/*', '/files', { '*': '' }],
    ['/files/*', '/files/', { '*': '' }],
    ['/*', '/', { '*': '' }],
    ['/:a/*', '/1/2/3/', { a: '1', '*': '2/3' }],
    ['/a/:__proto__', '/a/x', JSON.parse('{"__proto__":"x"}')],
    ['/a', '/a', {}],
  ])('%s of %s', (path, requested, expected) => {
    const found = new Router([{ path, methods: [] }]).find('GET', requested)
    if (!found) throw new Error('not found')
    expect({ ...readParams(found.pattern, requested) }).toEqual(expected)
  })

  test("a broken escape is the client's mistake", () => {
    const router = new Router([{ path: '/:id', methods: [] }])
    for (const path of ['/%', '/%zz', '/a%', '/%ff', '/x/%E0%A4']) {
      expect(() => router.find('GET', path)).toThrow(expect.objectContaining({ status: 400 }))
    }
  })

  test('what takes every path takes a broken one, until its parameter is read', () => {
    const found = new Router([{ path: '/*', methods: [] }]).find('GET', '/a/%zz')
    if (!found) throw new Error('nothing found')
    expect(() => readParams(found.pattern, '/a/%zz')).toThrow(expect.objectContaining({ status: 400 }))
  })
})

describe('what else there is', () => {
  test('the methods of the path, over all of its routes', () => {
    const router = new Router(['GET /a/:id', 'POST /a/b', 'PUT /a/*', 'DELETE /b'].map(route))
    expect(router.find('PATCH', '/a/b')).toBeUndefined()
    expect(explain(router, '/a/b')?.allow).toEqual(['POST', 'GET', 'PUT', 'HEAD'])
    expect(explain(router, '/a/b')?.nearest.path).toBe('/a/b')
    expect(explain(router, '/c')).toBeUndefined()
  })
})

/** Slow and obvious: judge every route by the rules as they are written in the docs, one after the other. */
function slowly(routes: readonly Row[], method: string, path: string): Row | undefined {
  const parts = segmentsOf(path)
  const matching = routes.filter((row) => takesPath(segmentsOf(row.path), parts))
  const shapes = [...new Set(matching.map((row) => shapeOf(row.path)))]
  shapes.sort((a, b) => compare(a.split('/').slice(1), b.split('/').slice(1)))
  for (const shape of shapes) {
    const same = matching.filter((row) => shapeOf(row.path) === shape)
    const wanted = method === 'HEAD' ? ['HEAD', 'GET'] : [method]
    for (const one of wanted) {
      const declared = same.find((row) => row.methods.includes(one))
      if (declared) return declared
    }
    const any = same.find((row) => row.methods.length === 0)
    if (any) return any
  }
  return undefined
}

function segmentsOf(path: string): string[] {
  return path === '/' ? [] : path.replace(/\/$/, '').split('/').slice(1)
}

function shapeOf(path: string): string {
  return `/${segmentsOf(path)
    .map((part) => (part.startsWith(':') ? ':' : part))
    .join('/')}`
}

function takesPath(pattern: readonly string[], parts: readonly string[]): boolean {
  const wild = pattern.at(-1) === '*'
  const fixed = wild ? pattern.slice(0, -1) : pattern
  if (wild ? parts.length < fixed.length : parts.length !== fixed.length) return false
  return fixed.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]))
}

function compare(a: readonly string[], b: readonly string[]): number {
  const statics = (parts: readonly string[]) =>
    parts.filter((part) => part !== ':' && part !== '*' && part !== '').length
  const params = (parts: readonly string[]) => parts.filter((part) => part === ':').length
  const wild = (parts: readonly string[]) => Number(parts.at(-1) === '*')
  const firstDifference = a.findIndex((part, index) => (part === ':') !== (b[index] === ':'))
  return statics(b) - statics(a) || wild(a) - wild(b) || params(b) - params(a) || (a[firstDifference] === ':' ? 1 : -1)
}

describe('against a slow matcher', () => {
  const part = fc.constantFrom('a', 'b', 'c', ':x', ':y')
  const path = fc
    .tuple(fc.array(part, { maxLength: 4 }), fc.boolean())
    .map(([parts, wild]) => `/${[...parts, ...(wild ? ['*'] : [])].join('/')}`)
  const methods = fc.uniqueArray(fc.constantFrom('GET', 'POST', 'HEAD'), { maxLength: 2 })
  const rows = fc.array(fc.record({ path, methods }), { maxLength: 12 })
  const requested = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 5 })
    .map((parts) => `/${parts.join('/')}`)

  test('both find the same route', () => {
    fc.assert(
      fc.property(rows, requested, fc.constantFrom('GET', 'POST', 'HEAD', 'PUT'), (routes, wanted, method) => {
        expect(new Router(routes).find(method, wanted)?.route).toBe(slowly(routes, method, wanted))
      }),
      { seed: 20260801, numRuns: 4000 },
    )
  })
})

test('a thousand routes are built in a few milliseconds', () => {
  const routes = Array.from({ length: 1000 }, (_, index) => ({
    path: `/group${index % 50}/thing${index}/:id`,
    methods: ['GET'],
  }))
  const times = Array.from({ length: 9 }, () => {
    const before = performance.now()
    const router = new Router(routes)
    const took = performance.now() - before
    expect(router.find('GET', '/group7/thing57/1')?.route).toBe(routes[57])
    return took
  })
  // 2 ms is what it has to take; the machine that runs the tests may be busy with others.
  expect(Math.min(...times)).toBeLessThan(6)
})
