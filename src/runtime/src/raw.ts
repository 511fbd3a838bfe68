import { Call } from './call.ts'
import { callEitherWay } from './callback.ts'
import type { Input } from './input.ts'
import type { LiveMember } from './member.ts'

/** Calls a raw handler with the platform's own arguments; what it returns or throws is the platform's business. */
export async function callRaw(member: LiveMember, input: Input, kind: string): Promise<unknown> {
  const call = new Call(member.scope, input, { kind })
  const ready = member.ready ?? (await call.guard(member.prepare(input), 'still initializing'))
  return call.guard(Promise.resolve(callEitherWay(ready.exported, input.args)))
}
