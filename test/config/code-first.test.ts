import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fn, Service } from '@anyfaas/kit'
import { describe, expect, it } from 'vitest'
import { loadService } from '../../src/config/load.ts'
import { writeService } from '../../src/config/write.ts'
import { folderOf, load, mistakesOf, serviceOf } from './files.ts'

const YML = 'service: shop\nprovider: local\n'

/** A project of this major version, with these sources below `src`. */
function project(major: number | string, sources: Readonly<Record<string, string>>, yml = YML): Record<string, string> {
  const manifest = { dependencies: { '@midwayjs/faas': typeof major === 'number' ? `^${major}.0.0` : major } }
  const files = Object.entries(sources).map(([name, text]) => [`src/${name}`, text])
  return { 'serverless.yml': yml, 'package.json': JSON.stringify(manifest), ...Object.fromEntries(files) }
}

/** `name handler: triggers` of every function. */
function outline({ functions }: Service): string[] {
  const members = functions.flatMap((fn) => (fn.code.kind === 'aggregate' ? [fn, ...fn.code.members] : [fn]))
  return members.map((fn) => `${fn.name} ${handlerOf(fn)}: ${fn.triggers.map(triggerOf).join(', ')}`)
}

function handlerOf({ code }: Fn): string {
  return code.kind === 'handler' ? `${code.handler}${code.framework ? '' : ' (file)'}` : code.kind
}

function triggerOf(trigger: Fn['triggers'][number]): string {
  return trigger.kind === 'http' ? `${trigger.methods.join('|') || 'ANY'} ${trigger.path}` : trigger.kind
}

const CONTROLLER = `import { Body, Controller, Del, Get, Post, Provide, All } from '@midwayjs/decorator'

@Provide()
@Controller('/goods/')
export class GoodsController {
  @Get('/')
  async list() {}

  @Get('/:id')
  @Post(\`/:id\`)
  async one() {}

  @Del('/:id', { middleware: [audit] })
  async remove() {}

  @All()
  async rest() {}

  helper() {}
}
`

describe('controllers', () => {
  it('become a function a method, with the prefix before each route', async () => {
    expect(outline(await serviceOf(project(3, { 'controller/goods.ts': CONTROLLER })))).toEqual([
      'goodsController-list goodsController.list: GET /goods',
      'goodsController-one goodsController.one: GET|POST /goods/:id',
      'goodsController-remove goodsController.remove: DELETE /goods/:id',
      'goodsController-rest goodsController.rest: ANY /goods',
    ])
  })

  it('are named as the injection container names them', async () => {
    const of = (name: string, provide = '') =>
      `import * as core from '@midwayjs/core'\n@core.Provide(${provide})\n@core.Controller()\nexport class ${name} { @core.Get('/${name}') go() {} }\n`
    const sources = {
      'a.ts': of('APIService'),
      'b.ts': of('Test2Events'),
      'c.ts': of('HTTPApi2'),
      'd.ts': of('Any', "'mine'"),
    }
    expect((await serviceOf(project('3', sources))).functions.map(({ name }) => name)).toEqual([
      'apiService-go',
      'test2Events-go',
      'httpApi2-go',
      'mine-go',
    ])
  })

  it('can be members of an aggregate by a pattern', async () => {
    const yml = `${YML}aggregation:\n  all:\n    functionsPattern: '*'\n`
    const [aggregate, ...members] = outline(await serviceOf(project(2, { 'goods.ts': CONTROLLER }, yml)))
    expect(aggregate).toBe('all aggregate: ')
    expect(members).toHaveLength(4)
  })

  it('do not inherit routes, as the framework does not, and say so', async () => {
    const base = `import { Get } from '@midwayjs/core'\nexport abstract class Base { @Get('/health') health() {} }\n`
    const own = `import { Controller, Get } from '@midwayjs/core'\nimport { Base } from './base'\n@Controller('/own')\nexport class Own extends Base { @Get('/x') x() {} }\n`
    const files = project(3, { 'base.ts': base, 'own.ts': own })
    expect(outline(await serviceOf(files))).toEqual(['own-x own.x: GET /own/x'])
    expect(await mistakesOf(files)).toEqual([
      'SLS1050 warning the routes of "Base" do not become routes of "Own" @Base',
    ])
  })
})

