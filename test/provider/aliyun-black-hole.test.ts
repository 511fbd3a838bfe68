import type { SlsError } from '@anyfaas/kit'
import { expect, it } from 'vitest'
import { patienceOf } from '../../plugins/aliyun/src/account/lanes.ts'
import { LogService } from '../../plugins/aliyun/src/account/log-service.ts'
import { swallow } from './black-hole.ts'

const region = 'cn-hangzhou'
const credentials = { accessKeyId: 'id', accessKeySecret: 'secret', source: 'the test' }
const { signal } = new AbortController()

it('a connection that comes to nothing is given up, and tried again as any silence', async () => {
  const said: string[] = []
  const patience = patienceOf({ note: (text) => void said.push(text) })
  const service = new LogService({ credentials, region, endpoint: 'http://192.0.2.1', patience })
  const request = { action: 'GetLogs', method: 'GET', project: 'p', path: '/logstores', about: 'logs' } as const
  const { refused, opened } = await swallow(() => service.call(request, { signal }))
  expect((refused as SlsError).diagnostics).toMatchObject([
    { code: 'SLS5012', message: 'logs: no answer: no connection to 192.0.2.1 within 10 s' },
  ])
  expect(said).toEqual(['Alibaba Cloud does not answer: no connection to 192.0.2.1 within 10 s; trying again'])
  expect(opened).toBeGreaterThan(3)
})
