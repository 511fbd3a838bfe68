import type { EventInput } from './input.ts'
import type { Manifest, TriggerName } from './manifest.ts'
import type { LiveMember } from './member.ts'

export interface Target {
  readonly member: LiveMember
  readonly trigger: TriggerName | undefined
}

interface Artifact {
  readonly manifest: Manifest
  readonly members: readonly LiveMember[]
}

/**
 * The function that an event is for: by the trigger's deployed name; else by what the trigger listens to; else the one
 * function that has triggers of this kind. A function that is deployed alone gets whatever comes. Throws an Error that
 * names the candidates.
 */
export function findMember({ members, manifest }: Artifact, input: EventInput): Target {
  const all = members.flatMap((member) => member.scope.member.triggers.map((trigger) => ({ member, trigger })))
  const ofKind = all.filter(({ trigger }) => trigger.kind === input.kind)
  const found =
    ofKind.find(({ trigger }) => trigger.name === input.trigger) ??
    ofKind.find(({ trigger }) => listensTo(trigger, input.resource))
  if (found) return found
  const [only] = members
  if (only && members.length === 1)
    return { member: only, trigger: ofKind.length === 1 ? ofKind[0]?.trigger : undefined }
  const candidates = [...new Set(ofKind.map(({ member }) => member))]
  if (candidates.length === 1) return { member: candidates[0] as LiveMember, trigger: undefined }
  throw new Error(complain(input, candidates, manifest.function))
}

// A resource may be named in the file by its ARN and in the event by its name, or the other way round.
function listensTo({ source }: TriggerName, resource: string | undefined): boolean {
  if (source === undefined || resource === undefined) return false
  return source === resource || lastOf(source) === lastOf(resource)
}

function lastOf(name: string): string {
  return name.split(/[/:]/).at(-1) as string
}

function complain({ kind, trigger }: EventInput, candidates: readonly LiveMember[], deployed: string): string {
  const event = `an event of kind "${kind}"${trigger === undefined ? '' : ` from the trigger "${trigger}"`}`
  if (candidates.length === 0) return `no function of "${deployed}" takes ${event}`
  const who = candidates.map((member) => `"${member.scope.member.name}"`).join(', ')
  return `${event} could be for ${who}: none of their triggers has that name`
}
