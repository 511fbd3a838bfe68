import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { check } from '../../src/actions/check.ts'
import type { ActionIo } from '../../src/actions/io.ts'
import type { Matrix, MatrixPart } from '../../src/actions/matrix.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { run } from '../../src/cli/run.ts'
import type { Level } from '../../src/kit/src/index.ts'
import { writeMatrix } from '../../src/ui/matrix-markdown.ts'
import { drawMatrix } from '../../src/ui/matrix-text.ts'
import { widthOf } from '../../src/ui/width.ts'
import { createFakeWorld } from '../cli/fake-world.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { ascii, coloured, plain } from '../ui/paper.ts'

const root = mkdtempSync(join(tmpdir(), 'sls-matrix-'))
afterAll(() => removeFolder(root))

const SHOP = `service: shop
provider:
  name: aws
  cpu: 0.5
functions:
  api:
    handler: api.handler
    events:
      - http: GET /items/:id
      - http: { path: /stream, streaming: true }
  paid:
    handler: paid.handler
    cpu: 0.25
    secrets: [TOKEN]
    events:
      - queue: orders
      - timer: { cron: 0 8 * * *, timezone: Europe/Berlin }
  together:
    handler: together.handler
    environment: { AWS_REGION: x }
    events: [{ http: GET /together }]
aggregation:
  web:
    functions: [together]
domain:
  name: shop.example.com
`

let count = 0

function folder(text: string, others: Readonly<Record<string, string>> = {}): string {
  const dir = join(root, String(++count))
  for (const [name, content] of Object.entries({ 'serverless.yml': text, ...others })) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), content)
  }
  return dir
}

function io(): ActionIo {
  return { env: {}, cwd: root, tell: () => undefined, signal: new AbortController().signal }
}

async function matrixOf(text: string, provider = 'all'): Promise<Matrix> {
  const { matrix } = await check({ dir: folder(text), provider }, io())
  if (!matrix) throw new Error('no matrix')
  return matrix
}

function partAt(matrix: Matrix, ...names: readonly string[]): MatrixPart {
  let parts = matrix.parts
  let found: MatrixPart | undefined
  for (const name of names) {
    found = parts.find((part) => part.name === name)
    if (!found) throw new Error(`no part "${name}" among ${parts.map((part) => part.name).join(', ')}`)
    parts = found.parts
  }
  return found as MatrixPart
}

async function cli(dir: string, ...args: readonly string[]) {
  const world = createFakeWorld(dir)
  const code = await run(['check', ...args], world, COMMANDS)
  return { code, text: world.sheet.text() }
}

const EVERY: Readonly<Record<string, Level>> = {
  aliyun: 'native',
  'aliyun-2.0': 'native',
  aws: 'native',
  tencent: 'native',
  local: 'native',
}

