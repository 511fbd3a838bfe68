import type { Call, Driver, Id, Plan, Resource, Step, Tell } from '@anyfaas/kit'
import { resolveRefs } from './refs.ts'
import { withRetry } from './retry.ts'

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
  const run: Run = {
    options,
    live: new Map(plan.steps.flatMap((step) => (step.live ? [[step.id, step.live.value] as const] : []))),
    done: plan.steps.filter((step) => step.action === 'keep'),
    failed: [],
    waiting: new Map(plan.steps.filter((step) => step.action !== 'keep').map((step) => [step.id, step])),
    running: new Map(),
  }
  while (run.waiting.size > 0 || run.running.size > 0) {
    begin(run)
    if (run.running.size === 0) break
    await Promise.race(run.running.values())
  }
  for (const step of run.waiting.values()) tellStep(run, step, 'skipped')
  return { done: run.done, failed: run.failed, skipped: [...run.waiting.values()] }
}

interface Run {
  readonly options: ApplyOptions
  /** What is there, for refs. */
  readonly live: Map<Id, object>
  readonly done: Step[]
  readonly failed: { step: Step; error: unknown }[]
  readonly waiting: Map<Id, Step>
  readonly running: Map<Id, Promise<void>>
}

function begin(run: Run): void {
  if (run.options.signal.aborted) return
  const steps = [...run.waiting.values()]
  // What is taken away goes last, so that nothing that stays refers to it any more.
  const onlyDeletions = steps.every((step) => step.action === 'delete') && run.failed.length === 0
  for (const step of steps) {
    if (run.running.size >= (run.options.width ?? WIDTH)) return
    if (step.action === 'delete' ? !onlyDeletions : !isReady(run, step)) continue
    run.waiting.delete(step.id)
    run.running.set(
      step.id,
      perform(run, step).finally(() => run.running.delete(step.id)),
    )
  }
}

function isReady(run: Run, step: Step): boolean {
  const failed = run.failed.map((failure) => failure.step.id)
  return step.needs.every((id) => !run.running.has(id) && !run.waiting.has(id) && !failed.includes(id))
}

async function perform(run: Run, step: Step): Promise<void> {
  const began = performance.now()
  tellStep(run, step, 'start')
  try {
    await doStep(run, step)
    run.done.push(step)
    tellStep(run, step, 'done', { durationMs: performance.now() - began })
  } catch (error) {
    run.failed.push({ step, error })
    tellStep(run, step, 'failed', {
      durationMs: performance.now() - began,
      note: error instanceof Error ? error.message : String(error),
    })
  }
}

async function doStep(run: Run, step: Step): Promise<void> {
  const driver = run.options.drivers.get(step.type)
  if (!driver) throw new Error(`no driver for ${step.type}`)
  // Ctrl-C lets a running step finish: half a change is worse than a late stop.
  const call: Call = { signal: new AbortController().signal, note: (note) => tellStep(run, step, 'note', { note }) }
  const retry = {
    retryable: driver.retryable,
    signal: run.options.signal,
    onWait: (attempt: number) => call.note(`attempt ${attempt} failed, again soon`),
  }
  const { live } = step
  if (live && (step.action === 'delete' || step.action === 'replace'))
    await withRetry(() => driver.delete(live, call), retry)
  if (step.action === 'delete' || !step.desired) return
  const resource: Resource = { ...step.desired, spec: resolveRefs(step.desired.spec, run.live) }
  const update = step.action === 'update' && live
  const value = await withRetry(
    () => (update ? driver.update(resource, live.value, call) : driver.create(resource, call)),
    retry,
  )
  run.live.set(step.id, value)
}

function tellStep(
  run: Run,
  step: Step,
  state: 'start' | 'done' | 'failed' | 'skipped' | 'note',
  more: { durationMs?: number; note?: string } = {},
): void {
  run.options.tell({ kind: 'step', id: step.id, type: step.type, action: step.action, state, ...more })
}
