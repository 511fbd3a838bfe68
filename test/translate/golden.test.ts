import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeSpec } from '../../src/actions/spec-file.ts'
import { loadService } from '../../src/config/load.ts'
import { type Diagnostic, hasErrors, type SpecFile } from '../../src/kit/src/index.ts'
import { loadTargets, translateAll } from './targets.ts'

const root = join(import.meta.dirname, '../golden')
const update = process.env['UPDATE_GOLDEN'] === '1'
const targets = await loadTargets()

describe.each(readdirSync(root).filter((name) => existsSync(join(root, name, 'serverless.yml'))))('%s', (name) => {
  const dir = join(root, name)

  it.each(targets)('becomes what is expected on $name', async (target) => {
    const { service } = await loadService({ dir, env: {}, provider: target.provider })
    const { diagnostics, files } = translateAll(target, service)
    const made = new Map<string, string>()
    if (!hasErrors(diagnostics))
      for (const [index, file] of files.entries()) made.set(fileName(target.name, file, index), writeSpec(file))
    if (diagnostics.length > 0)
      made.set(`${target.name}.diagnostics.txt`, diagnostics.map(show).join('\n\n').concat('\n'))
    const expected = join(dir, 'expected')
    if (update) replace(expected, target.name, made)
    const present = readdirSync(expected).filter((file) => file.startsWith(`${target.name}.`))
    expect(present.sort()).toEqual([...made.keys()].sort())
    for (const [file, text] of made) expect(text, file).toBe(readFileSync(join(expected, file), 'utf8'))
  })
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
