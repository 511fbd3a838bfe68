import { type FieldRule, type FieldRules, isRef, isSecret, type Reason } from '@anyfaas/kit'

/** Why a live thing is not as desired: every field that differs and counts. Values of secrets are not told. */
export function diffSpecs(desired: unknown, live: unknown, rules: FieldRules): readonly Reason[] {
  const reasons: Reason[] = []
  compare({ rules, reasons }, '', desired, live)
  return reasons
}

/** The rule of a field: its own, or that of the nearest field above it. */
export function ruleOf(rules: FieldRules, field: string): FieldRule {
  for (let end = field.length; end > 0; end = field.lastIndexOf('.', end - 1)) {
    const rule = rules[field.slice(0, end)]
    if (rule) return rule
  }
  return 'update'
}

interface Comparison {
  readonly rules: FieldRules
  readonly reasons: Reason[]
}

function compare(comparison: Comparison, field: string, desired: unknown, live: unknown): void {
  const rule = field === '' ? 'update' : ruleOf(comparison.rules, field)
  if (rule === 'ignore') return
  if (isMap(desired) && isMap(live) && !isSecret(desired)) {
    const keys = new Set([...Object.keys(desired), ...Object.keys(live)])
    for (const key of keys) compare(comparison, field === '' ? key : `${field}.${key}`, desired[key], live[key])
    return
  }
  if (sameValue(desired, live, rule)) return
  comparison.reasons.push(
    rule === 'secret' || isSecret(desired) || isSecret(live) ? { field, secret: true } : reason(field, desired, live),
  )
}

function reason(field: string, desired: unknown, live: unknown): Reason {
  // A ref that could not be read is to something that this deploy makes.
  const to = isRef(desired) ? `${desired.field} of the new ${desired.$ref}` : desired
  return { field, ...(live !== undefined && { from: live }), ...(to !== undefined && { to }) }
}

function sameValue(a: unknown, b: unknown, rule: FieldRule): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b)) return sameList(a, b, rule)
  if (!isMap(a) || !isMap(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => sameValue(a[key], b[key], rule))
}

function sameList(a: readonly unknown[], b: readonly unknown[], rule: FieldRule): boolean {
  if (a.length !== b.length) return false
  if (rule !== 'unordered') return a.every((item, index) => sameValue(item, b[index], rule))
  const rest = [...b]
  return a.every((item) => {
    const index = rest.findIndex((other) => sameValue(item, other, rule))
    if (index >= 0) rest.splice(index, 1)
    return index >= 0
  })
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