const TRIGGERS = `import { Provide, ServerlessFunction, ServerlessTrigger, ServerlessTriggerType as Type } from '@midwayjs/core'
import { BUCKET, Paths } from './names'

const COMMON = { method: 'post' } as const
enum Cron { Night = '0 0 3 * * *' }

@Provide()
export class Hello {
  @ServerlessTrigger(Type.HTTP, { path: Paths.hello, ...COMMON })
  @ServerlessTrigger(Type.TIMER, { type: 'cron', value: Cron.Night, enable: false, payload: 'x' })
  async both() {}

  @ServerlessFunction({ functionName: 'photos', memorySize: 2 * 512, timeout: 30 })
  @ServerlessTrigger('os', { bucket: BUCKET, events: ['created'], filter: { prefix: \`\${BUCKET}/in\`, suffix: '' } })
  async store() {}

  @ServerlessTrigger(Type.API_GATEWAY, { path: '/gw', method: ['get', 'put'], functionName: 'gateway' })
  async gw() {}

  @ServerlessTrigger(Type.MQ, { topic: 'orders', strategy: 'BACKOFF_RETRY', middleware: [x()] })
  async order() {}

  @ServerlessTrigger(Type.EVENT)
  async plain() {}
}
`
const NAMES = `export const BUCKET = 'pictures'\nexport const Paths = { hello: '/hello/' + BUCKET }\n`

describe('triggers', () => {
  it('are read with constants, templates, enums and spreads, also of other files', async () => {
    const service = await serviceOf(project(3, { 'hello.ts': TRIGGERS, 'names.ts': NAMES }))
    expect(outline(service)).toEqual([
      'hello-both hello.both: POST /hello/pictures, timer',
      'photos hello.store: os',
      'gateway hello.gw: GET|PUT /gw',
      'hello-order hello.order: mq',
      'hello-plain hello.plain: event',
    ])
    const [both, photos, , order] = service.functions
    expect(both?.triggers[1]).toMatchObject({ enabled: false, payload: 'x' })
    expect(photos).toMatchObject({ memoryMb: 1024, timeoutSec: 30 })
    expect(photos?.triggers[0]).toMatchObject({ bucket: 'pictures', filter: { prefix: 'pictures/in' } })
    expect(order?.triggers[0]).toMatchObject({ topic: 'orders', retry: 'BACKOFF_RETRY' })
    expect(await mistakesOf(project(3, { 'hello.ts': TRIGGERS, 'names.ts': NAMES }))).toEqual([])
  })

  it('point into the source when something is wrong with them', async () => {
    const source = `@Provide()\nexport class A {\n  @ServerlessFunction({ timeout: 'long', colour: 1 })\n  @ServerlessTrigger(ServerlessTriggerType.HTTP, { path: '/a b', method: 'fetch' })\n  async a() {}\n  @ServerlessTrigger(ServerlessTriggerType.TIMER, { type: 'cron', value: 'x' })\n  async t() {}\n}\n`
    expect(await mistakesOf(project(3, { 'a.ts': source }))).toEqual([
      'SLS1003 error "timeout" has to be a whole number, not the text "long" @\'long\'',
      'SLS1002 error unknown key "colour" in "a-a" @colour',
      `SLS1041 error "/a b" cannot be "path": it cannot contain blanks, "?" or "#" @'/a b'`,
      `SLS1007 error "fetch" cannot be "method": it has to be "any" or some of GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS @'fetch'`,
      expect.stringMatching(/^SLS1040 error "x" cannot be "value".* @'x'$/),
    ])
  })

  it('say what is known only at run time, and what no file can say', async () => {
    const source = `import { Provide, ServerlessTrigger, ServerlessTriggerType, Get, Controller } from '@midwayjs/core'
@Provide()
export class A {
  @ServerlessTrigger(ServerlessTriggerType.HTTP, { path: process.env.PATHNAME, method: 'get' })
  a() {}
  @ServerlessTrigger(ServerlessTriggerType.HSF)
  b() {}
  @ServerlessTrigger(kind(), {})
  c() {}
}
@Controller('/r')
export class R {
  @Get(/^x/)
  r() {}
}
`
    const files = project(3, { 'a.ts': source })
    expect(await mistakesOf(files)).toEqual([
      'SLS1050 warning "process.env.PATHNAME" is known only when the program runs, so it is left out @process.env.PATHNAME',
      'SLS1050 warning "hsf" triggers exist on one company\'s own platform only, so it is left out @@ServerlessTrigger(ServerlessTriggerType.HSF)',
      'SLS1050 warning "kind()" is known only when the program runs, so it is left out @kind()',
      'SLS1050 warning "/^x/" is known only when the program runs, so it is left out @/^x/',
    ])
    expect(outline(await serviceOf(files))).toEqual(['a-a a.a: GET /*', 'a-b a.b: ', 'a-c a.c: '])
  })

  it('do not follow constants in a circle', async () => {
    const source = `const A = B + 'x'\nconst B = A\n@Controller(A)\nexport class C { @Get('/') c() {} }\n`
    expect(await mistakesOf(project(3, { 'c.ts': source }))).toEqual([
      'SLS1050 warning "A" is known only when the program runs, so it is left out @A',
      expect.stringMatching(/^SLS1046/),
    ])
  })

  it('refuse two methods under one name', async () => {
    const source = `@Provide()\nexport class A {\n  @ServerlessFunction({ functionName: 'x' }) @ServerlessTrigger('event') a() {}\n  @ServerlessFunction({ functionName: 'x' }) @ServerlessTrigger('event') b() {}\n}\n`
    expect(await mistakesOf(project(3, { 'a.ts': source }))).toEqual([
      'SLS1047 error two methods would be the function "x" @@ServerlessTrigger(\'event\')',
    ])
  })
})

