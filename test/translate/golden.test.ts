import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { check } from '../../src/actions/check.ts'
import type { ActionIo } from '../../src/actions/io.ts'
import { writeSpec } from '../../src/actions/spec-file.ts'
import { loadService } from '../../src/config/load.ts'
import { type Diagnostic, hasErrors, type SpecFile } from '../../src/kit/src/index.ts'
import { writeMatrix } from '../../src/ui/matrix-markdown.ts'
import { loadTargets, translateAll } from './targets.ts'

const root = join(import.meta.dirname, '../golden')
const update = process.env['UPDATE_GOLDEN'] === '1'
const targets = await loadTargets()

const io: ActionIo = { env: {}, cwd: root, tell: () => undefined, signal: new AbortController().signal }

describe.each(readdirSync(root))('%s', (name) => {
  const expected = join(root, name, 'expected')
  // A case without a file of its own is an example.
  const isOwn = existsSync(join(root, name, 'serverless.yml'))
  const dir = isOwn ? join(root, name) : join(root, '../../examples', name)

  it.each(targets)('becomes what is expected on $name', async (target) => {
    const { service } = await loadService({ dir, env: {}, provider: target.provider })
    const { diagnostics, files } = translateAll(target, service)
    const made = new Map<string, string>()
    if (!hasErrors(diagnostics))
      for (const [index, file] of files.entries())
        made.set(fileName(target.name, file, index), writeSpec(file).toString())
    if (diagnostics.length > 0)
      made.set(`${target.name}.diagnostics.txt`, diagnostics.map(show).join('\n\n').concat('\n'))
    if (update) replace(expected, target.name, made)
    const present = readdirSync(expected).filter((file) => file.startsWith(`${target.name}.`))
    expect(present.sort()).toEqual([...made.keys()].sort())
    for (const [file, text] of made) expect(text, file).toBe(readFileSync(join(expected, file), 'utf8'))
  })

  const matrixFile = join(expected, 'matrix.md')
  // Only some cases have one.
  if (!existsSync(matrixFile)) return
  it('is as portable as expected', async () => {
    const { matrix } = await check({ dir, provider: 'all' }, io)
    const text = matrix ? writeMatrix(matrix) : ''
    if (update) writeFileSync(matrixFile, text)
    expect(text).toBe(readFileSync(matrixFile, 'utf8'))
  })
})

it('has cases enough', () => {
  expect(readdirSync(root).length).toBeGreaterThanOrEqual(60)
})

function fileName(target: string, file: SpecFile, index: number): string {
  return index === 0 ? `${target}.yaml` : `${target}.${file.path}`
}

function show({ code, severity, message, pointer, help }: Diagnostic): string {
  return [`${severity} ${code} at ${pointer}`, message, ...(help ?? []).map((line) => `help: ${line}`)].join('\n')
}

function replace(dir: string, target: string, made: ReadonlyMap<string, string>): void {
  mkdirSync(dir, { recursive: true })
  for (const file of readdirSync(dir).filter((name) => name.startsWith(`${target}.`))) rmSync(join(dir, file))
  for (const [file, text] of made) writeFileSync(join(dir, file), text)
}
