import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { Fc3Emulator } from '../emulators/fc3/emulator.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

const root = resolve(import.meta.dirname, '../..')

it('the shell pipeline of examples/ci plans, deploys, and finds nothing left to do', async () => {
  const home = mkdtempSync(join(tmpdir(), 'sls-pipeline-'))
  const dir = join(home, 'service')
  cpSync(join(root, 'examples/ci'), dir, { recursive: true })
  const emulator = new Fc3Emulator()
  const address = await emulator.start()
  const file = join(dir, 'serverless.yml')
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('provider:', `provider:\n  name: aliyun\n  endpoint: ${address}`),
  )
  const run = async (env: Record<string, string> = {}): Promise<{ code: number | null; out: string }> => {
    const keys = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' }
    const settings = { PROVIDER: 'aliyun', STAGE: 'prod', CI: 'true', SLS: `${process.execPath} ${root}/bin/sls.js` }
    const child = spawn('sh', ['deploy.sh'], {
      cwd: dir,
      env: { PATH: process.env['PATH'], HOME: home, ...keys, ...settings, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (out += text))
    return { code: await new Promise((done) => child.on('close', done)), out }
  }
  const first = await run()
  expect(first.code, first.out).toBe(0)
  expect(first.out).toContain('| `+` | `function/hello` |')
  expect(emulator.names).toEqual(['ci-prod-hello'])
  const second = await run()
  expect(second.out).toContain('Nothing changes.')
  expect((await run({ ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'wrong' })).code).toBe(4)
  await emulator.stop()
  removeFolder(home)
})
