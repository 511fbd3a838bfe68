import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadService } from '../../src/config/load.ts'
import { hasErrors } from '../../src/kit/src/index.ts'
import { hasContracts, loadChecks } from './contracts.ts'
import { loadTargets, translateAll } from './targets.ts'

const root = join(import.meta.dirname, '../golden')
const cases = readdirSync(root).filter((name) => existsSync(join(root, name, 'serverless.yml')))
const targets = await loadTargets()

if (!hasContracts) console.log("the vendors' contracts are not at hand: what is translated was not held against them")

describe.skipIf(!hasContracts)("the vendors' contracts", () => {
  const checks = hasContracts ? loadChecks() : {}
  // A runtime that no contract knows is passed on on purpose, with a warning.
  const passedOn = new Set(['runtimes'])

  it.each(targets)('hold for $name', async (target) => {
    const check = checks[target.name]
    if (!check) throw new Error(`no contract for ${target.name}`)
    let held = 0
    for (const name of cases.filter((one) => !passedOn.has(one))) {
      const { service } = await loadService({ dir: join(root, name), env: {}, provider: target.provider })
      const { resources, diagnostics, files } = translateAll(target, service)
      if (hasErrors(diagnostics)) continue
      expect(check(resources, files), name).toEqual([])
      held++
    }
    expect(held).toBeGreaterThan(10)
  })
})
