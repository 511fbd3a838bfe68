import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clock } from '@anyfaas/kit'
import { afterEach, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { run } from '../../src/cli/run.ts'
import { createFakeWorld } from '../cli/fake-world.ts'
import { readZip } from '../packager/unzip.ts'
import { aliyun2 } from './aliyun-2.ts'
import { aliyun3 } from './aliyun-3.ts'
import { aws } from './aws.ts'
import { Bench, type Tree } from './edition.ts'
import { tencent } from './tencent.ts'

const FIRST = 'planted-5ecret-value'
const SECOND = 'another-5ecret-value'
const ANY = /(planted|another)-5ecret-value/

const functions = (value: string): Record<string, Tree> => ({
  get: { environment: { TOKEN: '${secret:TOKEN}', HEADER: 'Bearer ${secret:TOKEN}' }, events: [{ http: 'GET /' }] },
  tick: { environment: { OTHER: value }, events: [{ timer: { cron: '0 8 * * *' } }] },
})

const real = { ...clock }
afterEach(() => void Object.assign(clock, real))

it.each([aliyun3, aliyun2, tencent, aws])(
  'a secret reaches $name in the body of a request, and no output, artifact, address or header',
  { timeout: 120_000 },
  async (edition) => {
    const bench = await new Bench(edition).start()
    bench.write(functions('${secret:TOKEN}'))
    const said: string[] = []
    const sls = async (line: string, token = FIRST): Promise<number> => {
      writeFileSync(join(bench.dir, '.env'), `TOKEN=${token}\n`)
      const { TOKEN: _, ...env } = bench.env
      const world = createFakeWorld(bench.dir, { ...env, SLS_DEBUG: '1' })
      const status = await run(line.split(' '), world, COMMANDS)
      said.push(`$ sls ${line}\n${world.sheet.text()}`)
      return status
    }

    for (const line of ['check', 'print', 'print --format json', 'translate', 'translate --stdout', 'package --report'])
      expect(await sls(line), said.at(-1)).toBe(0)
    for (const line of [
      'plan',
      'plan --json',
      'plan --format markdown',
      'deploy --dry-run',
      'deploy --yes --json=stream',
    ])
      expect(await sls(line), said.at(-1)).toBe(0)
    expect(JSON.stringify(bench.emulator.state())).toContain(`Bearer ${FIRST}`)
    for (const line of ['info', 'info --json', 'versions', 'doctor']) expect(await sls(line), said.at(-1)).toBe(0)

    // What is there is the old value, what is wanted the new one, and then the value without a secret.
    expect(await sls('plan --exit-code', SECOND)).toBe(3)
    expect(await sls('plan --exit-code --json', SECOND)).toBe(3)
    expect(await sls('deploy --yes', SECOND), said.at(-1)).toBe(0)
    expect(JSON.stringify(bench.emulator.state())).toContain(`Bearer ${SECOND}`)
    bench.write(functions('open'))
    expect(await sls('plan', SECOND), said.at(-1)).toBe(0)

    // A refusal carries what was sent, and is shown with its stack.
    unpatient()
    const { emulator } = bench
    emulator.options = { fault: ({ action }) => (emulator.mutations.includes(action) ? 'unavailable' : undefined) }
    expect(await sls('deploy --yes --debug', FIRST)).toBe(1)
    expect(await sls('deploy --yes --json', FIRST)).toBe(1)
    emulator.options = {}
    expect(await sls('remove --yes', FIRST), said.at(-1)).toBe(0)

    expect(said.join('\n')).not.toMatch(ANY)
    expect(await textsIn(bench.dir)).not.toMatch(ANY)
    expect(emulator.requests.some(({ body }) => ANY.test(body.toString('latin1')))).toBe(true)
    for (const { url, headers } of emulator.requests) expect(`${url} ${JSON.stringify(headers)}`).not.toMatch(ANY)
    await bench.close()
  },
)

// A minute of trying again takes none.
function unpatient(): void {
  let skippedMs = 0
  Object.assign(clock, {
    now: () => real.now() + skippedMs,
    wait: async (ms: number) => {
      skippedMs += ms
      await new Promise((done) => setImmediate(done))
    },
  })
}

/** All that lies in a folder but the file that the secret comes from, archives opened. */
async function textsIn(dir: string): Promise<string> {
  const texts: string[] = []
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const path = join(dir, name)
    if (name === '.env' || !statSync(path).isFile()) continue
    texts.push(name, readFileSync(path, 'latin1'))
    if (name.endsWith('.zip'))
      for (const [entry, { bytes }] of await readZip(path)) texts.push(entry, bytes.toString('latin1'))
  }
  return texts.join('\n')
}
