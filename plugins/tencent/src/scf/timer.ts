import {
  built,
  type CronDialect,
  everyAsCron,
  formatCron,
  moveCron,
  refused,
  type Schedule,
  type TimerTrigger,
} from '@anyfaas/kit'

/**
 * Seven fields, joined by "or" where day and weekday are both there. Later pages list `L`, `W` and `#` without saying what
 * they do, so only what every page knows is written. https://cloud.tencent.com/document/product/583/9708
 */
export const CRON: CronDialect = {
  name: 'the cron expression of SCF',
  fields: ['second', 'minute', 'hour', 'day', 'month', 'weekday', 'year'],
  sunday: 0,
  names: true,
  bothDays: 'either',
  steps: 'start',
  words: [],
  lastYear: 2099,
}

// No page of the vendor names the zone. Its users find their timers fire by Beijing time, while code sees UTC:
// https://uniapp.dcloud.net.cn/uniCloud/trigger.html
export const ZONE = 'Asia/Shanghai'

/** The expression in the platform's own time, for there is no word for a zone. Intervals become one where it is exact. */
export function timerExpression(schedule: Schedule, { timezone }: TimerTrigger): unknown {
  const cron = schedule.kind === 'every' ? everyAsCron(schedule.seconds) : schedule.cron
  if ('reason' in cron) return refused(cron.reason, cron.instead)
  const moved = moveCron(cron, schedule.kind === 'every' ? 'UTC' : timezone, ZONE)
  if ('reason' in moved) return refused(`SCF has no time zones and fires by ${ZONE}: ${moved.reason}`, moved.instead)
  const text = formatCron(moved, CRON)
  if (typeof text !== 'string') return refused(text.reason, text.instead)
  const isSame = moved === cron || JSON.stringify(moved) === JSON.stringify(cron)
  return isSame
    ? text
    : built(text, `written for ${ZONE}, by which its timers are known to fire; no page of the vendor names the zone`)
}
