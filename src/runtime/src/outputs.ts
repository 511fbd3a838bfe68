import type { Call } from './call.ts'
import { missingOutput, missingSender } from './complaint.ts'

/** `ctx.send`: to the output of this name, or to all of them at once. */
export async function sendOutputs({ scope }: Call, data: unknown, output: string | undefined): Promise<void> {
  const { member, send } = scope
  const names = member.outputs?.filter((name) => output === undefined || name === output) ?? []
  if (names.length === 0) throw missingOutput(member.name, output)
  if (!send) throw missingSender(scope.manifest.provider)
  await Promise.all(names.map((name) => send(name, data)))
}