const OLDER = `import { Func, Inject, Provide } from '@midwayjs/decorator'
import { FaaSTrigger } from './triggers'

@Provide()
@Func('render.handler')
export class RenderService { async handler() {} }

@Provide()
export class TodoService {
  @Func('todo.list', { event: 'HTTP', path: '/todo' })
  async list() {}

  @Func({ event: 'HTTP', method: 'POST', path: '/todo' })
  async addItem() {}

  @Func()
  async clear() {}

  @Func('todo.nightly', { middleware: ['x'] })
  async nightly() {}
}
`

describe('the older decorator', () => {
  it('names functions after handlers, and answers GET on a path of its own when it says nothing', async () => {
    expect(outline(await serviceOf(project(1, { 'index.ts': OLDER })))).toEqual([
      'render render.handler: GET /renderService/handler',
      'todo-list todo.list: GET /todo',
      'todo-service-add-item todoService.addItem: POST /todo',
      'todo-service-clear todoService.clear: GET /todoService/clear',
      'todo-nightly todo.nightly: ',
    ])
  })

  it('only binds handlers when the file has functions of its own', async () => {
    const yml = `${YML}functions:\n  page:\n    handler: render.handler\n    events: [http: GET /*]\n  other: { handler: other.main }\n`
    expect(outline(await serviceOf(project('*', { 'index.ts': OLDER }, yml)))).toEqual([
      'page render.handler: GET /*',
      'other other.main (file): ',
    ])
  })

  it('had small letters once', async () => {
    const source = `import { func, provide } from '@midwayjs/faas'\n@provide()\n@func('login.handler')\nexport class Login { handler() {} }\n`
    expect(outline(await serviceOf(project('^0.3.0', { 'login.ts': source })))).toEqual([
      'login login.handler: GET /login/handler',
    ])
  })
})

