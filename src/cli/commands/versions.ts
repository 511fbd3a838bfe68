import type { VersionsOptions, VersionsResult } from '../../actions/versions.ts'
import { drawVersions } from '../../ui/operations-text.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS } from '../options.ts'

type Options = VersionsOptions & { readonly publish?: boolean }

export const versions: Command<Options, VersionsResult> = {
  name: 'versions',
  group: 'Operate',
  summary: 'Show the versions of deployed functions and where their aliases lead',
  arguments: [{ name: 'FUNCTION', as: 'functions', isList: true, says: 'Only these functions' }],
  options: [...PROJECT_OPTIONS, { name: 'publish', says: 'First make a version of what is deployed now' }],
  examples: [{ says: 'of one function', command: 'sls versions login' }],
  async run({ publish, ...options }, io) {
    const action = await import('../../actions/versions.ts')
    if (publish) await action.publish(options, io)
    return action.versions(options, io)
  },
  show: ({ functions }, { style }) => functions.map((one) => drawVersions(one, style)).join('\n'),
}
