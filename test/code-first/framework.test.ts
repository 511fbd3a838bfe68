import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Machine, makeMachine, root } from '../examples/sls.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { unpack } from '../packager/unzip.ts'
import { has, judgeFolder } from '../peers.ts'
import {
  type Call,
  calls,
  gatewayEvent,
  gatewayOutcome,
  infoOf,
  namesOf,
  OUR_PROGRAM,
  outcomeOf,
  platformCall,
} from './calls.ts'
import { type Project, projects } from './projects.ts'
import { theirProgram } from './theirs.ts'

/** Platform -> its service file's provider, and who plays it. */
const PLATFORMS = {
  local: { provider: '{ name: local, timeout: 30 }', emulator: 'dist/local/emulator.cjs' },
  'fc 3': { provider: '{ name: aliyun, timeout: 30 }', emulator: 'plugins/aliyun/dist/fc3/emulator.cjs' },
  'fc 2': {
    provider: "{ name: aliyun, edition: '2.0', timeout: 30 }",
    emulator: 'plugins/aliyun/dist/fc2/emulator.cjs',
  },
  scf: { provider: '{ name: tencent, timeout: 30 }', emulator: 'plugins/tencent/dist/scf/emulator.cjs' },
  lambda: { provider: '{ name: aws, timeout: 29 }', emulator: 'plugins/aws/dist/lambda/emulator.cjs' },
} as const

interface Difference {
  readonly majors: readonly number[]
  readonly name: string
  readonly theirs: object
  readonly ours: object
}

const FIRST_OR_BOTH = { headers: { 'set-cookie': expect.stringMatching(/^a=1(; b=2)?$/) } }
const TYPED = { headers: { 'content-type': 'text/plain; charset=utf-8' } }
const REFUSED = { status: 418, body: 'boom', headers: { 'x-stamp': 'yes' } }

// Where the framework's own packages answer otherwise, and are not right.
const DIFFERENCES: readonly Difference[] = [
  // An error that bears a status is answered with it, and the headers so far are kept.
  { majors: [1, 2], name: 'boom', theirs: { status: 500 }, ours: REFUSED },
  { majors: [3], name: 'boom', theirs: { status: 418, headers: {} }, ours: REFUSED },
  { majors: [4], name: 'boom', theirs: { thrown: 'boom' }, ours: REFUSED },
  // Nothing has neither a text nor a type.
  { majors: [1, 2, 3, 4], name: 'nothing', theirs: TYPED, ours: { status: 204, body: '' } },
  // They hand on the first cookie only behind this gateway; so does FC 3.0 itself.
  { majors: [1, 2, 3, 4], name: 'cookies', theirs: FIRST_OR_BOTH, ours: FIRST_OR_BOTH },
]

