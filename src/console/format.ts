export function formatMs(ms: number): string {
  if (ms < 10) return `${trim(ms, 1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${trim(ms / 1000, 1)} s` : formatAge(ms)
}

/** `3 d 4 h`, `12 min`, `40 s`. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

export function formatCount(count: number): string {
  if (count < 10_000) return String(count)
  return count < 1_000_000 ? `${trim(count / 1000, 1)} k` : `${trim(count / 1_000_000, 1)} M`
}

export function formatRate(perSec: number): string {
  return perSec < 10 ? trim(perSec, 2) : trim(perSec, 0)
}

export function formatClock(time: number): string {
  const date = new Date(time)
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** `in 3 min`, `12 s ago`. */
export function formatFrom(iso: string, now: number): string {
  const away = Date.parse(iso) - now
  return away >= 0 ? `in ${formatAge(away)}` : `${formatAge(-away)} ago`
}

export function formatSchedule(schedule: string | number): string {
  return typeof schedule === 'number' ? `every ${formatAge(schedule * 1000)}` : schedule
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)))
}
