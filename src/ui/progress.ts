import { formatDuration } from './duration.ts'
import type { Output } from './output.ts'
import { describeRun, drawHowFar, drawRun, keyOf, type RunEvent } from './progress-text.ts'
import type { Style } from './style.ts'
import { cut } from './width.ts'

/** Shows what runs. */
export interface Progress {
  tell(event: RunEvent): void
  /** Takes away what moves, so that others can write. The next event brings it back. */
  hold(): void
}

/** One line an event and no cursor moves: for files, pipes and CI. */
export function createPlainProgress(output: Output, style: Style): Progress {
  return {
    tell(event) {
      const isStart = event.state === 'start' && !(event.kind === 'step' && event.action === 'keep')
      const line = drawRun(event, style) ?? (isStart ? `${describeRun(event)} ${style.signs.ellipsis}` : undefined)
      if (line !== undefined) output.write(`${line}\n`)
    },
    hold() {
      // Nothing moves.
    },
  }
}

interface Running {
  readonly event: RunEvent
  readonly beganMs: number
}

/** Lines of what is done, and under them one line that moves with what runs now. */
export function createMovingProgress(
  output: Output,
  style: Style,
  now: () => number = () => performance.now(),
): Progress {
  const running = new Map<string, Running>()
  let timer: NodeJS.Timeout | undefined
  let turns = 0
  let isShown = false

  const erase = (): void => {
    if (isShown) output.write(ERASE)
    isShown = false
  }
  const draw = (): void => {
    const line = drawMoving([...running.values()], { style, turns: turns++, columns: output.columns, nowMs: now() })
    erase()
    if (line === undefined) return
    output.write(line)
    isShown = true
  }
  const hold = (): void => {
    clearInterval(timer)
    timer = undefined
    erase()
  }
  return {
    hold,
    tell(event) {
      hold()
      const line = drawRun(event, style)
      if (line !== undefined) output.write(`${line}\n`)
      track(running, event, now())
      draw()
      timer = running.size > 0 ? setInterval(draw, FRAME_MS).unref() : undefined
    },
  }
}

const FRAME_MS = 100
// Back to the first column, and clear to the end of the line.
const ERASE = '\r\u001b[K'

function track(running: Map<string, Running>, event: RunEvent, nowMs: number): void {
  if (event.state === 'note') return
  if (event.state === 'start') running.set(keyOf(event), { event, beganMs: nowMs })
  else if (event.state === 'going')
    running.set(keyOf(event), { event, beganMs: running.get(keyOf(event))?.beganMs ?? nowMs })
  else running.delete(keyOf(event))
}

function drawMoving(
  running: readonly Running[],
  look: { style: Style; turns: number; columns: number; nowMs: number },
): string | undefined {
  const last = running.findLast(({ event }) => !(event.kind === 'step' && event.action === 'keep'))
  if (!last) return undefined
  const { signs, paint } = look.style
  const sign = signs.spinner[look.turns % signs.spinner.length] ?? ''
  const more = running.length > 1 ? ` and ${running.length - 1} more` : ''
  const text = `${describeRun(last.event)}${more}${drawHowFar(last.event)}  ${formatDuration(Math.max(0, look.nowMs - last.beganMs))}`
  return `${paint('cyan', sign)} ${cut(text, look.columns - 3, signs.ellipsis)}`
}
