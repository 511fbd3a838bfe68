import type { Driver, Live, Resource } from '@anyfaas/kit'
import { isSlsError } from '@anyfaas/kit'
import { describe, expect, it } from 'vitest'
import { applyPlan } from '../../src/engine/apply.ts'
import { planRemoval, planSteps } from '../../src/engine/plan.ts'

const driver = {
  type: 'thing',
  rules: { name: 'replace', on: 'replace' },
  code: ['code'],
  project: (live: object) => live,
} as unknown as Driver
const drivers = new Map([['thing', driver]])

function planned(
  desired: readonly Resource[],
  live: readonly Live[],
  choice?: Parameters<typeof planSteps>[0]['choice'],
) {
  const input = { service: 's', stage: 'dev', provider: 'p', desired, live: new Map([['thing', live]]), drivers }
  return planSteps({ ...input, ...(choice && { choice }) }).steps
}

const brief = (steps: ReturnType<typeof planned>): string[] => steps.map(({ action, id }) => `${action} ${id}`)
const thing = (id: string, spec: object = {}, fn?: string): Resource => ({ id, type: 'thing', spec, ...(fn && { fn }) })

describe('a plan', () => {
  it('makes anew what refers to a thing that is made anew, and says why', () => {
    const desired = [thing('trigger', { on: { $ref: 'function', field: 'arn' } }), thing('function', { name: 'b' })]
    const live = [
      { id: 'function', value: { name: 'a', arn: 'arn-a' } },
      { id: 'trigger', value: { on: 'arn-a' } },
    ]
    const steps = planned(desired, live)
    expect(brief(steps)).toEqual(['replace function', 'replace trigger'])
    expect(steps[1]?.because).toEqual([{ field: 'on', from: 'arn-a', to: 'arn of the new function' }])
  })

  it('takes things away after all that refer to them', async () => {
    const gone: string[] = []
    const deleting = { ...driver, retryable: () => false, delete: async ({ id }: Live) => void gone.push(id) }
    const live = [
      { id: 'role', value: {} },
      { id: 'function', value: {}, uses: ['role'] },
      { id: 'trigger', value: {}, uses: ['function'] },
    ]
    const plan = planRemoval({ service: 's', stage: 'dev', provider: 'p', live: new Map([['thing', live]]) })
    const quiet = { tell: () => {}, signal: new AbortController().signal }
    await applyPlan(plan, { ...quiet, drivers: new Map([['thing', deleting as unknown as Driver]]) })
    expect(gone).toEqual(['trigger', 'function', 'role'])
  })

  it('keeps code of which the function runs the same, whatever artifact it is in', () => {
    const sealed = { ...driver, rules: { digest: 'ignore' }, code: ['mark'] } as const
    const input = { service: 's', stage: 'dev', provider: 'p', drivers: new Map([['thing', sealed]]) }
    const live = ['a', 'b'].map((id) => ({ id, value: { mark: `${id}1`, digest: 'one' } }))
    const desired = [thing('a', { mark: 'a1', digest: 'two' }), thing('b', { mark: 'b2', digest: 'two' })]
    for (const choice of [{}, { part: 'code' as const }]) {
      const { steps } = planSteps({ ...input, desired, live: new Map([['thing', live]]), choice })
      expect(brief(steps)).toEqual(['keep a', 'update b'])
      expect(steps[1]?.because).toEqual([{ field: 'mark', from: 'b1', to: 'b2' }])
    }
  })

  it('of some functions leaves the others alone, but not what these need', () => {
    const desired = [
      thing('role'),
      thing('f', { role: { $ref: 'role', field: 'arn' } }, 'f'),
      thing('g', { size: 2 }, 'g'),
    ]
    const live = [
      { id: 'old-of-f', value: {}, fn: 'f' },
      { id: 'old-of-g', value: {}, fn: 'g' },
      { id: 'old', value: {} },
    ]
    expect(brief(planned(desired, live, { only: ['f'] }))).toEqual(['create role', 'create f', 'delete old-of-f'])
  })

  it('of the code leaves the settings, and the other way round', () => {
    const desired = [thing('f', { code: 'new', size: 2 }, 'f')]
    const live = [
      { id: 'f', value: { code: 'old', size: 1 }, fn: 'f' },
      { id: 'gone', value: {}, fn: 'gone' },
    ]
    const fields = (part: 'code' | 'config') => planned(desired, live, { part }).map((step) => step.because)
    expect(fields('code')).toEqual([[{ field: 'code', from: 'old', to: 'new' }]])
    expect(fields('config')).toEqual([[{ field: 'size', from: 1, to: 2 }]])
  })

  it('shows what is not ours, and never takes it away', () => {
    const live: readonly Live[] = [
      { id: 'f', value: { size: 1 }, isForeign: true },
      { id: 'other', value: {}, isForeign: true },
    ]
    const steps = planned([thing('f', { size: 1 })], live)
    expect(brief(steps)).toEqual(['update f'])
    expect(steps[0]?.isForeign).toBe(true)
  })
})

describe('a creation that finds the name taken', () => {
  const desired = thing('f', { size: 1 })
  const create = async (found: Live | undefined) => {
    const updates: unknown[] = []
    const taken = {
      ...driver,
      retryable: () => false,
      isTaken: () => true,
      create: async () => Promise.reject(new Error('there already')),
      find: async () => found,
      update: async (_: Resource, live: object) => {
        updates.push(live)
        return live
      },
    }
    const outcome = await applyPlan(
      { service: 's', stage: 'dev', provider: 'p', steps: planned([desired], []) },
      {
        drivers: new Map([['thing', taken as unknown as Driver]]),
        tell: () => {},
        signal: new AbortController().signal,
      },
    )
    return { outcome, updates }
  }

  it('goes on with what an earlier attempt left', async () => {
    const { outcome, updates } = await create({ id: 'f', value: { size: 0 } })
    expect(outcome.failed).toEqual([])
    expect(updates).toEqual([{ size: 0 }])
  })

  it('refuses what is not ours', async () => {
    const { outcome, updates } = await create({ id: 'f', value: { size: 0 }, isForeign: true })
    const failure = outcome.failed[0]?.error
    expect(isSlsError(failure) && failure.diagnostics[0]?.code).toBe('SLS5003')
    expect(updates).toEqual([])
  })
})
