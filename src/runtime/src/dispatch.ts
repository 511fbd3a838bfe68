import type { LiveMember } from './member.ts'

/** Finds the function that an event is for. */
export class Dispatcher {
  readonly #members: readonly LiveMember[]
  readonly #deployed: string

  constructor(members: readonly LiveMember[], deployed: string) {
    this.#members = members
    this.#deployed = deployed
  }

  /**
   * By the trigger's deployed name; else the one function that has triggers of this kind. A function that is deployed
   * alone gets whatever comes. Throws an Error that names the candidates.
   */
  find(kind: string, name: string | undefined): LiveMember {
    const only = this.#members[0]
    if (only && this.#members.length === 1) return only
    const named = name === undefined ? undefined : this.#members.find((member) => has(member, kind, name))
    if (named) return named
    const candidates = this.#members.filter((member) => has(member, kind))
    if (candidates.length === 1) return candidates[0] as LiveMember
    const event = `an event of kind "${kind}"${name === undefined ? '' : ` from the trigger "${name}"`}`
    const who = candidates.map((member) => `"${member.scope.member.name}"`).join(', ')
    throw new Error(
      candidates.length === 0
        ? `no function of "${this.#deployed}" takes ${event}`
        : `${event} could be for ${who}: none of their triggers has that name`,
    )
  }
}

function has(member: LiveMember, kind: string, name?: string): boolean {
  return member.scope.member.triggers.some(
    (trigger) => trigger.kind === kind && (name === undefined || trigger.name === name),
  )
}
