import type { Action, Driver, Id, Live, Plan, Reason, Resource, Step } from '@anyfaas/kit'
import { diffSpecs, ruleOf } from './diff.ts'
import { inOrder, withNeeds } from './order.ts'
import { needsOf, resolveRefs } from './refs.ts'

export interface PlanInput {
  readonly service: string
  readonly stage: string
  readonly provider: string
  /** In the order of the file; a step comes after what it refers to anyway. */
  readonly desired: readonly Resource[]
  /** Everything that is there, by type. */
  readonly live: ReadonlyMap<string, readonly Live[]>
  readonly drivers: ReadonlyMap<string, Driver>
  readonly choice?: Choice
}

/** A part of a deploy. */
export interface Choice {
  /** Only these functions, what belongs to them, and what they need. */
  readonly only?: readonly string[]
  /** Only the code, or everything but the code, of functions that are there. */
  readonly part?: 'code' | 'config'
}

/** What has to happen so that the live things are as desired. Pure: it decides, and touches nothing. */
export function planSteps(input: PlanInput): Plan {
  const { service, stage, provider, choice = {} } = input
  const found = [...input.live.values()].flat()
  const world: World = {
    live: new Map(found.map((thing) => [thing.id, thing])),
    values: new Map(found.map((thing) => [thing.id, thing.value])),
    drivers: input.drivers,
    part: choice.part,
  }
  const desired = inOrder(input.desired)
  const isChosen = chooser(desired, choice)
  const wanted = new Set(desired.map((resource) => resource.id))
  return {
    service,
    stage,
    provider,
    steps: [
      ...desired.filter(isChosen).map((resource) => stepFor(resource, world)),
      ...(choice.part ? [] : removals(input.live, (thing) => !wanted.has(thing.id) && isChosen(thing))),
    ],
  }
}

/** A plan that removes everything of ours that is there. */
export function planRemoval(input: Omit<PlanInput, 'desired' | 'drivers'>): Plan {
  return planSteps({ ...input, desired: [], drivers: new Map() })
}

interface World {
  readonly live: ReadonlyMap<Id, Live>
  /** What refs read. A thing that is made anew will have other values, so its own go from here. */
  readonly values: Map<Id, object>
  readonly drivers: ReadonlyMap<string, Driver>
  readonly part: Choice['part']
}

function chooser(desired: readonly Resource[], { only }: Choice): (thing: { id: Id; fn?: string }) => boolean {
  if (!only) return () => true
  const isOf = ({ fn }: { fn?: string }): boolean => fn !== undefined && only.includes(fn)
  const chosen = withNeeds(
    desired.filter(isOf).map(({ id }) => id),
    desired,
  )
  return (thing) => chosen.has(thing.id) || isOf(thing)
}

function stepFor(resource: Resource, world: World): Step {
  const base = { id: resource.id, type: resource.type, needs: needsOf(resource.spec), desired: resource }
  const live = world.live.get(resource.id)
  if (!live) return { ...base, action: 'create', because: [] }
  const driver = world.drivers.get(resource.type)
  if (!driver) throw new Error(`no driver for ${resource.type}`)
  const because = reasonsFor(resource, live, driver, world)
  const action = actionFor(because, driver)
  if (action === 'replace') world.values.delete(resource.id)
  if (!live.isForeign) return { ...base, live, because, action }
  return { ...base, live, because, action: action === 'keep' ? 'update' : action, isForeign: true }
}

function reasonsFor(resource: Resource, live: Live, driver: Driver, { values, part }: World): readonly Reason[] {
  // A driver that knows without reading that a thing is as desired tells it in the words of what is desired.
  const told = resolveRefs(driver.project(live.value), values)
  const reasons = diffSpecs(resolveRefs(resource.spec, values), told, driver.rules)
  if (!part) return reasons
  const isCode = ({ field }: Reason): boolean =>
    driver.code?.some((one) => field === one || field.startsWith(`${one}.`)) ?? false
  return reasons.filter((reason) => isCode(reason) === (part === 'code'))
}

function actionFor(because: readonly Reason[], driver: Driver): Action {
  if (because.length === 0) return 'keep'
  return because.some((reason) => ruleOf(driver.rules, reason.field) === 'replace') ? 'replace' : 'update'
}

// A thing goes after all that refer to it. What is not ours stays.
function removals(live: PlanInput['live'], isGone: (thing: Live) => boolean): Step[] {
  const gone = [...live].flatMap(([type, things]) =>
    things.filter((thing) => !thing.isForeign && isGone(thing)).map((thing) => ({ type, thing })),
  )
  const users = new Map<Id, Id[]>(gone.map(({ thing }) => [thing.id, []]))
  for (const { thing } of gone) for (const id of thing.uses ?? []) users.get(id)?.push(thing.id)
  return gone.map(({ type, thing }) => ({
    id: thing.id,
    type,
    action: 'delete',
    because: [],
    needs: users.get(thing.id) ?? [],
    live: thing,
  }))
}