describe('the matrix of a service', async () => {
  const matrix = await matrixOf(SHOP)

  it('has every platform and edition, with the worst of each', () => {
    expect(matrix.platforms.map(({ platform, level }) => [platform, level])).toEqual([
      ['aliyun', 'refused'],
      ['aliyun-2.0', 'refused'],
      ['aws', 'refused'],
      ['tencent', 'refused'],
      ['local', 'lossy'],
    ])
  })

  it('has functions and triggers in the order of the file, and features that are not plainly native', () => {
    const names = (parts: readonly MatrixPart[]): unknown => parts.map(({ name, parts }) => [name, names(parts)])
    expect(names(matrix.parts)).toEqual([
      [
        'api',
        [
          ['cpu', []],
          [
            'http GET /items/:id',
            [
              ['path', []],
              ['method', []],
            ],
          ],
          [
            'http any /stream',
            [
              ['path', []],
              ['streaming', []],
            ],
          ],
        ],
      ],
      [
        'paid',
        [
          ['cpu', []],
          ['secrets', []],
          ['queue orders', []],
          [
            'timer',
            [
              ['cron', []],
              ['timezone', []],
            ],
          ],
        ],
      ],
      [
        'web',
        [
          ['cpu', []],
          ['together.environment.AWS_REGION', []],
          [
            'http GET /together',
            [
              ['path', []],
              ['method', []],
            ],
          ],
        ],
      ],
      ['service', [['domain', []]]],
    ])
  })

  it('says native, emulated, lossy and refused', () => {
    expect(partAt(matrix, 'api', 'http GET /items/:id').levels).toEqual({
      ...EVERY,
      aliyun: 'emulated',
      'aliyun-2.0': 'emulated',
      tencent: 'emulated',
    })
    expect(partAt(matrix, 'paid', 'cpu').levels).toEqual({
      ...EVERY,
      'aliyun-2.0': 'lossy',
      aws: 'lossy',
      tencent: 'lossy',
      local: 'lossy',
    })
    expect(partAt(matrix, 'paid', 'queue orders').levels).toEqual({
      ...EVERY,
      'aliyun-2.0': 'refused',
      tencent: 'refused',
      local: 'emulated',
    })
    // A zone with summer time cannot be written as hours of another one.
    expect(partAt(matrix, 'paid', 'timer').levels).toEqual({ ...EVERY, tencent: 'refused' })
  })

  it('gives the reason, the way out and the place', () => {
    const queue = partAt(matrix, 'paid', 'queue orders')
    expect(queue.place).toEqual({ file: 'serverless.yml', line: 16, column: 9 })
    expect(queue.remarks).toContainEqual({
      level: 'refused',
      platforms: ['aliyun-2.0'],
      reason: 'its template knows no EventBridge triggers',
      instead: ['use edition 3.0'],
      code: 'SLS3001',
    })
    expect(partAt(matrix, 'paid', 'cpu').place?.line).toBe(13)
    // A default is shown where it stands.
    expect(partAt(matrix, 'api', 'cpu').place).toEqual({ file: 'serverless.yml', line: 4, column: 3 })
    expect(partAt(matrix, 'web', 'together.environment.AWS_REGION').place?.line).toBe(20)
  })

  it('judges routes that share one trigger each at its own place', () => {
    expect(partAt(matrix, 'api', 'http any /stream', 'streaming').levels['aliyun']).toBe('lossy')
    expect(partAt(matrix, 'api', 'http any /stream', 'streaming').place?.line).toBe(10)
  })

  it('is native all through when it is', async () => {
    const plainOne = await matrixOf('service: a\nfunctions: { a: { handler: a.handler, events: [http] } }\n')
    expect(plainOne.parts.map(({ levels }) => levels)).toEqual([EVERY])
    expect(plainOne.parts[0]?.parts.map(({ name, parts }) => [name, parts])).toEqual([['http any /*', []]])
  })

  it('has one platform when one is named, in the edition of the file', async () => {
    const text = 'service: a\nprovider: { name: aliyun, edition: "2.0" }\nfunctions: { a: { handler: a.handler } }\n'
    expect((await matrixOf(text, 'fc')).platforms.map(({ platform }) => platform)).toEqual(['aliyun-2.0'])
    expect((await matrixOf(text, 'aws,fc')).platforms.map(({ platform }) => platform)).toEqual(['aws', 'aliyun-2.0'])
  })

  it('stays away when nobody asked for platforms', async () => {
    const text = 'service: a\nprovider: aws\nfunctions: { a: { handler: a.handler } }\n'
    expect((await check({ dir: folder(text) }, io())).matrix).toBeUndefined()
  })
})

