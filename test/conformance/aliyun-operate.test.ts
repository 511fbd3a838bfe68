import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSlsError, type LogLine } from '@anyfaas/kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Crc64 } from '../../plugins/aliyun/src/account/crc64.ts'
import { borrowBucket, CodeStore } from '../../plugins/aliyun/src/deploy/code-store.ts'
import { Fc2Client } from '../../plugins/aliyun/src/fc2/deploy/client.ts'
import { type LogsOptions, logs } from '../../src/actions/logs.ts'
import { metrics } from '../../src/actions/metrics.ts'
import type { EmulatorOptions } from '../emulators/emulator.ts'
import { Fc2Emulator } from '../emulators/fc2/emulator.ts'
import { Fc3Emulator } from '../emulators/fc3/emulator.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { aliyun2 } from './aliyun-2.ts'
import { aliyun3 } from './aliyun-3.ts'
import { Bench, type Edition, type Tree } from './edition.ts'

// What the owner of deployed functions does with the products beside them: read logs and metrics, send large code.

type Fc = Fc2Emulator | Fc3Emulator

/** An edition, and how the platform names its functions in logs and metrics. */
interface Named {
  readonly edition: Edition
  readonly topic: (fn: string) => string
  readonly dimensions: (fn: string) => Record<string, string>
  readonly name: (fn: string) => string
  readonly make: (options?: EmulatorOptions) => Fc
  readonly own: Tree
}

const EDITIONS: readonly Named[] = [
  {
    edition: aliyun3,
    topic: (fn) => `FCLogs:shop-dev-${fn}`,
    dimensions: (fn) => ({ region: 'cn-hangzhou', functionName: `shop-dev-${fn}` }),
    name: (fn) => `shop-dev-${fn}`,
    make: (options) => new Fc3Emulator(options),
    own: { code: { ossBucketName: 'my-bucket' } },
  },
  {
    edition: aliyun2,
    topic: () => 'shop-dev',
    dimensions: (fn) => ({ region: 'cn-hangzhou', serviceName: 'shop-dev', functionName: fn }),
    name: (fn) => fn,
    make: (options) => new Fc2Emulator(options),
    own: { CodeUri: 'oss://my-bucket' },
  },
]

const LOGS = { logs: { project: 'my-project', store: 'my-store' } }

