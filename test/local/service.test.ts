import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isSlsError, type Plan, type Service } from '@anyfaas/kit'
import { describe, expect, test } from 'vitest'
import { applyPlan } from '../../src/engine/apply.ts'
import { planRemoval, planSteps } from '../../src/engine/plan.ts'
import { localProvider } from '../../src/local/provider.ts'
import { USUAL_PLATFORM } from '../../src/packager/machine/platform-code.ts'
import { pack } from '../../src/packager/pack.ts'
import { http, makeAggregate, makeFn, makeService, timer } from '../fixtures/service.ts'
import { type LocalFixture, until, useLocal } from './fixture.ts'

const local = useLocal()

const handler = (name: string) => ({ code: { kind: 'handler', handler: name, signature: 'context' } }) as const
const [target] = localProvider.targets

/** Plans as `sls deploy` does, and applies unless told not to. */
async function deploy(
  platform: LocalFixture,
  service: Service,
  files: Record<string, string>,
  options: { env?: Record<string, string>; dry?: boolean } = {},
): Promise<Plan & { url?: string | undefined; failures: unknown[] }> {
  const serviceDir = join(platform.home.root, '..', 'source')
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(serviceDir, name)), { recursive: true })
    writeFileSync(join(serviceDir, name), text)
  }
  const { artifacts } = await pack({
    service,
    serviceDir,
    providerName: 'local',
    runtimeEntry: target.runtime.entry,
    nodeTarget: 'node20',
    platform: { ...USUAL_PLATFORM, withSources: target.runtime.withSources === true },
    outDir: join(serviceDir, '.sls'),
    cacheDir: join(serviceDir, '.sls/cache'),
  })
  const refs = Object.fromEntries(
    artifacts.flatMap(({ digest, handlers, marks }) =>
      Object.entries(handlers).map(([name, handler]) => [
        name,
        { path: './blog.zip', handler, digest, mark: marks[name] ?? '' },
      ]),
    ),
  )
  const { resources, diagnostics } = (await target.translate()).translate(service, refs)
  expect(diagnostics).toEqual([])
  const to = { service: service.name, stage: service.stage, artifacts, ...(options.env && { env: options.env }) }
  const connection = await platform.connect(to)
  const drivers = new Map(connection.drivers.map((driver) => [driver.type, driver]))
  const live = new Map(
    await Promise.all(
      connection.drivers.map(async (driver) => [driver.type, await driver.list(platform.call, [])] as const),
    ),
  )
  const plan = planSteps({
    service: service.name,
    stage: service.stage,
    provider: 'local',
    desired: resources,
    live,
    drivers,
  })
  if (options.dry) return { ...plan, failures: [] }
  const { failed } = await applyPlan(plan, { drivers, tell: () => undefined, signal: platform.call.signal })
  await platform.record()
  return { ...plan, url: (await connection.info(platform.call))?.url, failures: failed.map(({ error }) => error) }
}

function actions(plan: Plan): string[] {
  return plan.steps.map(({ action, id, because }) => [action, id, ...because.map(({ field }) => field)].join(' '))
}

const FILES = {
  'src/posts.ts': `export const list = async (ctx: any) => [ctx.function, ctx.env.TITLE]
export const one = async (ctx: any) => ({ id: ctx.params.id })
export const remind = async (ctx: any, event: any) => { console.log('reminded', JSON.stringify(event.data)) }
`,
}

function blog(title = 'a'): Service {
  const at = (name: string) =>
    ({ code: { kind: 'handler', handler: `src/posts.${name}`, signature: 'context' } }) as const
  const list = makeFn('list', {
    ...at('list'),
    environment: { TITLE: title },
    triggers: [http('/posts', { methods: ['GET'] })],
  })
  const one = makeFn('one', {
    ...at('one'),
    environment: { TITLE: 'other' },
    triggers: [http('/posts/:id', { cors: { origins: ['*'] } })],
  })
  const remind = makeFn('remind', { ...at('remind'), triggers: [timer('* * * * * *', { payload: { n: 1 } })] })
  return makeService({ functions: [remind, makeAggregate('posts', [list, one])] })
}

