import { SlsError } from '@anyfaas/kit'
import { expect, it } from 'vitest'
import { callStorage, storagePatience } from '../../plugins/tencent/src/account/object-storage.ts'
import { ScfClient } from '../../plugins/tencent/src/scf/deploy/client.ts'
import { swallow } from './black-hole.ts'

const config = {
  credentials: { secretId: 'id', secretKey: 'secret' },
  region: 'ap-guangzhou',
  endpoint: 'http://192.0.2.1',
}
const { signal } = new AbortController()

it('a connection that comes to nothing is given up, and tried again as any silence', async () => {
  const said: string[] = []
  const client = new ScfClient(config, { note: (text: string) => void said.push(text) })
  const { refused, opened } = await swallow(() =>
    client.call({ action: 'ListFunctions', about: 'functions' }, { signal }),
  )
  const why = 'request to http://192.0.2.1/ failed, reason: ETIMEDOUT: no connection within 10 s'
  expect(refused).toBeInstanceOf(SlsError)
  expect((refused as SlsError).diagnostics).toMatchObject([
    { code: 'SLS5012', message: `functions: no answer: ${why}` },
  ])
  expect(said).toEqual([`Tencent Cloud does not answer: ${why}; trying again`])
  expect(opened).toBeGreaterThan(3)
})

it('who only looks hears so after one of them', async () => {
  const client = new ScfClient(config, { isExamined: true })
  const { refused, opened, lastedSec } = await swallow(() =>
    client.call({ action: 'ListFunctions', about: 'functions' }, { signal }),
  )
  expect(refused).toBeInstanceOf(SlsError)
  expect(opened).toBe(1)
  expect(lastedSec).toBeLessThan(15)
})

it('nor does the object storage wait longer for one', async () => {
  const patience = storagePatience({ isExamined: true })
  const request = { method: 'HEAD', bucket: 'code-1250000000', path: '/' } as const
  const { refused, lastedSec } = await swallow(() => callStorage(request, config, { signal, patience }))
  expect((refused as SlsError).diagnostics).toMatchObject([
    { message: 'bucket code-1250000000: no answer: network: ETIMEDOUT: no connection within 10 s' },
  ])
  expect(lastedSec).toBeLessThan(15)
})
