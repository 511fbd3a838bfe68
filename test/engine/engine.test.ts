import { clock, type Driver, type Live, type Resource, withRetry } from '@anyfaas/kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyPlan } from '../../src/engine/apply.ts'
import { diffSpecs } from '../../src/engine/diff.ts'
import { planSteps } from '../../src/engine/plan.ts'

interface Spec {
  readonly [key: string]: unknown
}

// A platform in memory: what drivers do is seen in `things` and in the order of `calls`.
function fakePlatform(
  start: Record<string, Spec> = {},
  broken: (id: string, attempt: number) => string | undefined = () => undefined,
) {
  const things = new Map<string, Spec>(Object.entries(start))
  const calls: string[] = []
  const attempts = new Map<string, number>()
  const act = (verb: string, id: string): void => {
    const attempt = (attempts.get(id) ?? 0) + 1
    attempts.set(id, attempt)
    const problem = broken(id, attempt)
    calls.push(`${verb} ${id}${problem ? ' ✗' : ''}`)
    if (problem) throw new Error(problem)
  }
  const driver: Driver<Spec, Spec> = {
    type: 'thing',
    rules: { name: 'replace', stamp: 'ignore', password: 'secret', tags: 'unordered' },
    list: async () => [...things].map(([id, value]) => ({ id, value })),
    create: async ({ id, spec }) => {
      act('create', id)
      if (things.has(id)) throw new Error(`${id} is there already`)
      things.set(id, { ...spec, address: `at-${id}` })
      return things.get(id) as Spec
    },
    update: async ({ id, spec }) => {
      act('update', id)
      things.set(id, { ...spec, address: `at-${id}` })
      return things.get(id) as Spec
    },
    delete: async ({ id }) => {
      act('delete', id)
      things.delete(id)
    },
    project: ({ address: _, ...spec }) => spec,
    retryable: (error) => error instanceof Error && error.message === 'busy',
  }
  const drivers = new Map<string, Driver>([['thing', driver as unknown as Driver]])
  const list = async (): Promise<Map<string, readonly Live[]>> =>
    new Map([['thing', await driver.list({} as never, [])]])
  const plan = async (desired: readonly Resource[]) =>
    planSteps({ service: 's', stage: 'dev', provider: 'p', desired, live: await list(), drivers })
  return { things, calls, drivers, plan }
}

const thing = (id: string, spec: Spec = {}): Resource => ({ id, type: 'thing', spec })
const quiet = { tell: () => {}, signal: new AbortController().signal }

describe('diff', () => {
  it.each([
    ['equal', { a: 1, b: { c: [1, 2] } }, { a: 1, b: { c: [1, 2] } }, {}, []],
    ['a changed leaf', { a: { b: 2 } }, { a: { b: 1 } }, {}, [{ field: 'a.b', from: 1, to: 2 }]],
    [
      'a new and a gone field',
      { a: 1 },
      { b: 2 },
      {},
      [
        { field: 'a', to: 1 },
        { field: 'b', from: 2 },
      ],
    ],
    ['an ignored field', { a: 1, s: 1 }, { a: 1, s: 2 }, { s: 'ignore' }, []],
    ['order that counts', { a: [1, 2] }, { a: [2, 1] }, {}, [{ field: 'a', from: [2, 1], to: [1, 2] }]],
    ['order that does not', { a: [1, { x: 2 }] }, { a: [{ x: 2 }, 1] }, { a: 'unordered' }, []],
    [
      'a repeated item is not another one',
      { a: [1, 1, 2] },
      { a: [1, 2, 2] },
      { a: 'unordered' },
      [{ field: 'a', from: [1, 2, 2], to: [1, 1, 2] }],
    ],
    ['a secret rule hides values', { p: 'old' }, { p: 'new' }, { p: 'secret' }, [{ field: 'p', secret: true }]],
    [
      'a secret value hides itself',
      { p: { $secret: [{ name: 'X' }] } },
      { p: 'plain' },
      {},
      [{ field: 'p', secret: true }],
    ],
    ['a rule holds below its field', { a: { b: { c: 1 } } }, { a: { b: { c: 2 } } }, { a: 'ignore' }, []],
  ] as const)('%s', (_, desired, live, rules, expected) => {
    expect(diffSpecs(desired, live, rules)).toEqual(expected)
  })
})

