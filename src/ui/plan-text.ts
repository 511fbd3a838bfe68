import { type Action, changes, type Plan, type Reason, type Step } from '@anyfaas/kit'
import type { Format, Style } from './style.ts'
import { drawTable } from './table.ts'
import { clean, cut } from './width.ts'

/** The changes of a plan: a sign, the thing, and a line for every reason; then how many there are of each kind. */
export function drawPlan(plan: Plan, style: Style): string {
  const steps = changes(plan)
  const where = `${plan.service} (${plan.stage}) on ${plan.provider}`
  if (steps.length === 0) return `${where}: nothing changes\n`
  const width = style.signs.replace.length
  const drawn = steps.flatMap((step) => drawStep(step, width, style))
  return `${[style.paint('bold', where), ...drawn, '', countChanges(plan)].join('\n')}\n`
}

/** `2 to create, 1 to update, 3 unchanged`. */
export function countChanges(plan: Plan): string {
  const count = (action: Action): number => plan.steps.filter((step) => step.action === action).length
  const parts = ACTIONS.flatMap((action) => (count(action) > 0 ? [`${count(action)} ${WORDS[action].count}`] : []))
  return parts.join(', ')
}

/** The sign of an action, such as `+`. */
export function signOf(action: Action, style: Style): string {
  return action === 'replace' ? style.signs.replace : WORDS[action].sign
}

interface Word {
  readonly sign: string
  readonly tone: Format
  readonly count: string
}

const ACTIONS: readonly Action[] = ['create', 'update', 'replace', 'delete', 'keep']

const WORDS: Readonly<Record<Action, Word>> = {
  create: { sign: '+', tone: 'green', count: 'to create' },
  update: { sign: '~', tone: 'yellow', count: 'to update' },
  replace: { sign: '', tone: 'magenta', count: 'to replace' },
  delete: { sign: '-', tone: 'red', count: 'to delete' },
  keep: { sign: ' ', tone: 'dim', count: 'unchanged' },
}

// Long values, such as environments, are cut: the plan says what differs, not all of it.
const MOST_COLUMNS = 48

function drawStep(step: Step, width: number, style: Style): string[] {
  const sign = style.paint(WORDS[step.action].tone, signOf(step.action, style).padStart(width))
  const reasons = step.because.map((reason) => [clean(reason.field), explain(reason, style)])
  const stranger = step.isForeign ? ' not made by sls: --adopt takes it over' : ''
  const why =
    step.action === 'replace' && step.because.length > 0 ? ` replaced because ${listFields(step.because)} changed` : ''
  return [
    `${sign} ${clean(step.id)}${style.paint('dim', stranger + why)}`,
    ...drawTable(reasons, { indent: ' '.repeat(width + 3) }),
  ]
}

function listFields(reasons: readonly Reason[]): string {
  return reasons.map((reason) => clean(reason.field)).join(', ')
}

function explain(reason: Reason, style: Style): string {
  if (reason.secret) return 'changed (secret)'
  const { arrow } = style.signs
  if (reason.from === undefined && reason.to === undefined) return ''
  if (reason.from === undefined) return `${arrow} ${show(reason.to, style)}`
  if (reason.to === undefined) return `${show(reason.from, style)} ${arrow} removed`
  return `${show(reason.from, style)} ${arrow} ${show(reason.to, style)}`
}

function show(value: unknown, style: Style): string {
  return cut(clean(JSON.stringify(value) ?? String(value)), MOST_COLUMNS, style.signs.ellipsis)
}
