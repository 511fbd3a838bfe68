import { expect, it } from 'vitest'
import { parseText } from '../../src/config/read.ts'
import { type Diagnostic, hasErrors } from '../../src/kit/src/index.ts'
import { hasContracts, loadChecks } from '../translate/contracts.ts'
import { loadTargets, translateAll } from '../translate/targets.ts'
import type { Leaf } from './leaves.ts'
import { lostLeaves, read, reading, translation } from './lost.ts'
import { randomFile } from './random-file.ts'

// CI takes more; a change of a table shows in far fewer.
const COUNT = Number(process.env['ANYFAAS_RANDOM_FILES'] ?? 300)
const targets = await loadTargets()
const stages = [reading, ...targets.map(translation)]
const checks = hasContracts ? loadChecks() : {}

it(`${COUNT} files by chance are valid by contract or refused at a place, and nothing is lost`, {
  timeout: COUNT * 1000,
}, async () => {
  const problems: string[] = []
  const translated = new Map<string, number>()
  for (let seed = 1; seed <= COUNT; seed++) {
    const source = parseText('serverless.json', JSON.stringify(randomFile(seed)))
    const { loaded, diagnostics } = await read(source)
    problems.push(...withoutPlace(diagnostics).map((code) => `${seed} ${code} has no place`))
    if (!loaded) continue
    for (const target of targets) {
      const { resources, files, diagnostics: said } = translateAll(target, loaded.service)
      problems.push(
        ...withoutPlace(said.map(loaded.locate)).map((code) => `${seed} ${target.name} ${code} has no place`),
      )
      if (hasErrors(said)) continue
      translated.set(target.name, (translated.get(target.name) ?? 0) + 1)
      const wrong = checks[target.name]?.(resources, files) ?? []
      problems.push(...wrong.filter((one) => !isWarned(one, said)).map((one) => `${seed} ${target.name} ${one}`))
    }
    const lost = await lostLeaves(source, loaded, stages)
    problems.push(
      ...lost.flatMap((leaves, index) =>
        leaves.map((leaf) => `${seed} ${drawLeaf(leaf)} is lost: ${stages[index]?.name}`),
      ),
    )
  }
  expect(problems).toEqual([])
  // Files that every platform refuses would prove nothing.
  for (const { name } of targets) expect(translated.get(name) ?? 0, name).toBeGreaterThan(COUNT / 8)
})

function withoutPlace(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.filter(({ at, pointer }) => !at && pointer === undefined).map(({ code }) => code)
}

function drawLeaf({ path, value }: Leaf): string {
  return `${path.join('/')}=${JSON.stringify(value)}`
}

// A runtime or a region that is newer than a contract is passed on, and said.
function isWarned(problem: string, said: readonly Diagnostic[]): boolean {
  const code = /\/runtime /.test(problem) ? 'SLS3004' : /\/region /.test(problem) ? 'SLS3006' : undefined
  return said.some((diagnostic) => diagnostic.code === code)
}
