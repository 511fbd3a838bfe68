import type { ConsoleResult } from '../../actions/console.ts'
import type { Command } from '../command.ts'

export const consoleCommand: Command<object, ConsoleResult> = {
  name: 'console',
  group: 'Operate',
  summary: 'Print the address of the console of the local platform',
  details: 'The address brings the token of the platform: whoever has it can command the platform.',
  options: [],
  examples: [{ says: 'in a browser', command: 'xdg-open "$(sls console)"' }],
  async run(_, io) {
    const { openConsole } = await import('../../actions/console.ts')
    return await openConsole(io)
  },
  show: ({ url }) => `${url}\n`,
}
