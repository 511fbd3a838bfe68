import judges from '../judges/packages.json' with { type: 'json' }

/** A small project in the words of one major version of the framework. All of them answer the same requests. */
export interface Project {
  readonly major: number
  readonly files: Readonly<Record<string, string>>
}

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'ES2018',
    module: 'commonjs',
    moduleResolution: 'node',
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    rootDir: 'src',
    outDir: 'dist',
    noEmitOnError: false,
  },
  include: ['src'],
})

const YML = 'service: shop\nprovider:\n  name: local\n  timeout: 30\npackage:\n  patterns: ["!test/**"]\n'

/** What the handlers do, in every dialect. `body` is the parsed body, `id` the parameter of the path. */
const WORK = {
  hello:
    'return { text: this.greeter.greet(String(this.ctx.query.name)), method: this.ctx.method, path: this.ctx.path }',
  echo: 'return this.ctx.request.body',
  user: 'return this.ctx.params.id',
  page: "return '<p>page</p>'",
  bytes: 'return Buffer.from([0, 255, 128, 10])',
  made: "this.ctx.status = 201; this.ctx.set('x-made', 'here'); this.ctx.body = { made: true }",
  nothing: 'return undefined',
  moved: "this.ctx.redirect('/elsewhere')",
  cookies: "this.ctx.set('set-cookie', ['a=1', 'b=2']); return 'ok'",
  beside: "return require('fs').readFileSync(require('path').join(__dirname, '../public/note.txt'), 'utf8').trim()",
  boom: "throw Object.assign(new Error('boom'), { status: 418 })",
} as const

const ROUTES: readonly (readonly [keyof typeof WORK, 'get' | 'post', string])[] = [
  ['hello', 'get', '/hello'],
  ['echo', 'post', '/echo'],
  ['user', 'get', '/users/:id'],
  ['page', 'get', '/page'],
  ['bytes', 'get', '/bytes'],
  ['made', 'get', '/made'],
  ['nothing', 'get', '/nothing'],
  ['moved', 'get', '/moved'],
  ['cookies', 'get', '/cookies'],
  ['beside', 'get', '/beside'],
  ['boom', 'get', '/boom'],
]

/** Injected by its type, made once, made ready by a method of its own. */
function greeter(from: string): string {
  return `import { Init, Provide, Scope, ScopeEnum } from '${from}'

@Provide()
@Scope(ScopeEnum.Singleton)
export class GreetService {
  private word = ''
  private made = 0

  @Init()
  async init() {
    await new Promise((resolve) => setImmediate(resolve))
    this.word = 'hello'
    this.made += 1
  }

  greet(name: string): string {
    return \`\${this.word} \${name} \${this.made}\`
  }
}
`
}

const NIGHTLY =
  "return { word: this.greeter.greet('night'), hasEvent: event !== undefined, hasContext: Boolean(this.ctx.originContext) }"

// The oldest style: a decorator that names the handler; injection by the property's name; middleware by its own name.
const older: Project = {
  major: 1,
  files: {
    'package.json': manifest(1),
    'src/greet.ts': greeter('@midwayjs/decorator'),
    'src/stamp.ts': `import { Provide } from '@midwayjs/decorator'
@Provide('stamp')
export class Stamp {
  resolve() {
    return async (ctx, next) => {
      ctx.set('x-stamp', 'yes')
      await next()
    }
  }
}
`,
    'src/index.ts': `import { Func, Inject, Provide } from '@midwayjs/decorator'
import { GreetService } from './greet'

@Provide()
export class ApiService {
  @Inject() ctx
  @Inject('greetService') greeter: GreetService

${ROUTES.map(([name, method, path]) => `  @Func('api.${name}', { event: 'HTTP', method: '${method.toUpperCase()}', path: '/api${path}', middleware: ['stamp'] })\n  async ${name}() { ${WORK[name]} }\n`).join('\n')}
}

@Provide()
@Func('nightly.handler', { event: 'TIMER', type: 'every', value: '1h' })
export class Nightly {
  @Inject() ctx
  @Inject('greetService') greeter: GreetService
  async handler(event) { ${NIGHTLY} }
}
`,
  },
}

function newer(major: 2 | 3 | 4): Project {
  const from = major === 2 ? '@midwayjs/decorator' : '@midwayjs/core'
  const routes = ROUTES.map(([name, method, path]) => {
    const verb = method === 'get' ? 'Get' : 'Post'
    return `  @${verb}('${path}')\n  async ${name}() { ${WORK[name]} }\n`
  })
  return {
    major,
    files: {
      'package.json': manifest(major),
      'src/greet.ts': greeter(from),
      'src/stamp.ts': major === 2 ? (older.files['src/stamp.ts'] ?? '') : STAMP,
      ...(major > 2 && { 'src/configuration.ts': configuration(major) }),
      'src/api.ts': `import { Controller, Get, Inject, Post, Provide } from '${from}'
import { GreetService } from './greet'
import { Stamp } from './stamp'

@Provide()
@Controller('/api', { middleware: [${major === 2 ? "'stamp'" : 'Stamp'}] })
export class ApiController {
  @Inject() ctx
  @Inject() greeter: GreetService

${routes.join('\n')}
}
`,
      'src/nightly.ts': `import { Inject, Provide, ServerlessTrigger, ServerlessTriggerType } from '${from}'
import { GreetService } from './greet'

@Provide()
export class Nightly {
  @Inject() ctx
  @Inject() greeter: GreetService

  @ServerlessTrigger(ServerlessTriggerType.TIMER, { type: 'every', value: '1h' })
  async handler(event) { ${NIGHTLY} }
}
`,
    },
  }
}

const STAMP = `import { Middleware } from '@midwayjs/core'

@Middleware()
export class Stamp {
  resolve() {
    return async (ctx, next) => {
      ctx.set('x-stamp', 'yes')
      return await next()
    }
  }
}
`

// The fourth version looks for classes only where it is told to.
function configuration(major: number): string {
  const detector = major === 4 ? ', detector: new CommonJSFileDetector()' : ''
  return `import { CommonJSFileDetector, Configuration } from '@midwayjs/core'
import * as faas from '@midwayjs/faas'

@Configuration({ imports: [faas]${detector} })
export class MainConfiguration {}
`
}

function manifest(major: number): string {
  return JSON.stringify({
    name: 'shop',
    version: '1.0.0',
    dependencies: (judges as Readonly<Record<string, object>>)[`midway${major}`],
  })
}

// For a service file that names it.
const LAYER =
  "exports.layer = { beforeInvoke: (ctx, args, { function: name, kind }) => void ctx.set('x-layer', [name, kind].join(' ')) }\n"

const COMMON = {
  'serverless.yml': YML,
  'tsconfig.json': TSCONFIG,
  'layers/around.js': LAYER,
  'public/note.txt': 'a note\n',
  'test/x.txt': 'x',
}

/** One project a major version. */
export const projects: readonly Project[] = [older, newer(2), newer(3), newer(4)].map((project) => ({
  ...project,
  files: { ...COMMON, ...project.files },
}))
