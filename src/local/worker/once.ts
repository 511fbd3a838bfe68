import type { Answer, Emulator, Entry } from '@anyfaas/kit'
import type { Loader, Loaders, Start } from '@anyfaas/runtime'
import type { FromOnce, OnceMessage } from '../once-wire.ts'
import type { WireError } from '../wire.ts'
import { describeError } from './error.ts'
import { type Wrap, wrapHandlers } from './handlers.ts'
import { openModule } from './module.ts'

/** Calls a function once, through the platform's own runtime and event, and tells how it ended. The parent ends the process. */
export async function once(message: OnceMessage): Promise<void> {
  process.on('disconnect', () => process.exit())
  // The channel alone must not keep the process waiting for what can never come.
  process.channel?.unref()
  process.once('beforeExit', () => send({ kind: 'idle' }))
  const watch = new Watch()
  try {
    const answer = await call(message, await loadersOf(message, watch))
    const isFailed = answer.kind === 'http' && answer.status >= 500
    await flush()
    await send({ kind: 'answer', answer, ...(isFailed && watch.thrown && { error: watch.thrown }) })
  } catch (error) {
    await flush()
    await send({ kind: 'threw', error: describeError(error) })
  }
}

async function call({ launch, emulator: file, call, info }: OnceMessage, loaders: Loaders): Promise<Answer> {
  const { start } = (await openModule(launch.runtime)) as { readonly start: Start }
  const entry = start(launch.manifest, loaders) as unknown as Entry
  const { emulator } = (await openModule(file)) as { readonly emulator: Emulator }
  return await emulator.call(entry, call, info)
}

async function loadersOf({ launch, debugPort }: OnceMessage, watch: Watch): Promise<Loaders> {
  const loaders = Object.fromEntries(
    Object.entries(launch.modules).map(([member, { handler, initializer }]): [string, Loader] => [
      member,
      {
        handler: () => watch.settle(() => openModule(handler)),
        ...(initializer !== undefined && { initializer: () => watch.settle(() => openModule(initializer)) }),
      },
    ]),
  )
  return wrapHandlers(await pausing(loaders), launch.manifest, watch.wrap)

  async function pausing(plain: Loaders): Promise<Loaders> {
    if (debugPort === undefined) return plain
    const { awaitDebugger, pauseBefore } = await import('./debugger.ts')
    await awaitDebugger(debugPort)
    return wrapHandlers(plain, launch.manifest, pauseBefore())
  }
}

/** Remembers what the user's code threw: a runtime turns it into an answer, which does not say where it was thrown. */
class Watch {
  thrown: WireError | undefined

  readonly wrap: Wrap = (run, owner) => {
    const watched = (...args: unknown[]): unknown => this.settle(() => run.apply(owner, args))
    return Object.defineProperties(watched, { name: { value: run.name }, length: { value: run.length } })
  }

  /** Settles as the work does. */
  settle<T>(work: () => T): T {
    try {
      const result = work()
      if (result instanceof Promise) result.catch((error: unknown) => this.#keep(error))
      return result
    } catch (error) {
      this.#keep(error)
      throw error
    }
  }

  #keep(error: unknown): void {
    this.thrown = describeError(error)
  }
}

// The parent ends the process at the answer, so what was printed has to be out. Looking at the streams is what costs: a
// process that prints nothing never makes them.
async function flush(): Promise<void> {
  if (!process.getActiveResourcesInfo().some((type) => type.endsWith('WriteWrap'))) return
  const streams = [process.stdout, process.stderr]
  await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))))
}

/** Resolves when the parent has it. Rejects when the message cannot be copied. */
function send(message: FromOnce): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()))
  })
}
