import { readFileSync, writeSync } from 'node:fs'
import type { Answer, Emulator, Entry, PlatformCall } from '@anyfaas/kit'
import type { Loader, Loaders, Start } from '@anyfaas/runtime'
import { develop } from '../develops.ts'
import { type Frame, FrameReader, type OnceJob, type OnceResult, packFrame, RESULT_FD } from '../once/once-wire.ts'
import { describeError } from './error.ts'
import { wrapHandlers } from './handlers.ts'
import { openModule } from './module.ts'
import { printInStep } from './printing.ts'
import { resultOf, Watch } from './watch.ts'

/** Calls a function once, through the platform's own runtime and event, and tells how it ended. The parent ends the process. */
export async function once(): Promise<void> {
  printInStep()
  process.once('beforeExit', () => tell({ kind: 'idle' }))
  const watch = new Watch()
  const result = await run(readJob(), watch).catch(
    (error: unknown): OnceResult => ({ kind: 'threw', error: describeError(error) }),
  )
  await flush()
  tell(result)
}

async function run(job: OnceJob, watch: Watch): Promise<OnceResult> {
  develop()
  const { launch, info, call } = job
  if (job.warmCalls !== undefined) return await (await import('./measure.ts')).measured(job, watch, loadersOf)
  const { emulator } = (await openModule(job.emulator)) as { readonly emulator: Emulator }
  const { start } = (await openModule(launch.runtime)) as { readonly start: Start }
  // Not by a flag of the process: our own bundles bring maps that nobody needs here.
  process.setSourceMapsEnabled(true)
  const entry = start(launch.manifest, await loadersOf(job, watch)) as unknown as Entry
  const answer = await emulator.call(entry, call, info)
  await closeLayers(entry, job)
  return resultOf(answer, watch)
}

// What a layer still holds is written now: the process has no other end.
async function closeLayers(entry: Entry, { launch, info }: OnceJob): Promise<void> {
  const { preStop } = entry as { readonly preStop?: (context: object) => Promise<void> }
  const hasLayers = Object.values(launch.modules).some(({ layers }) => layers !== undefined)
  if (hasLayers) await preStop?.({ requestId: info.requestId })
}

async function loadersOf({ launch, debugPort }: OnceJob, watch: Watch): Promise<Loaders> {
  const pairs = Object.entries(launch.modules).map(([member, { handler, initializer, layers }]): [string, Loader] => [
    member,
    {
      handler: () => watch.settle(() => openModule(handler)),
      ...(initializer !== undefined && { initializer: () => watch.settle(() => openModule(initializer)) }),
      ...(layers && {
        layers: layers.map(({ name, module }) => ({ name, open: () => watch.settle(() => openModule(module)) })),
      }),
    },
  ])
  const loaders = Object.fromEntries(pairs)
  if (debugPort === undefined) return wrapHandlers(loaders, launch.manifest, watch.wrap)
  const { awaitDebugger, pauseBefore } = await import('./debugger.ts')
  await awaitDebugger(debugPort)
  // Inside of all else, so that nothing stands between its line and the user's source.
  const paused = wrapHandlers(loaders, launch.manifest, pauseBefore())
  return wrapHandlers(paused, launch.manifest, watch.wrap)
}

// The stream of the same name would cost what its modules cost.
const STDIN_FD = 0

function readJob(): OnceJob {
  const frame = new FrameReader().add(readFileSync(STDIN_FD))
  if (!frame) throw new Error('the job is not whole')
  const job = frame.value as OnceJob
  const isBodied = job.call.kind === 'http' && frame.bytes.length > 0
  return isBodied ? { ...job, call: { ...job.call, body: frame.bytes } as PlatformCall } : job
}

// The parent ends the process at the result, so what was printed has to be out. Looking at the streams is what costs: a
// process that prints nothing never makes them.
async function flush(): Promise<void> {
  if (!process.getActiveResourcesInfo().some((type) => type.endsWith('WriteWrap'))) return
  const streams = [process.stdout, process.stderr]
  await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))))
}

function tell(result: OnceResult): void {
  for (const part of packFrame(frameOf(result))) {
    for (let sent = 0; sent < part.length; ) sent += writeSync(RESULT_FD, part, sent)
  }
}

function frameOf(value: OnceResult): Frame {
  const answer: Answer | undefined = value.kind === 'answer' ? value.answer : undefined
  if (answer?.kind !== 'http') return { value, bytes: new Uint8Array() }
  const { body, ...rest } = answer
  return { value: { ...value, answer: rest }, bytes: body }
}
