import type { LogsOptions, LogsResult } from '../../actions/logs.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS } from '../options.ts'
import { wholeNumber } from '../values.ts'

export const logs: Command<LogsOptions, LogsResult> = {
  name: 'logs',
  group: 'Run',
  summary: 'Show the log lines of deployed functions',
  details: 'With `--json=stream` every line is an object; `--json` alone counts them.',
  arguments: [{ name: 'FUNCTION', as: 'functions', isList: true, says: 'Only these functions' }],
  options: [
    ...PROJECT_OPTIONS,
    { name: 'follow', short: 'f', says: 'Wait for more until Ctrl-C' },
    { name: 'since', value: 'TIME', says: 'Not older: an age as `10m`, `2h`, `1d`, or an ISO time' },
    { name: 'filter', value: 'TEXT', says: 'Only lines that have this text in them' },
    { name: 'tail', value: 'COUNT', read: wholeNumber(0, 1_000_000), says: 'No more than so many from before' },
  ],
  examples: [
    { says: 'what comes now', command: 'sls logs -f' },
    { says: 'the last hour of one function', command: 'sls logs login --since 1h' },
    { says: 'what came of one order', command: 'sls logs --since 1d --filter order-42' },
  ],
  logs: 'result',
  async run(options, io) {
    const action = await import('../../actions/logs.ts')
    return action.logs(options, io)
  },
  show: () => '',
}
