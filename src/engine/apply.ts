import type { Driver, Id, Plan, Step, Tell } from '@anyfaas/kit'
import { doStep } from './step.ts'

export interface ApplyOptions {
  readonly drivers: ReadonlyMap<string, Driver>
  readonly tell: Tell
  /** Once aborted no further step begins; running ones are finished. */
  readonly signal: AbortSignal
  /** The most steps that run at a time. */
  readonly width?: number
}

export interface Outcome {
  readonly done: readonly Step[]
  readonly failed: readonly { readonly step: Step; readonly error: unknown }[]
  /** Not begun: what they need failed, or the run was interrupted. */
  readonly skipped: readonly Step[]
}

const WIDTH = 8

/** Does the steps of a plan: what a step needs comes first, deletions last. Never rejects for a step that failed. */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<Outcome> {
  const todo = plan.steps.filter((step) => step.action !== 'keep')
  const run: Run = {
    options,
    live: new Map(plan.steps.flatMap((step) => (step.live ? [[step.id, step.live.value] as const] : []))),
    done: plan.steps.filter((step) => step.action === 'keep'),
    failed: new Map(),
    waiting: new Map(todo.map((step) => [step.id, step])),
    running: new Map(),
    ofType: new Map(),
    building: todo.filter((step) => step.action !== 'delete').length,
  }
  while (run.waiting.size > 0 || run.running.size > 0) {
    begin(run)
    if (run.running.size === 0) break
    await Promise.race(run.running.values())
  }
  for (const step of run.waiting.values()) tellStep(run, step, 'skipped')
  return { done: run.done, failed: [...run.failed.values()], skipped: [...run.waiting.values()] }
}

interface Run {
  readonly options: ApplyOptions
  /** What is there, for refs. */
  readonly live: Map<Id, object>
  readonly done: Step[]
  readonly failed: Map<Id, { step: Step; error: unknown }>
  readonly waiting: Map<Id, Step>
  readonly running: Map<Id, Promise<void>>
  /** How many of each type are running. */
  readonly ofType: Map<string, number>
  /** How many steps that are no deletions have not succeeded yet. */
  building: number
}

function begin(run: Run): void {
  if (run.options.signal.aborted) return
  const ready = new Map<string, Step[]>()
  for (const step of run.waiting.values())
    if (isReady(run, step)) ready.set(step.type, [...(ready.get(step.type) ?? []), step])
  while (run.running.size < (run.options.width ?? WIDTH)) {
    const step = rarest(ready, run)?.shift()
    if (!step) return
    run.waiting.delete(step.id)
    run.ofType.set(step.type, (run.ofType.get(step.type) ?? 0) + 1)
    run.running.set(
      step.id,
      perform(run, step).finally(() => {
        run.running.delete(step.id)
        run.ofType.set(step.type, (run.ofType.get(step.type) ?? 0) - 1)
      }),
    )
  }
}

function isReady(run: Run, step: Step): boolean {
  // What is taken away goes last, so that nothing that stays refers to it any more.
  if (step.action === 'delete' && run.building > 0) return false
  return step.needs.every((id) => !run.running.has(id) && !run.waiting.has(id) && !run.failed.has(id))
}

// The type of which the fewest run: a platform takes each at a pace of its own, and one that waits for its turn holds no other up.
function rarest(ready: ReadonlyMap<string, Step[]>, { ofType }: Run): Step[] | undefined {
  let found: { readonly steps: Step[]; readonly count: number } | undefined
  for (const [type, steps] of ready) {
    const count = ofType.get(type) ?? 0
    if (steps.length > 0 && (!found || count < found.count)) found = { steps, count }
  }
  return found?.steps
}

async function perform(run: Run, step: Step): Promise<void> {
  const began = performance.now()
  const { signal } = run.options
  tellStep(run, step, 'start')
  try {
    const driver = run.options.drivers.get(step.type)
    if (!driver) throw new Error(`no driver for ${step.type}`)
    const note = (text: string): void => tellStep(run, step, 'note', { note: text })
    const value = await doStep(step, { driver, live: run.live, signal, note })
    if (value) run.live.set(step.id, value)
    if (step.action !== 'delete') run.building--
    run.done.push(step)
    tellStep(run, step, 'done', { durationMs: performance.now() - began })
  } catch (error) {
    run.failed.set(step.id, { step, error })
    tellStep(run, step, 'failed', {
      durationMs: performance.now() - began,
      note: error instanceof Error ? error.message : String(error),
    })
  }
}

function tellStep(
  run: Run,
  step: Step,
  state: 'start' | 'done' | 'failed' | 'skipped' | 'note',
  more: { durationMs?: number; note?: string } = {},
): void {
  run.options.tell({ kind: 'step', id: step.id, type: step.type, action: step.action, state, ...more })
}
