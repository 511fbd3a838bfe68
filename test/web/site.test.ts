import { mkdirSync, mkdtempSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HttpAnswer } from '../../src/kit/src/index.ts'
import type { SiteOptions } from '../../src/runtime/src/index.ts'
import { readRange } from '../../src/web/range.ts'
import { siteIn } from '../../src/web/site.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { entryOf, header, member, platforms, type Request, send, text } from '../runtime/platforms.ts'

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255, 128])

let home = ''
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'anyfaas-site-'))
  const files = {
    'secret.txt': 'secret',
    'site/index.html': '<h1>home</h1>',
    'site/404.html': '<h1>gone</h1>',
    'site/app.js': 'let a = "€"',
    'site/logo.png': PNG,
    'site/docs/index.html': '<h1>docs</h1>',
    'site/about.html': '<h1>about</h1>',
    'site/blog.html': '<h1>blog</h1>',
    'site/blog/first.html': '<h1>first</h1>',
    'site/a b.txt': 'spaced',
    'site/empty.txt': '',
    'site/unknown.xyz': 'x',
    'site/.env': 'KEY=1',
    'site/.well-known/x.json': '{}',
  }
  for (const [name, content] of Object.entries(files)) {
    const path = join(home, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, content)
    // As in an artifact.
    utimesSync(path, 315532800, 315532800)
  }
  symlinkSync('../secret.txt', join(home, 'site/leak.txt'))
  symlinkSync('app.js', join(home, 'site/alias.js'))
})
afterAll(() => removeFolder(home))

async function ask(request: Request | string, options: SiteOptions = {}, on = 'local'): Promise<HttpAnswer> {
  const platform = platforms.find(({ name }) => name === on) as (typeof platforms)[number]
  const entry = entryOf(platform.start, [member('app')], {
    app: { handler: await siteIn(join(home, 'site'), options) },
  })
  return await send(platform, entry, typeof request === 'string' ? { url: request } : request)
}

