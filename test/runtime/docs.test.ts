import { readFile } from 'node:fs/promises'
import { transform } from 'esbuild'
import { expect, test, vi } from 'vitest'
import { recordLog } from './log.ts'
import { entryOf, fire, header, headers, type Module, member, platforms, send, text } from './platforms.ts'

recordLog()

const [local] = platforms as [(typeof platforms)[0]]

/** The examples of the handler page, as modules. */
async function examples(): Promise<Module[]> {
  const page = await readFile(new URL('../../docs/handler.md', import.meta.url), 'utf8')
  const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code as string)
  return Promise.all(
    blocks.map(async (block) => {
      const { code } = await transform(block, { loader: 'ts' })
      return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Module
    }),
  )
}

test('the examples of the page do what they say', async () => {
  vi.spyOn(console, 'info').mockImplementation(() => undefined)
  const [request, event, fetched] = (await examples()) as [Module, Module, Module]

  const users = entryOf(local.start, [member('f', { routes: [{ path: '/users/:id', methods: ['POST'] }] })], {
    f: request,
  })
  const json = { 'content-type': 'application/json' }
  const created = await send(local, users, {
    method: 'POST',
    url: '/users/7?verbose=1',
    headers: json,
    body: '{"name":"a"}',
  })
  expect([created.status, JSON.parse(text(created))]).toEqual([201, { id: '7', name: 'a', verbose: true }])
  expect(headers(created, 'set-cookie')).toEqual(['seen=yes; Max-Age=60; Path=/; HttpOnly'])
  const refused = await send(local, users, { method: 'POST', url: '/users/7', headers: json, body: '{}' })
  expect([refused.status, text(refused)]).toEqual([422, 'a name is missing'])

  const timer = entryOf(local.start, [member('f')], { f: event })
  expect(await fire(local, timer, { kind: 'timer', trigger: 'hourly', data: '[1]' })).toEqual({
    type: 'anyfaas.timer',
    source: '/shop/f/hourly',
    payload: [1],
  })

  const web = entryOf(local.start, [member('f', { signature: 'fetch' })], { f: fetched })
  const answer = await send(local, web, { url: '/?name=you' })
  expect([JSON.parse(text(answer)), header(answer, 'x-powered-by')]).toEqual([{ hello: 'you' }, 'fetch'])
})
