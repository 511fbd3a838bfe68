import { Call, type Environment, type Scope } from './call.ts'
import { callEitherWay } from './callback.ts'
import { EventContext } from './context.ts'
import { findExport } from './exports.ts'
import type { Input } from './input.ts'
import type { Loader } from './manifest.ts'
import { asError } from './thrown.ts'
import { within } from './within.ts'

/** Runs a function's initializer. Rejects with what it throws, or when its time is up. */
export async function initialize(scope: Scope, loader: Loader, input: Input): Promise<void> {
  const { member } = scope
  const module = await (loader.initializer ?? loader.handler)()
  const exported = findExport(module, member.initializer ?? '', member)
  const call = new Call(scope, input, { kind: 'initialize' })
  const args = member.signature === 'raw' ? [input.context] : [new EventContext(call)]
  await within(callEitherWay(exported, args), member, 'the initializer')
  await call.settle()
}

interface Preparable {
  readonly scope: Scope
  prepare(input: Input): Promise<unknown>
}

/** Initializes every function of an artifact. Rejects when the only one fails; of several, the others can still work. */
export async function initializeAll(members: readonly Preparable[], input: Input): Promise<void> {
  const results = await Promise.allSettled(members.map((member) => member.prepare(input)))
  results.forEach((result, index) => {
    if (result.status === 'fulfilled') return
    // In an aggregate the others can still work; the member's own calls try again and report.
    if (members.length === 1) throw asError(result.reason)
    new Call((members[index] as Preparable).scope, input, { kind: 'initialize' }).logFailure(result.reason)
  })
}

/** The environment under the names that the member's own part of the service file gives. */
export function viewOf(env: Environment, renames: Readonly<Record<string, string>>): Environment {
  const renamed = Object.entries(renames)
  const view: Record<string, string | undefined> = { ...env }
  for (const [, platformName] of renamed) delete view[platformName]
  for (const [name, platformName] of renamed) view[name] = env[platformName]
  return view
}
