import type { LogLine } from '@anyfaas/kit'
import type { Format, Style } from './style.ts'
import { pad, widthOf } from './width.ts'

/**
 * Writes log lines, each function in its own colour. For people the time of day, for files and pipes
 * the whole ISO time.
 */
export function createLogText(style: Style, options: { time: 'none' | 'clock' | 'iso' }): (line: LogLine) => string {
  const tones = new Map<string, Format>()
  let width = 0
  return (line) => {
    const tone = tones.get(line.function) ?? (TONES[tones.size % TONES.length] as Format)
    tones.set(line.function, tone)
    width = Math.max(width, widthOf(line.function))
    const time = options.time === 'none' ? '' : `${style.paint('dim', formatTime(line.time, options.time))} `
    const prefix = `${time}${style.paint(tone, `${pad(line.function, width)} ${style.signs.frame.bar}`)} `
    return line.text
      .replace(/\r?\n$/, '')
      .split('\n')
      .map((text) => prefix + shade(text, line, style))
      .join('\n')
  }
}

const TONES: readonly Format[] = ['cyan', 'magenta', 'blue', 'green', 'yellow']

function shade(text: string, line: LogLine, style: Style): string {
  if (line.stream === 'err') return style.paint('red', text)
  return line.stream === 'sys' ? style.paint('dim', text) : text
}

function formatTime(time: number, form: 'clock' | 'iso'): string {
  const date = new Date(time)
  if (form === 'iso') return date.toISOString()
  const two = (value: number, length = 2): string => String(value).padStart(length, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${two(date.getMilliseconds(), 3)}`
}
