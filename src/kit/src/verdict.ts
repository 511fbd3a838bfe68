const VERDICT = Symbol.for('anyfaas.verdict')

/** What a converter answers in place of a value when the value is not simply translated. */
export interface Verdict {
  readonly [VERDICT]: 'refused' | 'adjusted' | 'noted' | 'built'
  readonly value?: unknown
  readonly reason: string
  readonly instead?: string
}

/** The platform cannot do this value: an error. */
export function refused(reason: string, instead?: string): Verdict {
  return { [VERDICT]: 'refused', reason, ...(instead !== undefined && { instead }) }
}

/** Another value takes its place: a warning. */
export function adjusted(value: unknown, reason: string, instead?: string): Verdict {
  return { [VERDICT]: 'adjusted', value, reason, ...(instead !== undefined && { instead }) }
}

/** Translated, and there is something to know about it. */
export function noted(value: unknown, reason: string): Verdict {
  return { [VERDICT]: 'noted', value, reason }
}

/** Translated although the platform has no word for it, and there is something to know about how. */
export function built(value: unknown, reason: string): Verdict {
  return { [VERDICT]: 'built', value, reason }
}

export function isVerdict(value: unknown): value is Verdict {
  return typeof value === 'object' && value !== null && VERDICT in value
}

export function verdictOf(verdict: Verdict): Verdict[typeof VERDICT] {
  return verdict[VERDICT]
}
