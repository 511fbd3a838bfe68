import type { Action, PhaseEvent, StepEvent } from '@anyfaas/kit'
import { formatDuration } from './duration.ts'
import type { Style } from './style.ts'
import { clean } from './width.ts'

/** What runs: phases and steps. */
export type RunEvent = PhaseEvent | StepEvent

/** The identity of what an event is about. */
export function keyOf(event: RunEvent): string {
  const thing = event.kind === 'phase' ? `phase ${event.name}` : `step ${event.id}`
  return event.platform === undefined ? thing : `${event.platform} ${thing}`
}

/** What is being done, such as `create function/login`. */
export function describeRun(event: RunEvent): string {
  return clean(`${prefixOf(event)}${event.kind === 'phase' ? event.name : `${VERBS[event.action].doing} ${event.id}`}`)
}

/** One line for an event that has ended or that says something; undefined for one that only begins or changes nothing. */
export function drawRun(event: RunEvent, style: Style): string | undefined {
  const { signs, paint } = style
  const note = event.note ? `  ${clean(event.note)}` : ''
  const time = event.durationMs === undefined ? '' : paint('dim', `  ${formatDuration(event.durationMs)}`)
  if (event.kind === 'step' && event.action === 'keep') return undefined
  switch (event.state) {
    case 'done':
      return `${paint('green', signs.ok)} ${describeDone(event)}${time}${note}`
    case 'failed':
      return `${paint('red', signs.bad)} ${describeRun(event)}${time}${note}`
    case 'skipped':
      return `${paint('dim', signs.dot)} not begun: ${describeRun(event)}${note}`
    default:
      return event.note || (event.kind === 'phase' && event.state === 'note')
        ? `${paint('dim', signs.dot)} ${describeRun(event)}${note}`
        : undefined
  }
}

/** How far a phase is, such as `  54 of 143 MB`; empty when it does not say. */
export function drawHowFar(event: RunEvent): string {
  const { progress } = event.kind === 'phase' ? event : { progress: undefined }
  return progress ? `  ${progress.done} of ${progress.total} ${clean(progress.unit)}` : ''
}

const VERBS: Readonly<Record<Action, { doing: string; done: string }>> = {
  create: { doing: 'create', done: 'created' },
  update: { doing: 'update', done: 'updated' },
  replace: { doing: 'replace', done: 'replaced' },
  delete: { doing: 'delete', done: 'deleted' },
  keep: { doing: 'keep', done: 'kept' },
}

function describeDone(event: RunEvent): string {
  return clean(`${prefixOf(event)}${event.kind === 'phase' ? event.name : `${VERBS[event.action].done} ${event.id}`}`)
}

function prefixOf({ platform }: RunEvent): string {
  return platform === undefined ? '' : `${platform}: `
}