describe.skipIf(!has('midway')).each(projects)('version $major of the framework', (project) => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'anyfaas-code-first-')))
  const dir = join(home, 'shop')
  let machine: Machine

  beforeAll(() => {
    machine = makeMachine()
    write(project, dir)
    symlinkSync(join(judgeFolder(`midway${project.major}`), 'node_modules'), join(dir, 'node_modules'))
    // Not a package of the project, and found from it all the same.
    symlinkSync(join(judgeFolder('typescript'), 'node_modules'), join(home, 'node_modules'))
  })

  afterAll(async () => {
    await machine?.remove()
    removeFolder(home)
  })

  it('answers from where its sources lie', async () => {
    const hello = namesOf(project.major, calls[0] as Call).fn
    const first = await machine.sls(['invoke', '-f', hello, '--path', '/api/hello?name=you', '--json'], { cwd: dir })
    expect(JSON.parse(first.stdout).result.answer).toMatchObject({ status: 200, body: greeting })
    const beside = hello.replace('hello', 'beside')
    expect((await machine.sls(['invoke', '-f', beside], { cwd: dir })).stdout).toBe('a note')
    const boom = await machine.sls(['invoke', '-f', hello.replace('hello', 'boom')], { cwd: dir })
    expect(`${boom.code} ${boom.stdout}`).toBe('0 boom')
  }, 120_000)

  it('answers on the local platform', async () => {
    // All functions as one: one process, and one start of the framework.
    const file = join(dir, 'all.yml')
    const all = "aggregation: { all: { functionsPattern: '*', eventTrigger: true } }\n"
    writeFileSync(file, `service: shop\nprovider: { name: local, timeout: 60 }\n${all}`)
    const { code, stdout, stderr } = await machine.sls(['deploy', '-c', file], { cwd: dir })
    expect(`${code} ${stderr}`).toMatch(/^0 /)
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)?.[0] ?? ''
    const answers = await Promise.all(
      [1, 2].map(() => fetch(`${url}/api/hello?name=you`).then((answer) => answer.text())),
    )
    expect(answers).toEqual([greeting, greeting])
    const echo = await fetch(`${url}/api/echo`, {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    })
    expect(await echo.json()).toEqual({ a: 1 })
    expect((await fetch(`${url}/api/users/7`)).headers.get('x-stamp')).toBe('yes')
    expect((await machine.sls(['remove', '-c', file, '--yes'], { cwd: dir })).code).toBe(0)
  }, 120_000)

  describe('behaves as under its own packages', () => {
    let theirs: readonly unknown[] = []

    beforeAll(() => {
      // By the project's own build.
      compile(dir, home)
      writeFileSync(join(dir, 'theirs.js'), theirProgram(project.major))
      const asked = calls.map((call) => ({ handler: namesOf(project.major, call).handler, event: gatewayEvent(call) }))
      theirs = play(join(dir, 'theirs.js'), [], asked)
      rmSync(join(dir, 'theirs.js'))
      removeFolder(join(dir, 'dist'))
    }, 120_000)

    it.each(Object.entries(PLATFORMS))(
      'on %s',
      async (name, { provider, emulator }) => {
        const ours = play(program(home), [join(root, emulator)], await askedOf(project, await packaged(name, provider)))
        const outcomes = calls.map((call, index) => [call.name, ourOutcome(ours[index])])
        const expected = calls.map((call, index) => [
          call.name,
          corrected(project.major, call, theirs[index], outcomes[index]?.[1]),
        ])
        expect(outcomes).toEqual(expected)
      },
      180_000,
    )
  })

  it('runs what the project has compiled itself', async () => {
    compile(dir, home)
    const yml = join(dir, 'own.yml')
    writeFileSync(yml, 'service: shop\nprovider: { name: local, timeout: 30 }\npackage: { bundle: false }\n')
    const fn = namesOf(project.major, calls[0] as Call).fn
    const asked = ['invoke', '-c', yml, '-f', fn, '--path', '/api/hello?name=you']
    const answer = await machine.sls(asked, { cwd: dir })
    expect(`${answer.stdout} ${answer.stderr}`).toContain(greeting)
  }, 120_000)

  it('has the layers of the service around its functions', async () => {
    const layers = 'layers: { around: ./layers/around.js }\n'
    const yml = join(dir, 'layered.yml')
    writeFileSync(yml, `service: shop\nprovider: { name: local, timeout: 30 }\n${layers}`)
    const { fn } = namesOf(project.major, calls[0] as Call)
    const asked = ['invoke', '-c', yml, '-f', fn, '--path', '/api/hello?name=you', '--json']
    const { answer } = JSON.parse((await machine.sls(asked, { cwd: dir })).stdout).result
    expect(answer).toMatchObject({ status: 200, body: greeting })
    expect(answer.headers).toContainEqual(['x-layer', `${fn} http`])
    const { provider, emulator } = PLATFORMS.lambda
    const code = await packaged('layered', provider, layers)
    const [first] = play(program(home), [join(root, emulator)], (await askedOf(project, code)).slice(0, 1))
    expect((first as OurAnswer).headers).toContainEqual(['x-layer', `${fn} http`])
    expect(ourOutcome(first)).toMatchObject({ status: 200, body: greeting })
  }, 180_000)

  /** The folder of an artifact for a platform. */
  async function packaged(name: string, provider: string, rest = ''): Promise<string> {
    const file = join(dir, `${name.replace(' ', '')}.yml`)
    writeFileSync(file, `service: shop\nprovider: ${provider}\npackage: { patterns: ['!test/**'] }\n${rest}`)
    const out = join(home, `out-${name.replace(' ', '')}`)
    const { code, stderr } = await machine.sls(['package', '-c', file, '--out', out], { cwd: dir })
    rmSync(file)
    expect(`${code} ${stderr}`).toMatch(/^0 /)
    const zip = zipIn(out)
    const folder = await unpack(zip, join(home, `unpacked-${name.replace(' ', '')}`))
    expect(readdirSync(folder)).not.toContain('test')
    expect(readdirSync(folder)).toContain('dist')
    return folder
  }
})

const greeting = '{"text":"hello you 1","method":"GET","path":"/api/hello"}'

function write({ files }: Project, dir: string): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
}

/** By the project's own build. It complains of types that are not installed, and writes what it is asked for. */
function compile(dir: string, home: string): void {
  spawnSync(process.execPath, [join(home, 'node_modules/typescript/bin/tsc'), '-p', dir], { stdio: 'ignore' })
}

function program(home: string): string {
  const file = join(home, 'ours.cjs')
  writeFileSync(file, OUR_PROGRAM)
  return file
}

/** Runs a program that takes calls on stdin and writes its answers to the fourth channel: frameworks log to the others. */
function play(file: string, args: readonly string[], asked: readonly unknown[]): readonly unknown[] {
  const { output, status } = spawnSync(process.execPath, [file, ...args], {
    cwd: dirname(file),
    input: JSON.stringify(asked),
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  })
  expect(`${status} ${output[2]}`).toMatch(/^0 /)
  return JSON.parse(output[3] ?? '') as readonly unknown[]
}

async function askedOf({ major }: Project, folder: string): Promise<readonly unknown[]> {
  const entries = readdirSync(folder).filter((name) => /^sls_.*\.c?js$/.test(name))
  return calls.map((call) => {
    const { fn } = namesOf(major, call)
    const entry = entries.find((name) => name.replace(/\W/g, '_').includes(`sls_${fn}_js`.replace(/\W/g, '_')))
    return { entry: join(folder, entry ?? fn), call: platformCall(call), info: infoOf(fn) }
  })
}

interface OurAnswer {
  readonly kind?: string
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
  readonly value?: unknown
}

function ourOutcome(answer: unknown): unknown {
  const { kind, status, headers, body, value } = answer as OurAnswer
  if (kind === 'http') return outcomeOf({ status, headers, body: Buffer.from(body, 'base64') })
  return kind === 'value' ? value : answer
}

/** What their packages answered, where they are right. */
function corrected(major: number, call: Call, answer: unknown, ours: unknown): unknown {
  const outcome = gatewayOutcome(answer)
  const found = DIFFERENCES.find(({ majors, name }) => majors.includes(major) && name === call.name)
  if (!found) return outcome
  expect(outcome).toMatchObject(found.theirs)
  expect(ours).toMatchObject(found.ours)
  return ours
}

function zipIn(out: string): string {
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' })
  return join(out, files.find((name) => name.endsWith('.zip')) ?? '')
}
