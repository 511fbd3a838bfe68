import type { Diagnostic } from './diagnostic.ts'
import type { Fn } from './service.ts'
import { type Value, writeValue } from './value.ts'

/** The environment of a deployed function. */
export interface DeployedEnvironment {
  readonly variables: Readonly<Record<string, Value>>
  /** Member -> its variables that bear another name on the platform, because another member sets them otherwise. */
  readonly renames: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/**
 * The variables that a function gets on a platform. An aggregate has its own and those of its members; where two
 * disagree on a value, the first keeps the name and the other one's is called `NAME__member`.
 */
export function environmentOf(fn: Fn): DeployedEnvironment {
  if (fn.code.kind !== 'aggregate') return { variables: fn.environment, renames: {} }
  const variables: Record<string, Value> = { ...fn.environment }
  const renames: Record<string, Record<string, string>> = {}
  for (const member of fn.code.members) {
    for (const [name, value] of Object.entries(member.environment)) {
      if (!Object.hasOwn(variables, name)) variables[name] = value
      else if (!isSame(variables[name] as Value, value)) {
        const other = freeName(name, member.name, variables)
        variables[other] = value
        renames[member.name] = { ...renames[member.name], [name]: other }
      }
    }
  }
  return { variables, renames }
}

/** The function with what its members bring along: their variables, secrets and outputs. Their other settings are the aggregate's. */
export function effectiveFn(fn: Fn): Fn {
  if (fn.code.kind !== 'aggregate') return fn
  const environment = environmentOf(fn).variables
  const { members } = fn.code
  const secrets = new Set([...fn.secrets, ...members.flatMap((member) => member.secrets)])
  return {
    ...fn,
    environment,
    secrets: [...secrets],
    outputs: [...fn.outputs, ...members.flatMap((member) => member.outputs)],
  }
}

/** What is said of a setting that an aggregate has from its members alone, at the members that have it. */
export function placedAtMembers(diagnostics: readonly Diagnostic[], fn: Fn): readonly Diagnostic[] {
  if (fn.code.kind !== 'aggregate') return diagnostics
  const { members } = fn.code
  return diagnostics.flatMap((diagnostic) => {
    const key = (['secrets', 'outputs'] as const).find((one) => diagnostic.pointer === `${fn.at}/${one}`)
    if (key === undefined || fn[key].length > 0) return [diagnostic]
    return members
      .filter((member) => member[key].length > 0)
      .map(({ at }) => ({ ...diagnostic, pointer: `${at}/${key}` }))
  })
}

function isSame(a: Value, b: Value): boolean {
  return typeof a === typeof b && writeValue(a) === writeValue(b)
}

function freeName(name: string, member: string, taken: Readonly<Record<string, Value>>): string {
  const base = `${name}__${member.replace(/\W/g, '_')}`
  let found = base
  for (let count = 2; Object.hasOwn(taken, found); count++) found = `${base}_${count}`
  return found
}
