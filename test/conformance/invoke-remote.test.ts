import { isSlsError } from '@anyfaas/kit'
import { afterEach, expect, it } from 'vitest'
import { invokeRemote } from '../../src/actions/invoke-remote.ts'
import { aliyun3 } from './aliyun-3.ts'
import { Bench } from './edition.ts'

let bench: Bench
afterEach(() => bench.close())

it('a call of no named function is one of the only one', async () => {
  bench = await new Bench(aliyun3).start()
  bench.write({ a: {} })
  await bench.deploy()
  expect(await invokeRemote({ dir: bench.dir, data: '{}' }, bench.io)).toMatchObject({ function: 'a' })
  bench.write({ a: {}, b: {} })
  await bench.deploy()
  const failure = await invokeRemote({ dir: bench.dir, path: '/x' }, bench.io).catch((error: unknown) => error)
  if (!isSlsError(failure)) throw failure
  expect(failure.diagnostics).toMatchObject([
    { code: 'SLS0002', message: 'which function?', help: ['--function NAME; there are a, b'] },
  ])
})