describe.each(EDITIONS)('$edition.name', ({ edition, topic, dimensions, name, make, own }) => {
  let bench: Bench
  let emulator: Fc
  afterEach(() => bench.close())

  const deploy = async (settings: Tree = LOGS, functions: Record<string, Tree> = { a: {}, b: {} }): Promise<void> => {
    const emulate = (options?: EmulatorOptions): Fc => {
      emulator = make(options)
      return emulator
    }
    bench = await new Bench({ ...edition, emulate, settings: { ...edition.settings, ...settings } }).start()
    bench.write(functions)
    await bench.deploy()
  }
  const nowSec = Math.floor(Date.now() / 1000)
  const write = (fn: string, ageSec: number, message: string): void => {
    const fields = { functionName: name(fn), message, requestId: `r-${ageSec}` }
    const place = { project: 'my-project', store: 'my-store' }
    emulator.neighbours.logs.entries.push({ ...place, timeSec: nowSec - ageSec, topic: topic(fn), fields })
  }
  const read = async (options: Partial<LogsOptions> = {}, io = bench.io): Promise<LogLine[]> => {
    bench.events.length = 0
    await logs({ dir: bench.dir, ...options }, io)
    return bench.events.flatMap((event) => (event.kind === 'log' ? [event.line] : []))
  }
  const texts = (lines: readonly LogLine[]): string[] => lines.map(({ function: fn, text }) => `${fn}: ${text}`)

  describe('logs', () => {
    it('of all functions come together by their time, and say what wrote them', async () => {
      await deploy()
      write('a', 30, 'FC Invoke Start RequestId: r\n')
      write('b', 20, 'hello\n')
      write('a', 10, '2030-01-01T00:00:00.000Z r [error] it broke\n')
      const lines = await read()
      expect(texts(lines)).toEqual([
        'a: FC Invoke Start RequestId: r',
        'b: hello',
        'a: 2030-01-01T00:00:00.000Z r [error] it broke',
      ])
      expect(lines.map(({ stream }) => stream)).toEqual(['sys', 'out', 'err'])
      expect(lines[1]).toMatchObject({ requestId: 'r-20', time: (nowSec - 20) * 1000 })
    })

    it('can be of one function, not older, with a text, and the last ones only', async () => {
      await deploy()
      write('a', 3000, 'old')
      write('a', 50, 'order-1 came')
      write('b', 40, 'order-1 mentions a')
      write('a', 30, 'order-2 came')
      expect(texts(await read({ functions: ['a'] }))).toEqual(['a: order-1 came', 'a: order-2 came'])
      expect(texts(await read({ functions: ['a'], since: '1h' }))).toHaveLength(3)
      expect(texts(await read({ since: '1h', filter: 'order-1' }))).toEqual([
        'a: order-1 came',
        'b: order-1 mentions a',
      ])
      expect(texts(await read({ tail: 1 }))).toEqual(['a: order-2 came'])
      expect(await read({ tail: 0 })).toEqual([])
    })

    it('of many pages come whole, also when the service hurries', async () => {
      await deploy()
      for (let index = 0; index < 250; index++) write('a', 300 - index, `line ${index}`)
      emulator.neighbours.logs.hurried = 2
      expect(texts(await read())).toEqual(Array.from({ length: 250 }, (_, index) => `a: line ${index}`))
    })

    it('are followed until interrupted; what is there twice is shown twice, and nothing is shown again', {
      timeout: 60_000,
    }, async () => {
      await deploy()
      write('a', 20, 'same')
      write('a', 20, 'same')
      const stop = new AbortController()
      const seen = (): string[] => bench.events.flatMap((event) => (event.kind === 'log' ? [event.line.text] : []))
      const following = read({ follow: true }, { ...bench.io, signal: stop.signal }).catch((error: unknown) => error)
      await expect.poll(seen, { timeout: 20_000 }).toEqual(['same', 'same'])
      write('a', 20, 'same')
      write('b', 5, 'new')
      await expect.poll(seen, { timeout: 20_000 }).toEqual(['same', 'same', 'same', 'new'])
      stop.abort()
      await following
      expect(seen()).toEqual(['same', 'same', 'same', 'new'])
    })

    it('that go nowhere are said to', async () => {
      await deploy({})
      const failure = await read().catch((error: unknown) => error)
      expect(isSlsError(failure) && failure.diagnostics.map(({ code }) => code)).toEqual(['SLS2004'])
    })
  })

  it('a log store that is missing is made with its project and index, once, and outlives the service', async () => {
    await deploy()
    const { projects, stores, indexes } = emulator.neighbours.logs
    expect([...projects, ...stores, ...indexes]).toEqual(['my-project', 'my-project/my-store', 'my-project/my-store'])
    expect(await bench.plan()).toEqual([])
    await bench.remove()
    expect(stores.size).toBe(1)
    bench.write({ a: {} })
    await bench.deploy()
    // The project was not known at once, and all of it was tried again.
    expect(emulator.mutations.filter((action) => action === 'POST logs')).toHaveLength(5)
  })

  it('metrics are summed over the minutes, page by page', async () => {
    await deploy()
    const point = (metric: string, ageMin: number, Value: number, fn = 'a'): void => {
      const timestamp = Date.now() - ageMin * 60_000
      emulator.neighbours.points.push({
        metric,
        timestamp: Math.floor(timestamp / 60_000) * 60_000,
        Value,
        dimensions: dimensions(fn),
      })
    }
    for (const [age, calls] of [
      [5, 10],
      [4, 20],
      [3, 70],
    ] as const)
      point('FunctionTotalInvocations', age, calls)
    point('FunctionTotalInvocations', 90, 1000)
    point('FunctionTotalInvocations', 4, 7, 'b')
    point('FunctionFunctionErrors', 4, 2)
    point('FunctionConcurrencyThrottles', 4, 1)
    point('FunctionResourceThrottles', 3, 3)
    point('FunctionAvgDuration', 5, 100)
    point('FunctionAvgDuration', 4, 50)
    point('FunctionAvgDuration', 3, 10)
    point('FunctionMaxDuration', 4, 900)
    const { functions } = await metrics({ dir: bench.dir }, bench.io)
    expect(functions).toEqual([
      { function: 'a', calls: 100, errors: 2, throttles: 4, averageMs: 27, maxMs: 900 },
      { function: 'b', calls: 7, errors: 0, throttles: 0 },
    ])
    expect((await metrics({ dir: bench.dir, functions: ['b'] }, bench.io)).functions).toHaveLength(1)
  })

  it('code goes over a bucket of the deployer’s own when the file names one', async () => {
    await deploy({}, { a: { overrides: { aliyun: own } }, b: { overrides: { aliyun: own } } })
    expect([...emulator.neighbours.objects.keys()]).toEqual([
      expect.stringMatching(/^my-bucket\/anyfaas\/shop-dev\/.*\.zip$/),
    ])
    const [bytes = Buffer.alloc(0)] = emulator.neighbours.objects.values()
    expect(JSON.stringify(emulator.state())).toContain(new Crc64().update(bytes).digest())
    expect(emulator.requests.some(({ body }) => body.includes('zipFile'))).toBe(false)
    expect(await bench.plan()).toEqual([])
  })
})