describe('plan and apply', () => {
  it('creates what is missing, keeps what is right, changes what differs, removes what is gone', async () => {
    const platform = fakePlatform({ keep: { size: 1 }, change: { size: 1 }, rename: { name: 'a' }, gone: {} })
    const desired = [
      thing('new'),
      thing('keep', { size: 1 }),
      thing('change', { size: 2 }),
      thing('rename', { name: 'b' }),
    ]
    const plan = await platform.plan(desired)
    expect(plan.steps.map((step) => `${step.action} ${step.id}`)).toEqual([
      'create new',
      'keep keep',
      'update change',
      'replace rename',
      'delete gone',
    ])
    const outcome = await applyPlan(plan, { drivers: platform.drivers, ...quiet })
    expect(outcome.failed).toEqual([])
    expect([...platform.things.keys()].sort()).toEqual(['change', 'keep', 'new', 'rename'])
    expect(platform.calls.at(-1)).toBe('delete gone')
  })

  it('does what a step refers to first and hands over its fields', async () => {
    const platform = fakePlatform()
    const plan = await platform.plan([thing('b', { to: { $ref: 'a', field: 'address' } }), thing('a')])
    await applyPlan(plan, { drivers: platform.drivers, ...quiet })
    expect(platform.calls).toEqual(['create a', 'create b'])
    expect(platform.things.get('b')).toMatchObject({ to: 'at-a' })
    expect(
      (await platform.plan([thing('b', { to: { $ref: 'a', field: 'address' } }), thing('a')])).steps.every(
        (step) => step.action === 'keep',
      ),
    ).toBe(true)
  })

  it('repeats a passing failure and gives up on a lasting one', async () => {
    const platform = fakePlatform({}, (id, attempt) =>
      id === 'flaky' && attempt < 3 ? 'busy' : id === 'bad' ? 'no such region' : undefined,
    )
    const plan = await platform.plan([
      thing('flaky'),
      thing('bad'),
      thing('behind', { to: { $ref: 'bad', field: 'address' } }),
    ])
    const outcome = await applyPlan(plan, { drivers: platform.drivers, ...quiet })
    expect(outcome.done.map((step) => step.id)).toEqual(['flaky'])
    expect(outcome.failed.map(({ step }) => step.id)).toEqual(['bad'])
    expect(outcome.skipped.map((step) => step.id)).toEqual(['behind'])
    expect(platform.calls.filter((call) => call.includes('bad'))).toHaveLength(1)
  })

  it('removes nothing when something else failed', async () => {
    const platform = fakePlatform({ old: {} }, (id) => (id === 'new' ? 'no' : undefined))
    const outcome = await applyPlan(await platform.plan([thing('new')]), { drivers: platform.drivers, ...quiet })
    expect(outcome.skipped.map((step) => step.id)).toEqual(['old'])
    expect(platform.things.has('old')).toBe(true)
  })

  it('begins nothing after an interruption and finishes what runs', async () => {
    const interruption = new AbortController()
    const platform = fakePlatform()
    const plan = await platform.plan([thing('one'), thing('two'), thing('three')])
    const tell = (event: { kind: string; state?: string }): void => {
      if (event.kind === 'step' && event.state === 'start') interruption.abort()
    }
    const outcome = await applyPlan(plan, { drivers: platform.drivers, tell, signal: interruption.signal, width: 1 })
    expect(outcome.done.map((step) => step.id)).toEqual(['one'])
    expect(outcome.skipped.map((step) => step.id)).toEqual(['two', 'three'])
  })

  it('holds its width', async () => {
    let running = 0
    let most = 0
    const driver = {
      type: 'thing',
      rules: {},
      create: async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        return {}
      },
    } as unknown as Driver
    const desired = Array.from({ length: 20 }, (_, index) => thing(`t${index}`))
    const plan = planSteps({ service: 's', stage: 'dev', provider: 'p', desired, live: new Map(), drivers: new Map() })
    await applyPlan(plan, { drivers: new Map([['thing', driver]]), ...quiet, width: 3 })
    expect(most).toBe(3)
  })

  it('lets no type that waits for its turn hold up another', async () => {
    let ran = (): void => {}
    const quick = new Promise<void>((resolve) => {
      ran = resolve
    })
    const made = (type: string, create: (resource: Resource) => unknown): [string, Driver] => [
      type,
      { type, rules: {}, create: async (resource: Resource) => create(resource) } as unknown as Driver,
    ]
    const drivers = new Map([
      made('slow', ({ id }) => (id === 'slow-0' ? undefined : quick)),
      made('quick', () => ran()),
    ])
    const slow = Array.from({ length: 5 }, (_, index) => ({ id: `slow-${index}`, type: 'slow', spec: {} }))
    const desired = [...slow, { id: 'quick', type: 'quick', spec: { of: { $ref: 'slow-0', field: 'name' } } }]
    const plan = planSteps({ service: 's', stage: 'dev', provider: 'p', desired, live: new Map(), drivers })
    const outcome = await applyPlan(plan, { drivers, ...quiet, width: 2 })
    expect(outcome.done.map(({ id }) => id)).toHaveLength(6)
  })

  it('has nothing to do after it was done, from any state to any other', async () => {
    const specs = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      fc.record({ name: fc.constantFrom('x', 'y'), size: fc.nat(2), tags: fc.array(fc.nat(3)) }),
    )
    await fc.assert(
      fc.asyncProperty(specs, specs, async (before, after) => {
        const platform = fakePlatform(before)
        const desired = Object.entries(after).map(([id, spec]) => thing(id, spec))
        const outcome = await applyPlan(await platform.plan(desired), { drivers: platform.drivers, ...quiet })
        expect(outcome.failed).toEqual([])
        expect((await platform.plan(desired)).steps.filter((step) => step.action !== 'keep')).toEqual([])
      }),
      { seed: 7, numRuns: 200 },
    )
  })
})

describe('retry', () => {
  it('stops waiting when interrupted', async () => {
    const interruption = new AbortController()
    const work = withRetry(() => Promise.reject(new Error('busy')), {
      retryable: () => true,
      signal: interruption.signal,
      clock,
      onWait: () => interruption.abort(),
    })
    await expect(work).rejects.toThrow(/abort|busy/i)
  })
})
