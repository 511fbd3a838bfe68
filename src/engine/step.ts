import { type Change, clock, type Driver, error, type Resource, SlsError, type Step, withRetry } from '@anyfaas/kit'
import { resolveRefs } from './refs.ts'

export interface StepOptions {
  readonly driver: Driver
  /** What is there, for refs. */
  readonly live: ReadonlyMap<string, object>
  /** Aborted by the user: what runs is finished, and nothing is tried again. */
  readonly signal: AbortSignal
  readonly note: (text: string) => void
}

// Longer than the slowest platform takes to build a network interface for a function.
const STEP_LASTS_MS = 15 * 60_000

/** Does one step. Resolves to what is there afterwards; undefined after a deletion. Throws SLS5003 and SLS5005. */
export async function doStep(step: Step, options: StepOptions): Promise<object | undefined> {
  const { driver } = options
  // Ctrl-C lets a running step finish: half a change is worse than a late stop. Only its own deadline ends it.
  const deadline = AbortSignal.timeout(STEP_LASTS_MS)
  const change: Change = { signal: deadline, note: options.note, because: step.because }
  const patiently = <T>(work: () => Promise<T>): Promise<T> =>
    withRetry(work, {
      retryable: (failure) => driver.retryable(failure),
      signal: options.signal,
      clock,
      onWait: (attempt) => options.note(`attempt ${attempt} failed, again soon`),
    })
  try {
    const { live } = step
    if (live && (step.action === 'delete' || step.action === 'replace'))
      await patiently(() => driver.delete(live, change))
    if (step.action === 'delete' || !step.desired) return undefined
    const resource: Resource = { ...step.desired, spec: resolveRefs(step.desired.spec, options.live) }
    if (step.action === 'update' && live) return await patiently(() => driver.update(resource, live.value, change))
    return await patiently(() => createOnce(driver, resource, change))
  } catch (cause) {
    if (!deadline.aborted) throw cause
    throw new SlsError(error('SLS5005', `${step.id} did not become stable in ${STEP_LASTS_MS / 60_000} minutes`), {
      cause,
    })
  }
}

// An answer that was lost on its way leaves a thing that the next attempt finds in its place.
async function createOnce(driver: Driver, resource: Resource, change: Change): Promise<object> {
  try {
    return await driver.create(resource, change)
  } catch (cause) {
    if (!driver.isTaken?.(cause)) throw cause
    const found = await driver.find?.(resource, change)
    if (!found) throw cause
    if (found.isForeign) throw notOurs(resource, cause)
    change.note('it was there already')
    return await driver.update(resource, found.value, change)
  }
}

function notOurs(resource: Resource, cause: unknown): SlsError {
  return new SlsError(foreign(resource), { cause })
}

/** What to say of a thing that somebody else made where ours would stand. */
export function foreign({ id, at }: Pick<Resource, 'id' | 'at'>): ReturnType<typeof error> {
  return error('SLS5003', `${id} is there already and was not made by sls for this service and stage`, {
    ...(at !== undefined && { pointer: at }),
    help: [
      '--adopt takes it over, with everything in it that the file says otherwise changed',
      'or give yours another name',
    ],
  })
}
