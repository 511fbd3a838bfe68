import type { DeployedPlatform, DeployOptions, DeployResult } from '../../actions/deploy.ts'
import { formatDuration } from '../../ui/duration.ts'
import { drawDeployment } from '../../ui/info-text.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS, STRICT } from '../options.ts'
import { wholeNumber } from '../values.ts'

export const deploy: Command<DeployOptions, DeployResult> = {
  name: 'deploy',
  group: 'Run',
  summary: 'Bring the service onto its platform',
  details:
    'Without a provider in the file or the options it is the embedded local platform. Deploying twice changes nothing.',
  options: [
    ...PROJECT_OPTIONS,
    STRICT,
    {
      name: 'port',
      value: 'PORT',
      read: wholeNumber(1, 65535),
      says: 'The port of the local platform; a free one by default',
    },
    { name: 'smoke', value: 'PATH', says: 'Ask for this path afterwards, and fail unless it answers below 500' },
  ],
  examples: [
    { says: 'on this machine', command: 'sls deploy --provider local' },
    { says: 'and see that it answers', command: 'sls deploy --smoke /' },
  ],
  async run(options, io) {
    const action = await import('../../actions/deploy.ts')
    return action.deploy(options, io)
  },
  show({ deployments }, { style }) {
    return deployments
      .map(
        ({ deployment, probe }) => drawDeployment(deployment, style) + (probe ? `${probe.status} ${probe.url}\n` : ''),
      )
      .join('\n')
  },
  closing: ({ deployments }) => deployments.map(sum).join('\n'),
}

const DONE = { create: 'created', update: 'updated', replace: 'replaced', delete: 'deleted', keep: 'kept' } as const

function sum({ platform, counts, durationMs, deployment }: DeployedPlatform): string {
  const functions = `${deployment.functions.length} function${deployment.functions.length === 1 ? '' : 's'}`
  const done = Object.entries(counts).map(([action, count]) => `${count} ${DONE[action as keyof typeof DONE]}`)
  const time = `in ${formatDuration(durationMs)}`
  if (done.length === 0) return `nothing changed: ${functions} on ${platform}, ${time}`
  return `deployed ${functions} to ${platform} ${time}  (${done.join(', ')})`
}
