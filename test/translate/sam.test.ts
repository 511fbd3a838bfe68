import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadService } from '../../src/config/load.ts'
import { parseText } from '../../src/config/read.ts'
import { hasErrors, type Service } from '../../src/kit/src/index.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { has, judgesPython } from '../peers.ts'
import { read } from '../proof/lost.ts'
import { randomFile } from '../proof/random-file.ts'
import { loadTargets, translateAll } from './targets.ts'

const root = join(import.meta.dirname, '../golden')
const cases = readdirSync(root).filter((name) => existsSync(join(root, name, 'serverless.yml')))
const hasJudges = has('cfn-lint')
const RANDOM = Number(process.env['ANYFAAS_RANDOM_TEMPLATES'] ?? 15)

/** What the vendor's linter says, and why it stays. */
const ACCEPTED: readonly (readonly [RegExp, string])[] = [
  [/^W2531 /, 'a deprecated runtime: a warning there as here'],
  [/^E(1150|1154|3031) \S*\/VpcConfig\//, 'ids of networks are short in tests'],
]

describe.skipIf(!hasJudges)('the translator of SAM and the linter of CloudFormation', () => {
  it('take every golden case, and services by chance', { timeout: 600_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anyfaas-sam-'))
    try {
      const written = (await writeTemplates(folder)).length
      const answer = execFileSync(judgesPython() as string, [join(import.meta.dirname, 'judge-sam.py'), folder], {
        encoding: 'utf8',
        stdio: 'pipe',
        env: { ...process.env, AWS_DEFAULT_REGION: 'us-east-1', PYTHONWARNINGS: 'ignore' },
      })
      const problems = Object.entries(JSON.parse(answer) as Record<string, string[]>)
      expect(problems.length).toBe(written)
      expect(
        problems.flatMap(([file, found]) =>
          found.filter((one) => !ACCEPTED.some(([pattern]) => pattern.test(one))).map((one) => `${file} ${one}`),
        ),
      ).toEqual([])
    } finally {
      removeFolder(folder)
    }
  })
})

async function writeTemplates(folder: string): Promise<readonly string[]> {
  const target = (await loadTargets()).find(({ name }) => name === 'aws')
  if (!target) throw new Error('no target aws')
  const written: string[] = []
  const write = (name: string, service: Service): void => {
    const { diagnostics, files } = translateAll(target, service)
    if (hasErrors(diagnostics) || diagnostics.some(({ code }) => code === 'SLS3004')) return
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(files[0]?.data))
    written.push(name)
  }
  for (const name of cases)
    write(name, (await loadService({ dir: join(root, name), env: {}, provider: target.provider })).service)
  const goldens = written.length
  for (let seed = 1; written.length < goldens + RANDOM; seed++) {
    const { loaded } = await read(parseText('serverless.json', JSON.stringify(randomFile(seed))))
    if (loaded && loaded.service.functions.length > 0) write(`random-${seed}`, loaded.service)
  }
  return written
}
