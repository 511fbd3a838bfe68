import {
  type Answer,
  type CustomCode,
  type Emulator,
  environmentOf,
  error,
  type Fn,
  importModule,
  membersOf,
  type PlatformCall,
  reveal,
  type Service,
  SlsError,
  suggest,
} from '@anyfaas/kit'
import { type DebuggerAddress, runOnce, type Timing } from '../local/run-once.ts'
import { launch } from '../packager/launch.ts'
import { type CallWishes, callFor } from './call.ts'
import { callInfo } from './call-info.ts'
import type { ActionIo } from './io.ts'
import { launchRequestOf } from './launch-request.ts'
import {
  choosePlatforms,
  located,
  misuse,
  openProject,
  type Platform,
  type Project,
  type ProjectOptions,
} from './project.ts'
import { runtimeOf } from './runtime-door.ts'

export type { DebuggerAddress, Timing } from '../local/run-once.ts'

export interface InvokeOptions extends ProjectOptions, CallWishes {
  /** A function, a member of an aggregate, or an aggregate; the only function when missing. */
  readonly function?: string
  /** The inspector's port: the call waits for a debugger and pauses one step before the handler. */
  readonly debugPort?: number
  /** Told when the inspector listens. */
  readonly onDebugger?: (address: DebuggerAddress) => void
  /** Measures the call, and makes it so many more times in the process that is warm then. */
  readonly warmCalls?: number
}

export interface InvokeResult {
  readonly function: string
  readonly platform: string
  readonly kind: string
  readonly answer: Answer
  readonly durationMs: number
  /** When it was measured. */
  readonly timing?: Timing
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
  const call = await withSample(callFor(fn, options, Object.keys(platform.target.triggers)), platform)
  const began = performance.now()
  if (options.warmCalls !== undefined && fn.code.kind === 'custom')
    throw misuse('a server of its own cannot be measured from inside')
  let timing: Timing | undefined
  const onTiming = (found: Timing): void => {
    timing = found
  }
  const run = { project, platform, fn, call, options, io, onTiming }
  const answer = await located(
    () => (fn.code.kind === 'custom' ? runServer(run, fn.code) : runHandler(run)),
    project.locate,
  )
  const durationMs = performance.now() - began
  return { function: fn.name, platform: platform.label, kind: call.kind, answer, durationMs, ...(timing && { timing }) }
}

// An event of its kind, where the platform's own cannot be made of what the user gave: nothing.
async function withSample(call: PlatformCall, platform: Platform): Promise<PlatformCall> {
  if (call.kind === 'http' || call.kind === 'timer' || call.kind === 'event' || call.data !== undefined) return call
  const { emulator } = (await importModule(runtimeOf(platform).emulator.href)) as { readonly emulator: Emulator }
  const data = emulator.samples?.[call.kind]
  return data === undefined ? call : { ...call, data }
}

interface Run {
  readonly project: Project
  readonly platform: Platform
  readonly fn: Fn
  readonly call: PlatformCall
  readonly options: InvokeOptions
  readonly io: ActionIo
  readonly onTiming: (timing: Timing) => void
}

// Packaging is late: most functions run from their own files.
async function runServer(run: Run, code: CustomCode): Promise<Answer> {
  const { unpackedFor } = await import('./unpacked.ts')
  const { project, platform, fn, options, io } = run
  return await unpackedFor({ project, platform, fn, options, io }, async (cwd) => {
    const health = code.healthCheck && { healthCheck: code.healthCheck }
    const custom = { command: [...code.command, ...code.args], cwd, ...health }
    return await runOnce({ ...callOptions(run), custom })
  })
}

async function runHandler(run: Run): Promise<Answer> {
  const launched = await launch(launchRequestOf(run.project, run.platform, run.fn))
  return await runOnce({ ...callOptions(run), launch: launched })
}

function callOptions(run: Run): Omit<Parameters<typeof runOnce>[0], 'launch' | 'custom'> {
  const { project, platform, fn, call, io } = run
  const { debugPort, onDebugger, warmCalls } = run.options
  return {
    emulator: runtimeOf(platform).emulator,
    call,
    info: callInfo(platform, fn),
    environment: environmentFor(project, fn),
    signal: io.signal,
    onLog: (line) => io.tell({ kind: 'log', line }),
    ...(warmCalls !== undefined && { measure: { warmCalls, onTiming: run.onTiming } }),
    ...(debugPort !== undefined && { debug: { port: debugPort, onListening: (address) => onDebugger?.(address) } }),
  }
}

function environmentFor(project: Project, fn: Fn): Record<string, string> {
  const lookup = (name: string): string => {
    const value = project.env(name)
    if (value !== undefined) return value
    const help = [`set ${name} in the environment or in .env`]
    throw new SlsError(error('SLS7006', `the secret "${name}" has no value`, { pointer: `${fn.at}/environment`, help }))
  }
  const { variables } = environmentOf(fn)
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, reveal(value, lookup)]))
}

/** The function of a name. Members of aggregates and functions that are not deployed can be called too; a member goes before an aggregate of its name. */
export function findFunction(service: Service, name: string | undefined): Fn {
  const all = [...service.functions.flatMap(membersOf), ...service.undeployed, ...service.functions]
  const names = [...new Set(all.map((fn) => fn.name))]
  if (name === undefined && names.length > 1)
    throw misuse('which function?', `--function NAME; there are ${names.join(', ')}`)
  const found = name === undefined ? all[0] : all.find((fn) => fn.name === name)
  if (found) return found
  if (name === undefined) throw misuse('the service has no functions')
  const near = suggest(name, names)
  throw misuse(`no function "${name}"`, near ? `did you mean "${near}"?` : `there are ${names.join(', ')}`)
}
