import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { afterEach, expect, it } from 'vitest'
import { aliyun2 } from './aliyun-2.ts'
import { aliyun3 } from './aliyun-3.ts'
import { aws } from './aws.ts'
import { Bench } from './edition.ts'
import { tencent } from './tencent.ts'

let bench: Bench
afterEach(() => bench.close())

const FUNCTIONS = {
  a: {},
  b: { environment: { KEY: '${secret:LACKING}', TOKEN: '${secret:TOKEN}' } },
  c: { environment: { KEY: 'x${secret:LACKING}' } },
}
const SAID = /function\/b and 1 more need the secret "LACKING", which the environment does not have/

it.each([aliyun3, aliyun2, tencent, aws])('a secret that is lacking keeps $name as it is', async (edition) => {
  bench = await new Bench(edition).start()
  bench.write(FUNCTIONS)
  const before = JSON.stringify(bench.emulator.state())
  const failure = await bench.deploy().catch((error: unknown) => error)
  if (!isSlsError(failure)) throw failure
  expect(failure.diagnostics).toMatchObject([{ code: 'SLS7006', message: expect.stringMatching(SAID) }])
  expect(failure.diagnostics[0]?.at?.file).toBe(join(bench.dir, 'serverless.yml'))
  expect(JSON.stringify(bench.emulator.state())).toBe(before)

  expect(await bench.plan()).not.toEqual([])
  const told = bench.events.flatMap((event) => (event.kind === 'diagnostic' ? [event.diagnostic] : []))
  expect(told).toContainEqual(
    expect.objectContaining({ code: 'SLS7006', severity: 'warning', message: expect.stringMatching(SAID) }),
  )

  writeFileSync(join(bench.dir, '.env'), 'LACKING=a-value-of-its-own\n')
  await bench.deploy()
  expect(JSON.stringify(bench.emulator.state())).toContain('xa-value-of-its-own')
})
