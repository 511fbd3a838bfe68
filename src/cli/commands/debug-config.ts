import type { DebugConfigOptions, DebugConfigResult } from '../../actions/debug-config.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS } from '../options.ts'

export const debugConfig: Command<DebugConfigOptions, DebugConfigResult> = {
  name: 'debug-config',
  group: 'Write',
  summary: 'Print the launch configurations of the functions, for VS Code',
  options: [
    ...PROJECT_OPTIONS,
    { name: 'write', says: 'Put them into `.vscode/launch.json`, beside what is there, instead of printing' },
  ],
  examples: [{ says: 'breakpoints by F5', command: 'sls debug-config --write' }],
  async run(options, io) {
    const { makeDebugConfig } = await import('../../actions/debug-config.ts')
    return await makeDebugConfig(options, io)
  },
  show: ({ config, path }) => (path === undefined ? `${JSON.stringify(config, null, 2)}\n` : `${path}\n`),
}
