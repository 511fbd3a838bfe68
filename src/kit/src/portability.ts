import type { Code } from './codes.ts'
import { placedTriggersOf } from './deployed.ts'
import type { Diagnostic, Pointer } from './diagnostic.ts'
import { emulationsIn } from './fields.ts'
import type { Target } from './provider.ts'
import type { Fn, Service } from './service.ts'
import type { Emulated, Rule, TriggerRow } from './tables.ts'
import type { Trigger } from './trigger.ts'

/** How much of what a file says a platform does: as it is, built from other things, not all of it, not at all. */
export type Level = 'native' | 'emulated' | 'lossy' | 'refused'

/** From the best to the worst. */
export const LEVELS: readonly Level[] = ['native', 'emulated', 'lossy', 'refused']

/** What a platform says of one place of the file. */
export interface Statement {
  readonly level: Level
  readonly pointer: Pointer
  readonly on?: 'key' | 'value'
  /** Why, or how it is emulated: lower case, no full stop. */
  readonly reason: string
  /** What to do instead, most likely first. */
  readonly instead: readonly string[]
  /** Absent for what is emulated without a word. */
  readonly code?: Code
}

/** The worst of the levels; `native` when there are none. */
export function worstLevel(levels: readonly Level[]): Level {
  return LEVELS.findLast((level) => levels.includes(level)) ?? 'native'
}

/** An error refuses, a warning loses; a note says of itself whether something is emulated. */
export function levelOf({ severity, emulated }: Diagnostic): Level {
  if (severity === 'note') return emulated ? 'emulated' : 'native'
  return severity === 'error' ? 'refused' : 'lossy'
}

/** What a row of a table says by itself: of `rows` see each. */
export function levelOfRule(rule: Rule<never, never>): Level {
  if ('refuse' in rule) return 'refused'
  if ('lossy' in rule) return 'lossy'
  return 'emulated' in rule && rule.emulated !== undefined ? 'emulated' : 'native'
}

/**
 * All that is not plainly native of a service on a platform: what its translation said, and what its tables emulate
 * without a word.
 */
export function statementsOf(
  service: Service,
  target: Target,
  diagnostics: readonly Diagnostic[],
): readonly Statement[] {
  return [...diagnostics.map(statementOf), ...service.functions.flatMap((fn) => emulationsOf(fn, target))]
}

function statementOf(diagnostic: Diagnostic): Statement {
  const { code, message, reason = message, pointer = '', on, help = [] } = diagnostic
  return { level: levelOf(diagnostic), pointer, reason, instead: help, code, ...(on && { on }) }
}

function emulationsOf(fn: Fn, { fields, triggers }: Target): readonly Statement[] {
  const own = emulationsIn(fields, fn)
  const theirs = placedTriggersOf(fn).flatMap(({ trigger, urlOnly }) => {
    const row = triggers[trigger.kind] as TriggerRow<Trigger> | object
    if (!('fields' in row) || urlOnly) return []
    const whole: Emulated[] = row.emulated === undefined ? [] : [{ emulated: row.emulated }]
    return [
      ...whole.map(({ emulated }) => ({ pointer: trigger.at, how: emulated })),
      ...emulationsIn(row.fields, trigger),
    ]
  })
  return [...own, ...theirs].map(({ pointer, how }) => ({
    level: 'emulated',
    pointer,
    on: 'key',
    reason: how,
    instead: [],
  }))
}
