import { error, SlsError } from '@anyfaas/kit'
import type { CheckOptions, CheckResult } from '../../actions/check.ts'
import type { Command, Look } from '../command.ts'
import { PROJECT_OPTIONS, STRICT } from '../options.ts'

type Options = CheckOptions & { readonly format?: string }

interface Shown extends CheckResult {
  /** Draws the matrix, when there is one. */
  readonly draw?: (look: Look) => string
}

export const check: Command<Options, Shown> = {
  name: 'check',
  group: 'Write',
  summary: 'Check the service file and show every mistake at its place',
  details:
    'With `--provider` it shows what becomes of every function and trigger on each platform: native, emulated, lossy or refused, why, and what to do instead. The exit status is 2 when a provider that is named there refuses, or with `--strict` loses something. `all` asks for every platform and edition, and fails only for the one that the file names.',
  options: [
    ...PROJECT_OPTIONS,
    {
      name: 'format',
      value: 'FORMAT',
      choices: ['text', 'markdown'],
      says: '`text` by default, or `markdown` for a pull request',
    },
    STRICT,
  ],
  examples: [
    { says: 'the file in this folder', command: 'sls check' },
    { says: 'what becomes of it on each platform', command: 'sls check --provider all' },
    { says: 'the same for a pull request', command: 'sls check --provider all --format markdown' },
  ],
  async run(options, io) {
    const action = await import('../../actions/check.ts')
    const result = await action.check(options, io)
    const { matrix } = result
    if (!matrix && options.format === 'markdown')
      throw new SlsError(
        error('SLS0002', '--format is for the matrix of platforms', {
          help: ['sls check --provider all --format markdown'],
        }),
      )
    if (!matrix) return result
    if (options.format === 'markdown') {
      const { writeMatrix } = await import('../../ui/matrix-markdown.ts')
      return { ...result, draw: () => writeMatrix(matrix) }
    }
    const { drawMatrix } = await import('../../ui/matrix-text.ts')
    return {
      ...result,
      draw: ({ style, isTerminal, columns }) => drawMatrix(matrix, style, isTerminal ? columns : 120),
    }
  },
  show({ service, stage, functions, platforms, draw }, look) {
    if (draw) return draw(look)
    const { style } = look
    const count = `${functions} function${functions === 1 ? '' : 's'}`
    const where = platforms.length > 0 ? ` for ${platforms.join(', ')}` : ''
    return `${style.paint('green', style.signs.ok)} ${service} (${stage}): ${count}${where}\n`
  },
  data({ draw: _, refusals: __, ...result }) {
    return result
  },
  found: ({ refusals }) => refusals,
}
