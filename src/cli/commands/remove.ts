import { error, SlsError } from '@anyfaas/kit'
import type { ActionIo } from '../../actions/io.ts'
import type { RemoveOptions, RemoveResult } from '../../actions/remove.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS, YES } from '../options.ts'

type Options = RemoveOptions & { readonly yes?: boolean }

export const remove: Command<Options, RemoveResult> = {
  name: 'remove',
  group: 'Run',
  summary: 'Take the service off its platform',
  details: 'Everything that bears the mark of this service and stage goes; nothing else does.',
  options: [...PROJECT_OPTIONS, YES],
  examples: [{ says: 'in a script', command: 'sls remove --stage test --yes' }],
  async run({ yes, ...options }, io) {
    if (!yes) await confirm(io)
    const action = await import('../../actions/remove.ts')
    return action.remove(options, io)
  },
  show({ removals }) {
    return removals
      .map(({ platform, removed }) =>
        removed.length > 0
          ? `removed from ${platform}: ${removed.join(', ')}\n`
          : `nothing to remove from ${platform}\n`,
      )
      .join('')
  },
}

async function confirm(io: ActionIo): Promise<void> {
  const choices = [
    { value: 'no', label: 'no' },
    { value: 'yes', label: 'yes, remove it' },
  ]
  const answer = await io.ask?.({ message: 'Remove the service and all of its functions?', choices, default: 'no' })
  if (answer === 'yes') return
  const message = io.ask
    ? 'not confirmed: nothing was removed'
    : 'removing needs a confirmation, and nobody can be asked'
  throw new SlsError(error('SLS0003', message, { help: ['sls remove --yes removes without asking'] }))
}
