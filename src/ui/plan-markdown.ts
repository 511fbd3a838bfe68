import { changes, type Plan, type Reason, type Step } from '@anyfaas/kit'
import { countChanges, signOf } from './plan-text.ts'
import type { Style } from './style.ts'

/** A plan for a pull request: a heading, a table of the changes, and how many there are of each kind. */
export function markPlan(plan: Plan, style: Style): string {
  const steps = changes(plan)
  const heading = `### ${quote(plan.service)} (${quote(plan.stage)}) on ${quote(plan.provider)}`
  if (steps.length === 0) return `${heading}\n\nNothing changes.\n`
  const rows = steps.map((step) => `| \`${signOf(step.action, style)}\` | ${quote(step.id)} | ${why(step, style)} |`)
  return `${[heading, '', '| | resource | why |', '|---|---|---|', ...rows, '', countChanges(plan)].join('\n')}\n`
}

function why(step: Step, style: Style): string {
  const stranger = step.isForeign ? ['**not made by sls**: `--adopt` takes it over'] : []
  return [...stranger, ...step.because.map((reason) => explain(reason, style))].join('<br>')
}

function explain(reason: Reason, { signs }: Style): string {
  const field = quote(reason.field)
  if (reason.secret) return `${field} changed (secret)`
  if (reason.from === undefined) return `${field} ${signs.arrow} ${show(reason.to)}`
  if (reason.to === undefined) return `${field} removed (${show(reason.from)})`
  return `${field} ${show(reason.from)} ${signs.arrow} ${show(reason.to)}`
}

const MOST_LETTERS = 80

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return quote(text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text)
}

// Code, so that nothing in a name or a value is read as markup or mentions anybody.
function quote(text: string): string {
  const plain = text.replace(/[\r\n]+/g, ' ').replaceAll('|', '\\|')
  const fence = plain.includes('`') ? '``' : '`'
  return fence === '``' ? `${fence} ${plain} ${fence}` : `${fence}${plain}${fence}`
}
