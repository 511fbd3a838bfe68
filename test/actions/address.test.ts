import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { addressFor } from '../../src/actions/address.ts'
import { deploy } from '../../src/actions/deploy.ts'
import type { ActionIo } from '../../src/actions/io.ts'
import { plan } from '../../src/actions/plan.ts'
import type { Platform } from '../../src/actions/project.ts'
import { connector } from '../../src/local/connect.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

const dir = mkdtempSync(join(tmpdir(), 'anyfaas-address-'))
writeFileSync(join(dir, 'serverless.yml'), 'service: app\nprovider: aws\nfunctions:\n  hello: {handler: index.hello}\n')
afterAll(() => removeFolder(dir))

const io: ActionIo = { cwd: dir, env: {}, signal: new AbortController().signal, tell: () => {} }

describe('an address that is asked for', () => {
  it.each([
    ['deploy', deploy, { port: 3000 }, '--port is of the local platform, and this goes to aws'],
    ['deploy', deploy, { host: '0.0.0.0' }, '--host is of the local platform, and this goes to aws'],
    ['deploy --dry-run', plan, { port: 3000 }, '--port is of the local platform, and this goes to aws'],
    ['deploy --dry-run', plan, { host: '0.0.0.0' }, '--host is of the local platform, and this goes to aws'],
  ])('is refused where nobody can choose one, before anything is packaged: %s', async (_, action, options, message) => {
    const failure: unknown = await action({ dir, ...options }, io).catch((cause: unknown) => cause)
    expect(isSlsError(failure) && failure.diagnostics.map((one) => `${one.code} ${one.message}`)).toEqual([
      `SLS0002 ${message}`,
    ])
  })

  it('is asked of no platform in a dry run, which would move the service', async () => {
    const local = join(dir, 'local')
    mkdirSync(local)
    writeFileSync(join(local, 'serverless.yml'), 'service: app\nfunctions:\n  hello: {handler: index.hello}\n')
    writeFileSync(join(local, 'index.js'), 'exports.hello = () => "hello"')
    const connect = vi.spyOn(connector, 'connect').mockResolvedValue({
      drivers: [],
      info: async () => undefined,
      logs: async function* () {},
      close: async () => {},
    })
    await plan({ dir: local, provider: 'local', port: 3000, host: '0.0.0.0' }, io).catch(() => undefined)
    expect(connect).toHaveBeenCalledOnce()
    expect(connect.mock.calls[0]?.[0]).not.toHaveProperty('port')
    expect(connect.mock.calls[0]?.[0]).not.toHaveProperty('host')
  })

  it('goes to the platforms of several that let one choose', () => {
    const [chooses, not] = [{ choosesAddress: true }, {}].map((target) => ({ target }) as unknown as Platform)
    if (!chooses || !not) throw new Error('two platforms')
    expect(addressFor(chooses, { port: 1, host: 'a' })).toEqual({ port: 1, host: 'a' })
    expect(addressFor(not, { port: 1, host: 'a' })).toEqual({})
  })
})
