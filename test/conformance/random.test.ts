import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { aliyun2 } from './aliyun-2.ts'
import { aliyun3 } from './aliyun-3.ts'
import { aws } from './aws.ts'
import { Bench, type Edition, type Tree } from './edition.ts'
import { withoutWaiting } from './haste.ts'
import { tencent } from './tencent.ts'

// How many services by chance are deployed to each platform, two of them in turn under one name; CI wants more.
const COUNT = Number(process.env['ANYFAAS_RANDOM_DEPLOYS'] ?? 20)
// One that failed is found again by its seed.
const SEED = Number(process.env['ANYFAAS_RANDOM_SEED'] ?? 20_261_121)
const MOST_FUNCTIONS = 3

withoutWaiting()

it.each([aliyun3, aliyun2, aws, tencent])(
  'any service can be deployed, changed into any other and removed, and a plan is empty in between: $name',
  { timeout: 60_000 + COUNT * 1000 },
  async (edition) => {
    const bench = await new Bench(edition).start()
    const empty = bench.emulator.state()
    const services = fc.array(functionOf(edition), { minLength: 1, maxLength: MOST_FUNCTIONS })
    const property = fc.asyncProperty(services, services, async (one, other) => {
      for (const functions of [one, other]) {
        bench.write(
          named(
            functions.map((fn) => takenBy(edition, fn)),
            edition,
          ),
          { package: { artifact: 'code.zip' } },
        )
        writeFileSync(join(bench.dir, 'code.zip'), ZIP)
        await bench.deploy()
        expect(await bench.plan()).toEqual([])
      }
      await bench.remove()
      expect(bench.emulator.state()).toEqual(empty)
      bench.events.length = 0
      bench.emulator.requests.length = 0
    })
    await fc.assert(property, { seed: SEED, numRuns: Math.ceil(COUNT / 2), endOnFailure: true })
    await bench.close()
  },
)

/** Any function that is made of the settings of the rich one and of its changes. */
function functionOf({ rich, changes }: Edition): fc.Arbitrary<Tree> {
  const all = [rich, ...changes.map(([, changed]) => changed)]
  const keys = Object.keys(rich).filter((key) => key !== 'events')
  const settings = Object.fromEntries(keys.map((key) => [key, fc.constantFrom(...valuesOf(all, key), undefined)]))
  const events = new Map(all.flatMap((fn) => (fn['events'] as Tree[]).map((event) => [JSON.stringify(event), event])))
  return fc.record({
    ...settings,
    events: fc.uniqueArray(fc.constantFrom(...events.values()), { selector: (event) => Object.keys(event)[0] }),
  })
}

// Only edition 2.0 has an HTTP trigger alone or none.
function takenBy(edition: Edition, fn: Tree): Tree {
  const events = fn['events'] as Tree[]
  if (edition !== aliyun2 || events.length === 1) return fn
  return { ...fn, events: events.filter((event) => !('http' in event)) }
}

function valuesOf(functions: readonly Tree[], key: string): unknown[] {
  const values = new Map(functions.map((fn) => [JSON.stringify(fn[key]), fn[key]]))
  return [...values.values()].filter((value) => value !== undefined)
}

// A route belongs to one function, and so do a bucket's objects and a topic of logs, but on AWS: a log group has two readers there.
function named(functions: readonly Tree[], edition: Edition): Record<string, Tree> {
  const readers = edition === aws ? 2 : 1
  const entries = functions.map((fn, index): [string, Tree] => {
    const events = (fn['events'] as Tree[]).filter((event) => index < readers || !('log' in event))
    return [`f${index}`, { ...fn, events: events.map((event) => placed(event, index, edition)) }]
  })
  return Object.fromEntries(entries)
}

function placed(event: Tree, index: number, edition: Edition): Tree {
  const { http, os } = event as { http?: Tree; os?: Tree }
  if (os && edition !== aws) return { os: { ...os, bucket: `f${index}-${os['bucket']}` } }
  return http ? { http: { ...http, path: `/f${index}${http['path']}` } } : event
}

const ZIP = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)])
