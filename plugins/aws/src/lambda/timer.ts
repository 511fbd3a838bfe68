import { type CronDialect, formatCron, formatInterval, refused, type Schedule } from '@anyfaas/kit'

/** Six fields from the minute to the year, one of day and weekday `?`. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
export const CRON: CronDialect = {
  name: 'a schedule of EventBridge',
  fields: ['minute', 'hour', 'day', 'month', 'weekday', 'year'],
  around: ['cron(', ')'],
  sunday: 1,
  names: true,
  undecided: '?',
  bothDays: 'never',
  steps: 'start',
  words: ['L', '5L', '15W', '5#3'],
  lastYear: 2199,
}

/** `cron(…)`, or `rate(5 minutes)`. The time zone stands beside it. */
export function scheduleExpression(schedule: Schedule): unknown {
  if (schedule.kind === 'every') return rate(schedule.seconds)
  const text = formatCron(schedule.cron, CRON)
  return typeof text === 'string' ? text : refused(text.reason, text.instead)
}

function rate(seconds: number): unknown {
  const units = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const
  const unit = units.find(([, size]) => seconds % size === 0)
  if (!unit)
    return refused(
      `a schedule counts in minutes, and ${formatInterval(seconds)} is no whole number of them`,
      'choose whole minutes',
    )
  const count = seconds / unit[1]
  return `rate(${count} ${unit[0]}${count === 1 ? '' : 's'})`
}

/**
 * The event that a schedule sends: that of a rule, so that the function sees its own trigger's name and payload. The words in
 * angle brackets are the scheduler's: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function scheduleInput(name: string, payload: unknown): string {
  return JSON.stringify({
    version: '0',
    id: '<aws.scheduler.execution-id>',
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    time: '<aws.scheduler.scheduled-time>',
    resources: [name],
    detail: payload ?? {},
  })
}
