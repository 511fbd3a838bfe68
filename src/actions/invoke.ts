import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import {
  type Answer,
  environmentOf,
  error,
  type Fn,
  membersOf,
  reveal,
  type Service,
  SlsError,
  suggest,
  type Value,
} from '@anyfaas/kit'
import { type DebuggerAddress, runOnce } from '../local/run-once.ts'
import { launch } from '../packager/launch.ts'
import { type CallWishes, callFor } from './call.ts'
import type { ActionIo } from './io.ts'
import { choosePlatforms, misuse, openProject, type Platform, type Project, type ProjectOptions } from './project.ts'

export interface InvokeOptions extends ProjectOptions, CallWishes {
  /** A function, a member of an aggregate, or an aggregate. */
  readonly function: string
  /** The inspector's port: the call waits for a debugger and pauses one step before the handler. */
  readonly debugPort?: number
  /** Told when the inspector listens. */
  readonly onDebugger?: (address: DebuggerAddress) => void
}

export interface InvokeResult {
  readonly function: string
  readonly platform: string
  readonly kind: string
  readonly answer: Answer
  readonly durationMs: number
}

/**
 * Runs one function in a fresh process, called as its platform would call it. Throws SLS7010 to SLS7012 when the
 * function fails, with the place in its own source.
 */
export async function invoke(options: InvokeOptions, io: ActionIo): Promise<InvokeResult> {
  const project = await openProject(options, io)
  const fn = findFunction(project.service, options.function)
  const [platform, ...others] = await choosePlatforms(project, options, io)
  if (!platform || others.length > 0) throw misuse('one provider at a time can call a function')
  const call = callFor(fn, options)
  const began = performance.now()
  const answer = await run(project, platform, fn, { ...options, call }, io)
  return { function: fn.name, platform: platform.label, kind: call.kind, answer, durationMs: performance.now() - began }
}
