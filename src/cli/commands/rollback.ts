import type { RollbackOptions, ShiftResult } from '../../actions/versions.ts'
import { drawAliases } from '../../ui/operations-text.ts'
import type { Command } from '../command.ts'
import { ALIAS, PROJECT_OPTIONS } from '../options.ts'

type Options = Omit<RollbackOptions, 'alias'> & { readonly alias?: string }

export const rollback: Command<Options, ShiftResult> = {
  name: 'rollback',
  group: 'Operate',
  summary: 'Lead an alias back to the version before',
  details: 'A canary is taken back first: the version that had most of the calls gets all of them.',
  arguments: [{ name: 'FUNCTION', as: 'functions', isList: true, says: 'Only these functions' }],
  options: [ALIAS, { name: 'to', value: 'VERSION', says: 'The version to go back to' }, ...PROJECT_OPTIONS],
  examples: [{ says: 'all functions', command: 'sls rollback' }],
  async run({ alias = 'live', ...options }, io) {
    const action = await import('../../actions/versions.ts')
    return action.rollback({ ...options, alias }, io)
  },
  show: ({ aliases }, { style }) => drawAliases(aliases, style),
}