it('code that is too large for a request goes over the bucket that the platform lends, once for all functions', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sls-large-'))
  const path = join(folder, 'code.zip')
  writeFileSync(path, 'PK')
  const bytes = 51 * 1024 * 1024
  truncateSync(path, bytes)
  const emulator = new Fc2Emulator()
  try {
    const endpoint = await emulator.start()
    const credentials = { accessKeyId: 'id', accessKeySecret: 'secret', source: 'the test' }
    const reach = { credentials, region: 'cn-hangzhou', account: '1234567890123456', endpoint }
    const handlers = { a: 'a.handler', b: 'b.handler' }
    const artifacts = [
      { id: 'all', kind: 'zip' as const, path, digest: 'sha256:0' as const, bytes, handlers, marks: {} },
    ]
    const client = new Fc2Client(reach)
    const call = { signal: new AbortController().signal, note: () => {} }
    const options = {
      ...reach,
      artifacts,
      prefix: 'anyfaas/shop-dev',
      bucketOf: () => undefined,
      borrow: () => borrowBucket(client, reach.account, call),
    }
    const store = new CodeStore({ ...options, largeBucket: undefined })
    const [first, second] = await Promise.all([store.of('a', call), store.of('b', call)])
    expect(first).toEqual({ ossBucketName: 'borrowed', ossObjectName: '1234567890123456/object-0' })
    expect(second).toEqual(first)
    expect(emulator.neighbours.objects.get('borrowed/1234567890123456/object-0')?.length).toBe(bytes)
    expect(emulator.requests.map(({ action }) => action)).toEqual(['GetTempBucketToken', 'PUT object'])
    const borrow = async () => ({ ...(await options.borrow()), mostBytes: bytes - 1 })
    const small = new CodeStore({ ...options, borrow, largeBucket: undefined })
    await expect(small.of('a', call)).rejects.toThrow('SLS4010')
    const own = new CodeStore({ ...options, largeBucket: 'for-large' })
    expect(await own.of('a', call)).toEqual({ ossBucketName: 'for-large', ossObjectName: 'anyfaas/shop-dev/all.zip' })
  } finally {
    await emulator.stop()
    removeFolder(folder)
  }
})
