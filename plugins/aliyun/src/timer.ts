import { type CronDialect, formatCron, formatInterval, refused, type Schedule, type TimerTrigger } from '@anyfaas/kit'

/**
 * Six fields; the second is one number, weekdays have no steps. Weekdays go by name: the page counts them from 1 on Monday,
 * parsers of this dialect from 0 on Sunday. https://www.alibabacloud.com/help/doc-detail/171746.htm
 */
export const CRON: CronDialect = {
  name: 'the cron expression of Function Compute',
  fields: ['second', 'minute', 'hour', 'day', 'month', 'weekday'],
  sunday: 0,
  names: true,
  bothDays: 'either',
  steps: 'start',
  stepless: ['second', 'weekday'],
  single: ['second'],
  words: [],
}

/** `@every 5m`, `0 0 8 * * *`, or with a zone `CRON_TZ=Asia/Shanghai 0 0 8 * * *`. */
export function timerExpression(schedule: Schedule, { timezone }: TimerTrigger): unknown {
  if (schedule.kind === 'every') {
    if (schedule.seconds % 60 === 0) return `@every ${schedule.seconds / 60}m`
    return refused(`${formatInterval(schedule.seconds)} is no whole number of minutes`, 'choose whole minutes')
  }
  const text = formatCron(schedule.cron, CRON)
  if (typeof text !== 'string') return refused(text.reason, text.instead)
  return timezone === 'UTC' ? text : `CRON_TZ=${timezone} ${text}`
}

/** A payload is text on the platform; anything else travels as JSON. */
export function payloadText(payload: unknown): string {
  return typeof payload === 'string' ? payload : JSON.stringify(payload)
}
