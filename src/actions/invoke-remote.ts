import { type Emulator, error, type Fn, importModule, type RemoteAnswer, SlsError } from '@anyfaas/kit'
import { type CallWishes, callFor } from './call.ts'
import { callInfo } from './call-info.ts'
import type { ActionIo } from './io.ts'
import { deployedNames, operate } from './operate.ts'
import { misuse, type Platform, type ProjectOptions } from './project.ts'

export interface RemoteInvokeOptions extends ProjectOptions, CallWishes {
  /** May be missing where the service has one. */
  readonly function?: string
  /** Accepted now, run later. */
  readonly isAsync?: boolean
  /** A version or an alias. */
  readonly qualifier?: string
  /** The last lines of the call's log come with the answer. */
  readonly tail?: boolean
}

export interface RemoteInvokeResult {
  readonly function: string
  readonly platform: string
  readonly answer: RemoteAnswer
  readonly durationMs: number
}

/**
 * Calls a deployed function through the platform's API. The data goes as it is; with a trigger, a path or a method it is
 * the event that the platform would make of it. Throws SLS5009 when the function fails there.
 */
export async function invokeRemote(options: RemoteInvokeOptions, io: ActionIo): Promise<RemoteInvokeResult> {
  return await operate(['invoke'], options, io, async ({ platform, operations, call }) => {
    const fn = chosen(platform, options.function)
    const { name } = fn
    const began = performance.now()
    const request = {
      fn: name,
      payload: await payloadFor(fn, platform, options),
      isAsync: options.isAsync === true,
      tail: options.tail === true,
      ...(options.qualifier !== undefined && { qualifier: options.qualifier }),
    }
    const answer = await operations.invoke(request, call)
    if (answer.error) throw failed(name, answer)
    return { function: name, platform: platform.label, answer, durationMs: performance.now() - began }
  })
}

function chosen(platform: Platform, named: string | undefined): Fn {
  const names = deployedNames(platform, named === undefined ? [] : [named])
  const [fn, ...others] = platform.service.functions.filter(({ name }) => names.includes(name))
  if (fn && others.length === 0) return fn
  throw misuse('which function?', fn ? `--function NAME; there are ${names.join(', ')}` : 'the service has none')
}

function failed(name: string, { error: failure, requestId, durationMs, log }: RemoteAnswer): SlsError {
  const facts = [
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
    ...(durationMs === undefined ? [] : [`${Math.round(durationMs)} ms`]),
  ]
  const stack = failure?.stack?.split('\n').slice(0, 8).join('\n')
  const notes = [facts.join(', '), stack, log].flatMap((message) => (message ? [{ message }] : []))
  const help = [`sls logs ${name} --since 5m shows the log around it`]
  return new SlsError(error('SLS5009', `${failure?.type}: ${failure?.message}`, { notes, help }))
}

async function payloadFor(fn: Fn, platform: Platform, wishes: CallWishes): Promise<string> {
  const isShaped = wishes.trigger !== undefined || wishes.path !== undefined || wishes.method !== undefined
  if (!isShaped || wishes.trigger === 'event') return wishes.data ?? '{}'
  const call = callFor(fn, wishes, Object.keys(platform.target.triggers))
  const { emulator } = (await importModule(platform.target.runtime.emulator.href)) as { emulator: Emulator }
  return JSON.stringify(emulator.event(call, callInfo(platform, fn)))
}
