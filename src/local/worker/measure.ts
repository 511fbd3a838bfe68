import type { Emulator, Entry } from '@anyfaas/kit'
import type { Loader, Loaders, Start } from '@anyfaas/runtime'
import type { OnceJob, OnceResult, Timing } from '../once/once-wire.ts'
import { wrapHandlers } from './handlers.ts'
import { openModule } from './module.ts'
import { Stopwatch } from './stopwatch.ts'
import { resultOf, type Watch } from './watch.ts'

type MakeLoaders = (job: OnceJob, watch: Watch) => Promise<Loaders>

/** Calls a function once and measures it, then again in the same process. */
export async function measured(job: OnceJob, watch: Watch, makeLoaders: MakeLoaders): Promise<OnceResult> {
  const { launch, info, call, warmCalls = 0 } = job
  const clock = new Stopwatch()
  clock.boot()
  const { emulator } = (await openModule(job.emulator)) as { readonly emulator: Emulator }
  const entry = await clock.time('runtime', async () => {
    const { start } = (await openModule(launch.runtime)) as { readonly start: Start }
    process.setSourceMapsEnabled(true)
    const loaders = timedLoaders(await makeLoaders(job, watch), clock)
    return start(launch.manifest, wrapHandlers(loaders, launch.manifest, clock.wrap)) as unknown as Entry
  })
  const answer = await clock.time('call', () => emulator.call(entry, call, info))
  const coldMs = performance.now()
  const marks = [...clock.marks]
  const result = resultOf(answer, watch)
  const warmMs =
    result.kind === 'answer' && result.error === undefined ? await warm(job, emulator, entry, warmCalls) : []
  const timing: Timing = {
    marks,
    coldMs,
    warmMs,
    memoryMb: process.resourceUsage().maxRSS / 1024,
    heapMb: process.memoryUsage().heapUsed / (1 << 20),
  }
  return { ...result, timing } as OnceResult
}

async function warm({ call, info }: OnceJob, emulator: Emulator, entry: Entry, count: number): Promise<number[]> {
  const took: number[] = []
  for (let index = 0; index < count; index++) {
    const began = performance.now()
    await emulator.call(entry, call, { ...info, requestId: `${info.requestId}-${index + 1}`, time: Date.now() })
    took.push(performance.now() - began)
  }
  return took
}

function timedLoaders(loaders: Loaders, clock: Stopwatch): Loaders {
  return Object.fromEntries(
    Object.entries(loaders).map(([member, { handler, initializer }]): [string, Loader] => [
      member,
      {
        handler: () => clock.time(`code of ${member}`, handler),
        ...(initializer && { initializer: () => clock.time(`initializer of ${member}`, initializer) }),
      },
    ]),
  )
}