describe('a packaged service', () => {
  test('is created, kept, updated and removed', async () => {
    const platform = local()
    const first = await deploy(platform, blog(), FILES)
    expect(first.failures).toEqual([])
    expect(actions(first)).toEqual(['create function/remind', 'create function/posts'])
    const ask = async (path: string, method = 'GET') => {
      const response = await fetch(`${first.url}${path}`, {
        method,
        headers: { origin: 'http://a.example', 'access-control-request-method': 'PUT' },
      })
      return [response.status, await response.text(), response.headers.get('access-control-allow-origin')]
    }
    expect(await ask('/posts')).toEqual([200, '["list","a"]', null])
    expect(await ask('/posts/7')).toEqual([200, '{"id":"7"}', '*'])
    expect((await ask('/posts/7', 'OPTIONS'))[2]).toBe('*')
    expect((await ask('/posts', 'POST'))[0]).toBe(405)
    const reminded = await until(
      async () => (await platform.logs({}, { service: 'blog' })).find(({ text }) => text.startsWith('reminded')),
      'the timer',
    )
    expect(JSON.parse(reminded.text.slice(9))).toMatchObject({ name: 'timer', payload: { n: 1 } })
    expect(actions(await deploy(platform, blog(), FILES))).toEqual(['keep function/remind', 'keep function/posts'])
    expect(actions(await deploy(platform, blog('b'), FILES))).toEqual([
      'keep function/remind',
      'update function/posts environment.TITLE',
    ])
    expect(await ask('/posts')).toEqual([200, '["list","b"]', null])
    const changed = { 'src/posts.ts': FILES['src/posts.ts'].replace('ctx.function, ', '') }
    expect(actions(await deploy(platform, blog('b'), changed))).toEqual([
      'update function/remind mark',
      'update function/posts mark',
    ])
    expect(await ask('/posts')).toEqual([200, '["b"]', null])
    const fewer = makeService({ functions: blog('b').functions.slice(1) })
    const pruned = await deploy(platform, fewer, changed)
    expect(actions(pruned)).toEqual(['keep function/posts', 'delete function/remind'])
    const connection = await platform.connect({ service: 'blog' })
    const [driver] = connection.drivers
    if (!driver) throw new Error('no driver')
    const live = new Map([[driver.type, await driver.list(platform.call, [])]])
    const removal = planRemoval({ service: 'blog', stage: 'dev', provider: 'local', live })
    await applyPlan(removal, {
      drivers: new Map([[driver.type, driver]]),
      tell: () => undefined,
      signal: platform.call.signal,
    })
    await expect(fetch(`${first.url}/posts`)).rejects.toThrow()
  })

  test('that does not load is reported by the deploy, with the error', async () => {
    const platform = local()
    const service = makeService({
      functions: [
        makeFn('f', handler('f.handler')),
        makeFn('g', handler('g.handler')),
        makeFn('h', handler('h.nothing')),
      ],
    })
    const files = {
      'f.js': 'exports.handler = async () => 1',
      'g.js': 'require("left-out")',
      'h.js': 'exports.handler = async () => 1',
    }
    const { failures } = await deploy(platform, service, files)
    const messages = failures.map((failure) => isSlsError(failure) && failure.message.split('\n')[0])
    expect(messages.sort()).toEqual([
      `SLS7003: the function "g" does not load: Error: Cannot find module 'left-out'`,
      expect.stringContaining(
        'SLS7003: the function "h" does not load: Error: function "h" (h.js) has no export "nothing"',
      ),
    ])
    expect((await platform.info({ service: 'blog' }))?.functions.map(({ name }) => name)).toEqual(['f'])
  })

  test('is deployed again when a secret has changed', async () => {
    const platform = local()
    const fn = makeFn('f', { environment: { KEY: { $secret: [{ name: 'API_KEY' }] } }, triggers: [http('/f')] })
    const service = makeService({ functions: [fn] })
    const files = { 'f.js': 'exports.handler = async (ctx) => ctx.env.KEY' }
    const first = await deploy(platform, service, files, { env: { API_KEY: 'one' } })
    expect(await (await fetch(`${first.url}/f`)).text()).toBe('one')
    const plan = async (key: string) =>
      actions(await deploy(platform, service, files, { env: { API_KEY: key }, dry: true }))
    expect(await plan('one')).toEqual(['keep function/f'])
    expect(await plan('two')).toEqual(['update function/f secrets'])
  })
})

const TYPED = `interface Order { readonly id: string }

export async function handler(): Promise<Order> {
  const order: Order | undefined = undefined as Order | undefined
  if (!order) throw new Error('no order')
  return order
}
`

test.each([
  [{}, true],
  [{ NODE_ENV: 'production' }, false],
])(
  'a failure in TypeScript is shown in its source in the log, and never to the caller: %o',
  async (environment, isShown) => {
    const platform = local()
    const fn = makeFn('order', { ...handler('src/order.handler'), triggers: [http('/order')], environment })
    const { url } = await deploy(platform, makeService({ functions: [fn] }), { 'src/order.ts': TYPED })
    const response = await fetch(`${url}/order`)
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringMatching(/order|throw|at /)])
    const printed = async (): Promise<string> =>
      (await platform.logs({}, { service: 'blog' })).map(({ text }) => text).join('\n')
    await until(async () => (await printed()).includes('src/order.ts:5:'), 'the place in the source')
    const frame = ["  > 5 |   if (!order) throw new Error('no order')", '      |                     ^^^'].join('\n')
    expect((await printed()).includes(frame)).toBe(isShown)
  },
)

test('callers see how a call failed where the environment says that it is in development', async () => {
  const platform = local()
  const fn = makeFn('order', {
    ...handler('src/order.handler'),
    triggers: [http('/order')],
    environment: { NODE_ENV: 'development' },
  })
  const { url } = await deploy(platform, makeService({ functions: [fn] }), { 'src/order.ts': TYPED })
  expect(await (await fetch(`${url}/order`)).text()).toContain('no order')
})
