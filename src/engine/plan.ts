import type { Action, Driver, Id, Live, Plan, Reason, Resource, Step } from '@anyfaas/kit'
import { diffSpecs, ruleOf } from './diff.ts'
import { needsOf, resolveRefs } from './refs.ts'

export interface PlanInput {
  readonly service: string
  readonly stage: string
  readonly provider: string
  /** In the order of the file; a step comes after what it refers to anyway. */
  readonly desired: readonly Resource[]
  /** Everything of ours that is there, by type. */
  readonly live: ReadonlyMap<string, readonly Live[]>
  readonly drivers: ReadonlyMap<string, Driver>
}

/** What has to happen so that the live things are as desired. Pure: it decides, and touches nothing. */
export function planSteps(input: PlanInput): Plan {
  const { service, stage, provider } = input
  const live = new Map([...input.live.values()].flat().map((thing) => [thing.id, thing]))
  const values = new Map([...live].map(([id, thing]) => [id, thing.value]))
  const wanted = new Set(input.desired.map((resource) => resource.id))
  const steps = input.desired.map((resource) => stepFor(resource, live.get(resource.id), input, values))
  const gone = [...input.live].flatMap(([type, things]) =>
    things.filter((thing) => !wanted.has(thing.id)).map((thing) => removal(type, thing)),
  )
  return { service, stage, provider, steps: [...steps, ...gone] }
}

/** A plan that removes everything that is there. */
export function planRemoval(input: Omit<PlanInput, 'desired' | 'drivers'>): Plan {
  return planSteps({ ...input, desired: [], drivers: new Map() })
}

function stepFor(resource: Resource, live: Live | undefined, input: PlanInput, values: ReadonlyMap<Id, object>): Step {
  const base = { id: resource.id, type: resource.type, needs: needsOf(resource.spec), desired: resource }
  if (!live) return { ...base, action: 'create', because: [] }
  const driver = input.drivers.get(resource.type)
  if (!driver) throw new Error(`no driver for ${resource.type}`)
  const because = diffSpecs(resolveRefs(resource.spec, values), driver.project(live.value), driver.rules)
  return { ...base, live, because, action: actionFor(because, driver) }
}

function actionFor(because: readonly Reason[], driver: Driver): Action {
  if (because.length === 0) return 'keep'
  return because.some((reason) => ruleOf(driver.rules, reason.field) === 'replace') ? 'replace' : 'update'
}

function removal(type: string, live: Live): Step {
  return { id: live.id, type, action: 'delete', because: [], needs: [], live }
}