describe('a static site', () => {
  it.each([
    ['/', 200, 'text/html; charset=utf-8', '<h1>home</h1>'],
    ['/index.html', 200, 'text/html; charset=utf-8', '<h1>home</h1>'],
    ['/app.js?v=1', 200, 'text/javascript; charset=utf-8', 'let a = "€"'],
    ['/alias.js', 200, 'text/javascript; charset=utf-8', 'let a = "€"'],
    ['/docs/', 200, 'text/html; charset=utf-8', '<h1>docs</h1>'],
    ['/a%20b.txt', 200, 'text/plain; charset=utf-8', 'spaced'],
    ['/unknown.xyz', 200, 'application/octet-stream', 'x'],
    ['/.well-known/x.json', 200, 'application/json; charset=utf-8', '{}'],
    ['/about', 200, 'text/html; charset=utf-8', '<h1>about</h1>'],
    ['/blog', 200, 'text/html; charset=utf-8', '<h1>blog</h1>'],
    ['/blog/first', 200, 'text/html; charset=utf-8', '<h1>first</h1>'],
    ['/about/', 404, 'text/html; charset=utf-8', '<h1>gone</h1>'],
    ['/%zz', 404, 'text/html; charset=utf-8', '<h1>gone</h1>'],
    ['/none.html', 404, 'text/html; charset=utf-8', '<h1>gone</h1>'],
  ])('%s', async (url, status, type, body) => {
    const answer = await ask(url)
    expect([answer.status, header(answer, 'content-type'), text(answer)]).toEqual([status, type, body])
  })

  it('keeps bytes on every shape', async () => {
    for (const { name } of platforms) {
      const answer = await ask('/logo.png', {}, name)
      expect([name, answer.status, Buffer.from(answer.body)]).toEqual([name, 200, PNG])
    }
  })

  it('leads a folder to its slash, with the query, and nowhere else', async () => {
    const answer = await ask('/docs?a=1')
    expect([answer.status, header(answer, 'location')]).toEqual([301, '/docs/?a=1'])
    const odd = await ask('//docs')
    expect([odd.status, header(odd, 'location')]).toEqual([301, '/docs/'])
  })

  it('answers 304 to who has it, and tells contents apart that bear the same date and length', async () => {
    const first = await ask('/app.js')
    const tag = header(first, 'etag') ?? ''
    expect(tag).toMatch(/^"[\w-]{27}"$/)
    for (const value of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const answer = await ask({ url: '/app.js', headers: { 'if-none-match': value } })
      expect([answer.status, answer.body.length, header(answer, 'etag')]).toEqual([304, 0, tag])
    }
    expect((await ask({ url: '/app.js', headers: { 'if-none-match': '"x"' } })).status).toBe(200)
    expect(header(await ask('/index.html'), 'etag')).not.toBe(header(await ask('/docs/index.html'), 'etag'))
  })

  it('answers HEAD without a body and other methods with 405', async () => {
    const head = await ask({ url: '/app.js', method: 'HEAD' })
    expect([head.status, head.body.length, header(head, 'content-type')]).toEqual([
      200,
      0,
      'text/javascript; charset=utf-8',
    ])
    const post = await ask({ url: '/app.js', method: 'POST' })
    expect([post.status, header(post, 'allow')]).toEqual([405, 'GET, HEAD'])
  })

  it.each([
    ['bytes=0-1', 206, 'bytes 0-1/7', PNG.subarray(0, 2)],
    ['bytes=5-', 206, 'bytes 5-6/7', PNG.subarray(5)],
    ['bytes=-3', 206, 'bytes 4-6/7', PNG.subarray(4)],
    ['bytes=0-1,3-4', 200, undefined, PNG],
    ['lines=1-2', 200, undefined, PNG],
  ])('range %s', async (range, status, content, body) => {
    const answer = await ask({ url: '/logo.png', headers: { range } })
    expect([answer.status, header(answer, 'content-range'), Buffer.from(answer.body)]).toEqual([status, content, body])
  })

  it('refuses a range behind the end, and gives the whole when it has changed since', async () => {
    const behind = await ask({ url: '/logo.png', headers: { range: 'bytes=7-' } })
    expect([behind.status, header(behind, 'content-range')]).toEqual([416, 'bytes */7'])
    expect((await ask({ url: '/logo.png', headers: { range: 'bytes=0-1', 'if-range': '"old"' } })).status).toBe(200)
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/docs/%2e%2e/%2e%2e/secret.txt',
    '/..%5csecret.txt',
    '/leak.txt',
    '/.env',
    '/docs/%2e%2e/.env',
    '/app.js%00.html',
    '/app.js/',
    '/%',
    `/${'a'.repeat(5000)}`,
  ])('does not give away %s', async (url) => {
    const answer = await ask(url)
    expect([404, 400]).toContain(answer.status)
    expect(text(answer)).not.toMatch(/secret|KEY/)
  })

  it('never leaves the folder, whatever the path', async () => {
    const part = fc.constantFrom(
      '..',
      '%2e%2e',
      '.',
      '',
      'docs',
      '%2f',
      '%5c',
      'secret.txt',
      '.env',
      'leak.txt',
      '\\',
      '%00',
      '~',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.constantFrom('/', '%2f'), async (parts, glue) => {
        const answer = await ask(`/${parts.join(glue)}`)
        expect(text(answer)).not.toMatch(/secret|KEY/)
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  it('stands under a prefix', async () => {
    const options = { prefix: '/site' }
    expect(text(await ask('/site/app.js', options))).toContain('let a')
    expect((await ask('/app.js', options)).status).toBe(404)
    expect((await ask('/sitemap', options)).status).toBe(404)
  })

  it('gives a client-side router its page, and browsers their time', async () => {
    const answer = await ask('/users/7', { fallback: 'index.html', maxAge: 60 })
    expect([answer.status, text(answer), header(answer, 'cache-control')]).toEqual([
      200,
      '<h1>home</h1>',
      'public, max-age=60',
    ])
  })
})

describe('ranges', () => {
  it('are inside of the body', () => {
    const end = fc.option(fc.nat(30), { nil: undefined })
    fc.assert(
      fc.property(end, end, fc.nat(20), (first, last, size) => {
        const range = readRange(`bytes=${first ?? ''}-${last ?? ''}`, size)
        if (typeof range !== 'object') return
        expect(range.start).toBeGreaterThanOrEqual(0)
        expect(range.end).toBeGreaterThanOrEqual(range.start)
        expect(range.end).toBeLessThan(size)
      }),
      { seed: 7 },
    )
  })
})
