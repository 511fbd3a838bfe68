import type { PrintOptions, PrintResult } from '../../actions/print.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS } from '../options.ts'

type Options = PrintOptions & { readonly format?: string }

export const print: Command<Options, PrintResult> = {
  name: 'print',
  group: 'Write',
  summary: 'Print the service as it is understood',
  details: 'Variables, stages, older spellings and defaults are resolved. Secrets stay references.',
  options: [
    ...PROJECT_OPTIONS,
    { name: 'format', value: 'FORMAT', choices: ['yaml', 'json'], says: '`yaml` by default, or `json`' },
  ],
  examples: [
    { says: 'the file as the stage `prod` has it', command: 'sls print --stage prod' },
    { says: 'one value of it', command: 'sls print --format json | jq .provider.runtime' },
  ],
  async run(options, io) {
    const action = await import('../../actions/print.ts')
    return action.print(options, io)
  },
  show: ({ document, yaml }, _, { format }) => (format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : yaml()),
  data: ({ document }) => document,
}
