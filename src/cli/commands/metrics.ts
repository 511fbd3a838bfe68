import type { MetricsOptions, MetricsResult } from '../../actions/metrics.ts'
import { drawMetrics } from '../../ui/operations-text.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS } from '../options.ts'

export const metrics: Command<MetricsOptions, MetricsResult> = {
  name: 'metrics',
  group: 'Operate',
  summary: 'Show how often deployed functions were called and failed, and how long they took',
  arguments: [{ name: 'FUNCTION', as: 'functions', isList: true, says: 'Only these functions' }],
  options: [
    ...PROJECT_OPTIONS,
    { name: 'since', value: 'TIME', says: 'From then on: an age as `10m`, `1h` (the default), `1d`, or an ISO time' },
  ],
  examples: [{ says: 'of the last day', command: 'sls metrics --since 1d' }],
  async run(options, io) {
    const action = await import('../../actions/metrics.ts')
    return action.metrics(options, io)
  },
  show: ({ functions }, { style }) => drawMetrics(functions, style),
}