describe('how it is drawn', async () => {
  const matrix = await matrixOf(SHOP)

  it.each([30, 40, 60, 80, 100, 200])('fits %i columns', (columns) => {
    const lines = drawMatrix(matrix, plain, columns).split('\n')
    // The word that is longer than a line is the only excuse.
    const wide = lines.filter((line) => widthOf(line) > columns && line.trim().includes(' ') && columns >= 60)
    expect(wide).toEqual([])
  })

  it('says the same without colours and signs', () => {
    const bare = drawMatrix(matrix, ascii, 100)
    expect(bare).toMatch(/^[\x20-\x7e\n]*$/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(drawMatrix(matrix, coloured, 100).replace(/\u001b\[\d+m/g, '')).toBe(drawMatrix(matrix, plain, 100))
  })

  it('names every level of every row where columns have no room', () => {
    const text = drawMatrix(matrix, plain, 40)
    expect(text).toContain('paid\n')
    expect(text).toMatch(/queue orders\n\s+native: aliyun, aws\n\s+refused: aliyun-2.0, tencent\n\s+emulated: local/)
  })

  it('keeps hostile names from being markup', async () => {
    const text = 'service: a\nfunctions:\n  a:\n    handler: a.handler\n    events: [{ os: { bucket: "x|<b>_*y*" } }]\n'
    const markdown = writeMatrix(await matrixOf(text))
    expect(markdown).toContain('| &nbsp;&nbsp;os x\\|\\<b\\>\\_\\*y\\* |')
    const rows = markdown.split('\n').filter((line) => line.startsWith('|'))
    expect(new Set(rows.map((line) => line.replaceAll('\\|', '').split('|').length)).size).toBe(1)
  })
})

describe('sls check --provider', () => {
  it('fails for what is named: refused, and with --strict lost', async () => {
    const lossy = folder('service: a\nfunctions: { a: { handler: a.handler, cpu: 1 } }\n')
    expect((await cli(lossy, '--provider', 'aws')).code).toBe(0)
    expect((await cli(lossy, '--provider', 'aws', '--strict')).code).toBe(2)
    expect((await cli(lossy, '--provider', 'all', '--strict')).code).toBe(0)
    const shop = folder(SHOP)
    expect((await cli(shop, '--provider', 'tencent')).code).toBe(2)
    // The file names aws, which refuses.
    expect((await cli(shop, '--provider', 'all')).code).toBe(2)
    expect((await cli(folder(SHOP.replace('  name: aws\n', '')), '--provider', 'all')).code).toBe(0)
  })

  it('shows the frames of what is named beside the matrix', async () => {
    const { text } = await cli(folder(SHOP), '--provider', 'tencent')
    expect(text).toContain('all of it')
    expect(text).toContain('error[SLS3001]: SCF cannot do the queue trigger of function "paid"')
    expect(text).toContain('╭─ serverless.yml:16:9')
    expect((await cli(folder(SHOP.replace('  name: aws\n', '')), '--provider', 'all')).text).not.toContain('╭─')
  })

  it('gives the same as JSON, with the diagnostics of a failure beside it', async () => {
    const { code, text } = await cli(folder(SHOP), '--provider', 'tencent', '--json')
    const { ok, result, diagnostics } = JSON.parse(text)
    expect([code, ok]).toEqual([2, false])
    expect(result.matrix.parts.map((part: MatrixPart) => [part.name, part.levels])).toContainEqual([
      'paid',
      { tencent: 'refused' },
    ])
    expect(result).not.toHaveProperty('refusals')
    expect(diagnostics.some((one: { severity: string }) => one.severity === 'error')).toBe(true)
  })

  it('writes Markdown', async () => {
    const { text } = await cli(folder(SHOP), '--provider', 'all', '--format', 'markdown')
    expect(text).toContain('| | `aliyun` | `aliyun-2.0` | `aws` | `tencent` | `local` |'.replace('| |', '|  |'))
    expect(text).toContain('    - instead: use edition 3.0')
  })

  it('finds places in files that the service takes parts from', async () => {
    const text = 'service: a\nfunctions: ${file(functions.yml)}\n'
    const dir = folder(text, { 'functions.yml': 'a:\n  handler: a.handler\n  cpu: 1\n' })
    const { matrix } = await check({ dir, provider: 'aws' }, io())
    expect(matrix?.parts[0]?.parts[0]?.place).toEqual({ file: 'functions.yml', line: 3, column: 3 })
  })

  it('names the file alone when it is a program', async () => {
    const dir = join(root, String(++count))
    mkdirSync(dir)
    writeFileSync(
      join(dir, 'serverless.mjs'),
      'export default { service: "a", functions: { a: { handler: "a.handler", cpu: 1 } } }\n',
    )
    const { matrix } = await check({ dir, provider: 'aws' }, io())
    expect(matrix?.parts[0]?.parts[0]?.place).toEqual({ file: 'serverless.mjs' })
    expect(readFileSync(join(dir, 'serverless.mjs'), 'utf8')).toContain('cpu')
  })
})
