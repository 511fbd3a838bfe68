import { error, SlsError } from '@anyfaas/kit'
import type { AliasOptions, ShiftResult } from '../../actions/versions.ts'
import { drawAliases } from '../../ui/operations-text.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS } from '../options.ts'
import { readShare } from '../values.ts'

type Options = Omit<AliasOptions, 'version'> & { readonly version?: string; readonly remove?: boolean }

type Result = ShiftResult | { readonly removed: string }

export const alias: Command<Options, Result> = {
  name: 'alias',
  group: 'Operate',
  summary: 'Lead an alias of a deployed function to a version, or take it away',
  details: 'The version `latest` makes a version of what is deployed now. A trigger with `qualifier` calls an alias.',
  arguments: [
    { name: 'ALIAS', as: 'name', isRequired: true, says: 'The alias, such as `live`' },
    { name: 'VERSION', as: 'version', says: 'A version, or `latest`' },
  ],
  options: [
    { name: 'function', short: 'f', value: 'NAME', isRequired: true, says: 'The function' },
    {
      name: 'canary',
      value: 'VERSION=SHARE',
      read: readShare,
      says: 'A second version and its share of the calls, such as `5=10%`',
    },
    { name: 'remove', says: 'Take the alias away; its version stays' },
    ...PROJECT_OPTIONS,
  ],
  examples: [
    { says: 'what is deployed now', command: 'sls alias live latest -f login' },
    {
      says: 'a tenth of the calls to version 5',
      command: 'sls alias live 4 -f login --canary 5=10%',
    },
    { says: 'no longer', command: 'sls alias live --remove -f login' },
  ],
  async run({ remove, version, canary, ...options }, io) {
    const action = await import('../../actions/versions.ts')
    if (remove && (version !== undefined || canary)) throw misuse('--remove takes neither a version nor a canary')
    if (remove) return action.removeAlias(options, io)
    if (version === undefined) throw misuse('which version?', '`sls alias NAME VERSION`, or --remove')
    return action.setAlias({ ...options, version, ...(canary && { canary }) }, io)
  },
  show: (result, { style }) =>
    'removed' in result ? `removed ${result.removed}\n` : drawAliases(result.aliases, style),
}

function misuse(message: string, help?: string): SlsError {
  return new SlsError(error('SLS0002', message, { ...(help !== undefined && { help: [help] }) }))
}
