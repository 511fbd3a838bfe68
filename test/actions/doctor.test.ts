import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doctor } from '../../src/actions/doctor.ts'
import type { ActionIo } from '../../src/actions/io.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

// A machine on which nobody has logged in anywhere, and a platform that tells the time.
const dir = mkdtempSync(join(tmpdir(), 'anyfaas-doctor-'))
const platform = createServer((_, response) => response.writeHead(403).end())
const before = { ...process.env }

beforeAll(async () => {
  await new Promise<void>((resolve) => platform.listen(0, '127.0.0.1', resolve))
  // The vendors' libraries look at the process, whatever they are told.
  for (const name of Object.keys(process.env)) if (/^(AWS_|ALIBABA_|TENCENT|TKE_)/.test(name)) delete process.env[name]
  Object.assign(process.env, {
    HOME: dir,
    AWS_EC2_METADATA_DISABLED: 'true',
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
  })
})
afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
  platform.close()
  removeFolder(dir)
})

describe('the doctor, where there are no credentials', () => {
  it.each([
    ['aws', 'AWS', 'function:app-dev-*'],
    ['tencent', 'Tencent Cloud', 'function/app-dev-*'],
    ['{name: aliyun, edition: "3.0"', 'Alibaba Cloud', 'functions/app-dev-*'],
    ['{name: aliyun, edition: "2.0"', 'Alibaba Cloud', 'services/app-dev'],
  ])('says where it looked, and all that can be said without: %s', async (provider, title, resource) => {
    const { port } = platform.address() as AddressInfo
    const head = provider.startsWith('{') ? provider : `{name: ${provider}`
    const given = `${head}, region: cn-north-1, endpoint: "http://127.0.0.1:${port}"}`
    writeFileSync(
      join(dir, 'serverless.yml'),
      `service: app\nprovider: ${given}\nfunctions:\n  hello: {handler: index.hello}\n`,
    )
    const io: ActionIo = { cwd: dir, env: { HOME: dir }, signal: new AbortController().signal, tell: () => {} }
    const { platforms } = await doctor({ dir }, io)
    const examination = platforms[0]?.examination
    const [credentials, region, clock] = examination?.findings ?? []
    expect(credentials).toMatchObject({ what: 'credentials', state: 'bad' })
    expect(credentials?.found).toMatch(`no credentials for ${title}; looked at `)
    // Two of the libraries say why they found none.
    if (title !== 'Tencent Cloud') expect(credentials?.found).toMatch(/; looked at [^;]+; \S/)
    expect(credentials?.help).toMatch(/^set the two variables, or `.* configure`$/)
    expect(region).toMatchObject({ what: 'region', found: 'cn-north-1' })
    expect(clock).toMatchObject({ what: 'clock', state: 'good' })
    expect(JSON.stringify(examination?.policy)).toContain(resource)
  })
})
