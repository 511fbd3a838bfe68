import type { ExplainOptions, ExplainResult } from '../../actions/explain.ts'
import { drawMarkdown } from '../../ui/markdown.ts'
import { drawTable } from '../../ui/table.ts'
import type { Command } from '../command.ts'

export const explain: Command<ExplainOptions, ExplainResult> = {
  name: 'explain',
  group: 'Write',
  summary: 'Explain an error code, or list them all',
  arguments: [{ name: 'CODE', as: 'code', says: 'A code such as `SLS1002`; without it all codes are listed' }],
  options: [],
  examples: [
    { says: 'what a code means and how to mend it', command: 'sls explain SLS1002' },
    { says: 'all codes', command: 'sls explain' },
  ],
  async run(options) {
    const action = await import('../../actions/explain.ts')
    return action.explain(options)
  },
  show({ codes, page }, { style, columns }) {
    if (page !== undefined) return drawMarkdown(page, style, Math.min(columns, 96))
    const rows = codes.map(({ code, title }) => [style.paint('bold', code), title])
    return `${drawTable(rows).join('\n')}\n`
  },
}
