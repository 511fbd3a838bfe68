import type { ShiftOptions, ShiftResult } from '../../actions/versions.ts'
import { drawAliases } from '../../ui/operations-text.ts'
import type { Command } from '../command.ts'
import { ALIAS, PROJECT_OPTIONS } from '../options.ts'

type Options = Omit<ShiftOptions, 'alias'> & { readonly alias?: string }

export const promote: Command<Options, ShiftResult> = {
  name: 'promote',
  group: 'Operate',
  summary: 'Give the second version of an alias all of its calls',
  arguments: [{ name: 'FUNCTION', as: 'functions', isList: true, says: 'Only these functions' }],
  options: [ALIAS, ...PROJECT_OPTIONS],
  examples: [{ says: 'after a canary has proved itself', command: 'sls promote' }],
  async run({ alias = 'live', ...options }, io) {
    const action = await import('../../actions/versions.ts')
    return action.promote({ ...options, alias }, io)
  },
  show: ({ aliases }, { style }) => drawAliases(aliases, style) || 'nothing to promote\n',
}
