import type { AliasOptions, ShiftResult } from '../../actions/versions.ts'
import { drawAliases } from '../../ui/operations-text.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS } from '../options.ts'
import { readShare } from '../values.ts'

export const alias: Command<AliasOptions, ShiftResult> = {
  name: 'alias',
  group: 'Operate',
  summary: 'Lead an alias of a deployed function to a version',
  details: 'The version `latest` makes a version of what is deployed now. A trigger with `qualifier` calls an alias.',
  arguments: [
    { name: 'ALIAS', as: 'name', isRequired: true, says: 'The alias, such as `live`' },
    { name: 'VERSION', as: 'version', isRequired: true, says: 'A version, or `latest`' },
  ],
  options: [
    { name: 'function', short: 'f', value: 'NAME', isRequired: true, says: 'The function' },
    {
      name: 'canary',
      value: 'VERSION=SHARE',
      read: readShare,
      says: 'A second version and its share of the calls, such as `5=10%`',
    },
    ...PROJECT_OPTIONS,
  ],
  examples: [
    { says: 'what is deployed now', command: 'sls alias live latest -f login' },
    {
      says: 'a tenth of the calls to version 5',
      command: 'sls alias live 4 -f login --canary 5=10%',
    },
  ],
  async run(options, io) {
    const action = await import('../../actions/versions.ts')
    return action.setAlias(options, io)
  },
  show: ({ aliases }, { style }) => drawAliases(aliases, style),
}
