import type { InfoOptions, InfoResult } from '../../actions/info.ts'
import { drawDeployment } from '../../ui/info-text.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS } from '../options.ts'

export const info: Command<InfoOptions, InfoResult> = {
  name: 'info',
  group: 'Run',
  summary: 'Show what is deployed and where it answers',
  options: PROJECT_OPTIONS,
  examples: [{ says: 'the addresses of the service', command: 'sls info' }],
  async run(options, io) {
    const action = await import('../../actions/info.ts')
    return action.info(options, io)
  },
  show({ service, stage, platforms }, { style }) {
    return platforms
      .map(({ title, deployment }) =>
        deployment ? drawDeployment(deployment, style) : `${service} (${stage}) is not deployed to ${title}\n`,
      )
      .join('\n')
  },
}
