import type { LocalOptions, LocalResult } from '../../actions/local.ts'
import type { Command } from '../command.ts'

export const local: Command<LocalOptions, LocalResult> = {
  name: 'local',
  group: 'Operate',
  summary: 'Print a systemd unit that keeps the local platform running on a server',
  details: 'The unit is of the user who prints it. It changes nothing by itself.',
  arguments: [{ name: 'install', as: 'verb', isRequired: true, says: 'The word `install`' }],
  options: [],
  examples: [
    {
      says: 'from the start of the machine on',
      command:
        'sls local install | sudo tee /etc/systemd/system/anyfaas.service && sudo systemctl enable --now anyfaas',
    },
  ],
  async run(options, io) {
    const action = await import('../../actions/local.ts')
    return action.local(options, io)
  },
  show: ({ unit }) => unit,
}
