import type { ActionIo } from '../../src/actions/io.ts'
import { error, SlsError, warning } from '../../src/kit/src/index.ts'

// Stands for every action that works on a service: `--stage` says what shall happen.
interface Options {
  readonly stage?: string
}

const text = 'service: demo\nfunctions:\n  api:\n    evnts: []\n'
const sources = () => text
const at = { file: 'serverless.yml', start: text.indexOf('evnts'), end: text.indexOf('evnts') + 5 }

const SCENES: Readonly<Record<string, (io: ActionIo, options: Options) => unknown>> = {
  warn(io) {
    io.tell({ kind: 'diagnostic', diagnostic: warning('SLS1030', 'an older word', { at }), sources })
  },
  wrong() {
    const found = [error('SLS1002', 'unknown key "evnts"', { at, help: ['did you mean "events"?'] })]
    throw new SlsError(found, { sources })
  },
  credentials() {
    throw new SlsError(error('SLS7006', 'no secret "TOKEN"'))
  },
  bug() {
    throw new TypeError('x is not a function', { cause: new RangeError('too far') })
  },
  later() {
    setTimeout(() => {
      throw new TypeError('nobody caught me')
    }, 5)
    return new Promise((resolve) => setTimeout(resolve, 20_000))
  },
  async hang(io) {
    io.tell({ kind: 'phase', name: 'hang', state: 'start' })
    await new Promise((_, reject) => {
      const keep = setInterval(() => undefined, 1000)
      io.signal.addEventListener('abort', () => {
        clearInterval(keep)
        reject(io.signal.reason)
      })
    })
  },
  deaf(io) {
    io.tell({ kind: 'phase', name: 'deaf', state: 'start' })
    return new Promise((resolve) => setTimeout(resolve, 20_000))
  },
}

async function play(options: Options, io: ActionIo): Promise<void> {
  await SCENES[options.stage ?? '']?.(io, options)
}

export async function check(options: Options, io: ActionIo): Promise<object> {
  await play(options, io)
  return {
    service: 'demo',
    stage: options.stage ?? 'dev',
    file: '/serverless.yml',
    functions: 1,
    platforms: [],
    options,
  }
}

export async function print(options: Options): Promise<object> {
  const document = { service: 'demo', filler: 'x'.repeat(options.stage === 'big' ? 1_000_000 : 1) }
  return { document, yaml: () => `service: demo\nfiller: ${document.filler}\n` }
}

export async function plan(options: Options): Promise<object> {
  const steps =
    options.stage === 'same' ? [] : [{ id: 'function/api', type: 'function', action: 'create', because: [], needs: [] }]
  return { plans: [{ platform: 'local', plan: { service: 'demo', stage: 'dev', provider: 'local', steps } }] }
}

export async function remove(options: Options, io: ActionIo): Promise<object> {
  await play(options, io)
  return { removals: [{ platform: 'local', removed: ['function/api'] }] }
}

export async function logs(
  options: Options & { readonly functions?: readonly string[] },
  io: ActionIo,
): Promise<object> {
  const count = options.stage === 'big' ? 100_000 : 2
  for (let index = 0; index < count && !io.signal.aborted; index++) {
    io.tell({ kind: 'log', line: { time: 0, function: 'api', stream: 'out', text: `line ${index}` } })
    if (index % 1000 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return { lines: count }
}

export async function deploy(options: Options, io: ActionIo): Promise<object> {
  await play(options, io)
  const step = { kind: 'step', id: 'function/api', type: 'function', action: 'create' } as const
  io.tell({ kind: 'phase', name: 'package', state: 'start' })
  io.tell({ kind: 'phase', name: 'package', state: 'done', durationMs: 12 })
  io.tell({ ...step, state: 'start' })
  io.tell({ ...step, state: 'done', durationMs: 1234 })
  const url = 'http://127.0.0.1:9000'
  const fn = { name: 'api', state: 'ready', urls: [{ methods: ['GET'], url: `${url}/` }], notes: [] }
  const deployment = { platform: 'local platform', url, functions: [fn] }
  return { deployments: [{ platform: 'local', title: 'local', counts: { create: 1 }, durationMs: 1300, deployment }] }
}

export async function info(): Promise<object> {
  return { service: 'demo', stage: 'dev', platforms: [{ platform: 'local', title: 'the local platform' }] }
}

export async function translate(): Promise<object> {
  const text = 'Resources: {}\n'
  return {
    specs: [{ platform: 'aws', title: 'AWS Lambda', path: 'template.yaml', text, bytes: () => Buffer.from(text) }],
  }
}

export async function packageService(): Promise<object> {
  return { packages: [] }
}

export async function listTemplates(): Promise<readonly string[]> {
  return ['deck', 'hello']
}

export async function init(options: { readonly dir?: string }, io: ActionIo): Promise<object> {
  return { dir: `${io.cwd}/${options.dir ?? '.'}`, template: 'hello', files: ['serverless.yml'] }
}

export async function invoke(
  options: Options & {
    readonly function: string
    readonly path?: string
    readonly data?: string
    readonly debugPort?: number
  },
  io: ActionIo,
): Promise<object> {
  await play(options, io)
  const status = options.path === '/500' ? 500 : 200
  const answer = { kind: 'http', status, headers: [], body: Buffer.from(options.data ?? '') }
  return { function: options.function, platform: 'local', kind: 'http', answer, durationMs: 7, options }
}
