import { styleText } from 'node:util'

export type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan'

/** How a stream wants its text: coloured or not, with which signs. Meaning never rests on colour alone. */
export interface Style {
  readonly color: boolean
  readonly signs: Signs
  paint(format: Format | Format[], text: string): string
}

export interface Signs {
  readonly ok: string
  readonly bad: string
  readonly dot: string
  readonly arrow: string
  readonly ellipsis: string
  readonly replace: string
  readonly spinner: readonly string[]
  /** The parts of a code frame. */
  readonly frame: FrameSigns
}

export interface FrameSigns {
  readonly open: string
  readonly bar: string
  readonly close: string
  readonly gap: string
  readonly underline: string
  /** Left of a span of several lines: its first line, the ones between, its last. */
  readonly first: string
  readonly middle: string
  readonly last: string
}

export type Environment = Readonly<Record<string, string | undefined>>

export function createStyle(options: { color: boolean; unicode: boolean }): Style {
  const { color } = options
  return {
    color,
    signs: options.unicode ? UNICODE : ASCII,
    paint: (format, text) => (color && text !== '' ? styleText(format, text, { validateStream: false }) : text),
  }
}

/** FORCE_COLOR wins over NO_COLOR, as in Node.js itself; the user's `--no-color` wins over both. */
export function wantsColor(env: Environment, isTerminal: boolean, asked?: boolean): boolean {
  if (asked === false) return false
  if (env['FORCE_COLOR'] !== undefined) return !['0', 'false'].includes(env['FORCE_COLOR'])
  if (env['NO_COLOR']) return false
  return isTerminal && env['TERM'] !== 'dumb'
}

/** Whether signs outside ASCII arrive. Without a word from the locale, today's terminals are UTF-8. */
export function wantsUnicode(env: Environment, platform: string): boolean {
  if (platform === 'win32') return Boolean(env['WT_SESSION'] ?? env['TERM_PROGRAM'] ?? env['CI'])
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG']
  return locale ? /utf-?8/i.test(locale) : env['TERM'] !== 'linux'
}

const UNICODE: Signs = {
  ok: '✓',
  bad: '✗',
  dot: '•',
  arrow: '→',
  ellipsis: '…',
  replace: '±',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  frame: { open: '╭─', bar: '│', close: '╰─', gap: '┆', underline: '─', first: '╭', middle: '│', last: '╰─' },
}

const ASCII: Signs = {
  ok: 'ok',
  bad: 'x',
  dot: '*',
  arrow: '->',
  ellipsis: '...',
  replace: '-/+',
  spinner: ['|', '/', '-', '\\'],
  frame: { open: ',-', bar: '|', close: '`-', gap: ':', underline: '^', first: '/', middle: '|', last: '\\_' },
}
