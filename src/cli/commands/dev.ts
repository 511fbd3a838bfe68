import type { DevOptions, DevResult } from '../../actions/dev.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS } from '../options.ts'
import { wholeNumber } from '../values.ts'

type Options = Omit<DevOptions, 'debugPort' | 'host'> & {
  readonly host?: string | true
  readonly debug?: number | true
}

const DEBUG_PORT = 9229
const EVERYBODY = '0.0.0.0'

export const dev: Command<Options, DevResult> = {
  name: 'dev',
  group: 'Run',
  summary: 'Run the service from its sources and reload what changes',
  details:
    'All routes on one port, timers, the same processes as on the local platform. Running calls finish on the code they ' +
    'began with; a version that is broken does not take the place of one that works. Requests arrive as events of the ' +
    'provider in the file or in `--provider`.',
  options: [
    ...PROJECT_OPTIONS,
    { name: 'port', value: 'PORT', read: wholeNumber(1, 65535), says: 'The port; that of the last session by default' },
    {
      name: 'host',
      value: 'ADDRESS',
      isOptional: true,
      says: `Let others in: the address to listen on, \`${EVERYBODY}\` by default; anybody who reaches it can call`,
    },
    { name: 'https', says: 'HTTPS, with a certificate of your own for this machine' },
    {
      name: 'debug',
      value: 'PORT',
      isOptional: true,
      read: wholeNumber(1, 65000),
      says: `Open the inspector of every function, from port ${DEBUG_PORT} on; timeouts do not count then`,
    },
  ],
  examples: [
    { says: 'work on it', command: 'sls dev' },
    { says: 'with the events of another platform', command: 'sls dev --provider aws' },
    { says: 'from a telephone', command: 'sls dev --host --https' },
  ],
  logs: 'result',
  async run({ host, debug, ...options }, io) {
    const { dev: run } = await import('../../actions/dev.ts')
    return await run(
      {
        ...options,
        ...(host !== undefined && { host: host === true ? EVERYBODY : host }),
        ...(debug !== undefined && { debugPort: debug === true ? DEBUG_PORT : debug }),
      },
      io,
    )
  },
  show: () => '',
  closing: ({ reloads }) => `${reloads} reload${reloads === 1 ? '' : 's'}`,
}
