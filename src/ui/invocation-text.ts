import type { Answer } from '@anyfaas/kit'
import { formatDuration } from './duration.ts'
import type { Style } from './style.ts'
import { drawTable } from './table.ts'

export interface Invocation {
  readonly function: string
  readonly platform: string
  /** Of the trigger. */
  readonly kind: string
  readonly answer: Answer
  readonly durationMs: number
  readonly timing?: Measured
}

/** What a call took: see `Timing` of the local platform. */
export interface Measured {
  readonly marks: readonly { readonly name: string; readonly startMs: number; readonly durationMs: number }[]
  readonly coldMs: number
  readonly warmMs: readonly number[]
  readonly memoryMb: number
  readonly heapMb: number
}

/** What there is to say of a call besides its answer: one line, and its times where it was measured. */
export function drawInvocation(invocation: Invocation, style: Style): string {
  const { function: name, platform, kind, answer, durationMs, timing } = invocation
  const status = answer.kind === 'http' ? `${answer.status} ` : ''
  const line = style.paint('dim', `${status}${name} by ${kind} as on ${platform} in ${formatDuration(durationMs)}`)
  if (!timing) return line
  return ['', ...(timing.warmMs.length > 0 ? drawTimes(timing, style) : drawMarks(timing, style)), line].join('\n')
}

function drawTimes({ marks, coldMs, warmMs, memoryMb, heapMb }: Measured, { paint }: Style): string[] {
  const sorted = [...warmMs].sort((a, b) => a - b)
  const at = (share: number): string =>
    precise(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)
  const code = marks
    .filter(({ name }) => name.startsWith('code of'))
    .reduce((sum, { durationMs }) => sum + durationMs, 0)
  const rows = [
    ['cold', precise(coldMs), `from the start of its process; its code ${precise(code)}`],
    ['warm', at(0.5), `median of ${sorted.length}; p95 ${at(0.95)}, fastest ${at(0)}`],
    ['memory', `${memoryMb.toFixed(0)} MB`, `at most; ${heapMb.toFixed(0)} MB of it the heap at the end`],
  ]
  return drawTable(rows.map(([what = '', value = '', note = '']) => [paint('bold', what), value, paint('dim', note)]))
}

const BAR_COLUMNS = 36

function drawMarks({ marks, coldMs }: Measured, { paint, signs }: Style): string[] {
  const ordered = [...marks].sort((a, b) => a.startMs - b.startMs || b.durationMs - a.durationMs)
  const columnOf = (ms: number): number => Math.round((ms / coldMs) * BAR_COLUMNS)
  const rows = ordered.map(({ name, startMs, durationMs }) => {
    const from = columnOf(startMs)
    const width = Math.max(1, columnOf(startMs + durationMs) - from)
    return [name, precise(durationMs), ' '.repeat(from) + paint('cyan', signs.frame.underline.repeat(width))]
  })
  return drawTable(rows)
}

// Warm calls take less than a millisecond.
function precise(ms: number): string {
  return ms < 10 ? `${ms.toFixed(ms < 1 ? 2 : 1)} ms` : formatDuration(ms)
}