describe('file and code', () => {
  it('are one function under one name: settings of the code, events of both', async () => {
    const yml = `${YML}functions:\n  photos:\n    timeout: 5\n    memorySize: 128\n    trigger:\n      - timer: { every: 1h }\n  hello-both:\n    events:\n      - http: { path: /hello/pictures, method: [get] }\n`
    const files = project(3, { 'hello.ts': TRIGGERS, 'names.ts': NAMES }, yml)
    const service = await serviceOf(files)
    expect(outline(service).slice(0, 2)).toEqual([
      'photos hello.store: timer, os',
      'hello-both hello.both: GET|POST /hello/pictures, timer',
    ])
    expect(service.functions[0]).toMatchObject({ timeoutSec: 30, memoryMb: 1024 })
  })

  it('print as a file that says the same, and is not doubled by the code', async () => {
    const dir = folderOf(project(3, { 'goods.ts': CONTROLLER }))
    const { service } = await loadService({ dir, env: {} })
    writeFileSync(join(dir, 'serverless.json'), JSON.stringify(writeService(service)))
    const again = await loadService({ dir, env: {}, file: 'serverless.json' })
    expect(writeService(again.service)).toEqual(writeService(service))
    expect(outline(again.service)).toEqual(outline(service))
  })

  it('leave other projects alone: without the framework, and whole applications', async () => {
    const plain = { ...project(3, { 'goods.ts': CONTROLLER }, `${YML}functions: { a: }\n`), 'package.json': '{}' }
    expect(outline(await serviceOf(plain))).toEqual(['a a.handler (file): '])
    const app = project(3, { 'goods.ts': CONTROLLER }, `${YML}deployType: koa\n`)
    expect((await serviceOf(app)).functions.map(({ name }) => name)).toEqual(['app'])
  })

  it('are read in the folder that the project names', async () => {
    const manifest = { devDependencies: { '@midwayjs/faas': '*' }, 'midway-integration': { tsCodeRoot: 'lib/apis' } }
    const files = { 'f.yml': YML, 'package.json': JSON.stringify(manifest), 'lib/apis/goods.ts': CONTROLLER }
    expect((await load(files)).service.functions).toHaveLength(4)
  })

  it('tell of functions that have no class', async () => {
    const manifest = { dependencies: { '@midwayjs/faas': '^1', '@midwayjs/hooks': '^1' } }
    const files = { 'f.yml': `${YML}functions: { a: }\n`, 'package.json': JSON.stringify(manifest) }
    expect(await mistakesOf(files)).toEqual([
      expect.stringMatching(/^SLS1050 warning functions that are plain exports/),
    ])
  })

  it('tell of a source that cannot be parsed', async () => {
    expect(await mistakesOf(project(3, { 'bad.ts': 'class { @Controller( <<<' }))).toEqual([
      expect.stringMatching(/^SLS1050 warning the file is not TypeScript/),
      expect.stringMatching(/^SLS1046/),
    ])
  })
})

describe('the memory', () => {
  const age = (file: string, seconds: number): void => {
    const then = Math.floor(Date.now() / 1000) - seconds
    utimesSync(file, then, then)
  }

  it('reads a file again when it or what it imports has changed, and otherwise not', async () => {
    const dir = folderOf(project(3, { 'hello.ts': TRIGGERS, 'names.ts': NAMES, 'goods.ts': CONTROLLER }))
    const names = join(dir, 'src/names.ts')
    const goods = join(dir, 'src/goods.ts')
    for (const name of ['hello.ts', 'names.ts', 'goods.ts']) age(join(dir, 'src', name), 60)
    const first = await loadService({ dir, env: {} })
    // The same length and time, as if nothing had happened.
    const { mtimeMs } = statSync(goods)
    writeFileSync(goods, CONTROLLER.replace("'/goods/'", "'/hoods/'"))
    utimesSync(goods, mtimeMs / 1000, mtimeMs / 1000)
    const second = await loadService({ dir, env: {} })
    expect(outline(second.service)).toEqual(outline(first.service))
    expect(second.locate({ code: 'SLS1002', severity: 'error', message: '', pointer: '/functions/photos' }).at).toEqual(
      first.locate({ code: 'SLS1002', severity: 'error', message: '', pointer: '/functions/photos' }).at,
    )
    writeFileSync(names, NAMES.replace('pictures', 'images'))
    age(goods, 30)
    const third = outline((await loadService({ dir, env: {} })).service)
    expect(third).toContain('hello-both hello.both: POST /hello/images, timer')
    expect(third).toContain('goodsController-list goodsController.list: GET /hoods')
  })
})
