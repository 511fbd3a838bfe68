import { error, type Plan, SlsError } from '@anyfaas/kit'
import type { DeployedPlatform, DeployOptions, DeployResult } from '../../actions/deploy.ts'
import type { ActionIo } from '../../actions/io.ts'
import type { PlanResult } from '../../actions/plan.ts'
import { formatDuration } from '../../ui/duration.ts'
import { drawDeployment } from '../../ui/info-text.ts'
import { drawAliases } from '../../ui/operations-text.ts'
import { countChanges, drawPlan } from '../../ui/plan-text.ts'
import { type ChoiceSwitches, readChoice } from '../choice.ts'
import type { Command } from '../command.ts'
import { ALIAS, CHOICE_OPTIONS, PROJECT_OPTIONS, STRICT, YES } from '../options.ts'
import { readPath, readPercent, wholeNumber } from '../values.ts'

type Options = Omit<DeployOptions, 'part' | 'confirm' | 'host'> &
  ChoiceSwitches & { readonly dryRun?: boolean; readonly yes?: boolean; readonly host?: string | true }

const EVERYBODY = '0.0.0.0'

type Result = DeployResult | PlanResult

export const deploy: Command<Options, Result> = {
  name: 'deploy',
  group: 'Run',
  summary: 'Bring the service onto its platform',
  details:
    'Without a provider in the file or the options it is the embedded local platform. Deploying twice changes nothing.',
  options: [
    ...PROJECT_OPTIONS,
    STRICT,
    ...CHOICE_OPTIONS,
    { name: 'dry-run', says: 'Show what would be done and do nothing, as `sls plan` does' },
    { name: 'adopt', says: 'Take over what bears the same name and was not made by sls' },
    { ...YES, says: 'Do not ask, whatever is deleted or replaced; without a terminal nobody is asked anyway' },
    {
      name: 'port',
      value: 'PORT',
      read: wholeNumber(1, 65535),
      says: 'The port of the local platform; a free one by default',
    },
    {
      name: 'host',
      value: 'ADDRESS',
      isOptional: true,
      says: `Open the service of the local platform to others, who bring a token: \`HOST\` or \`HOST:PORT\`, \`${EVERYBODY}\` by default; \`127.0.0.1\` closes it`,
    },
    {
      name: 'canary',
      value: 'SHARE',
      read: readPercent,
      says: 'Make a version and lead this share of the calls of the alias to it, such as `10%`',
    },
    { ...ALIAS, says: 'The alias of the canary; `live` by default' },
    {
      name: 'smoke',
      value: 'PATH',
      read: readPath,
      says: 'Ask for this path afterwards, and fail unless it answers below 500',
    },
  ],
  examples: [
    { says: 'on this machine', command: 'sls deploy --provider local' },
    { says: 'for others too, who have the token', command: 'sls deploy --provider local --host 0.0.0.0' },
    { says: 'and see that it answers', command: 'sls deploy --smoke /' },
    { says: 'the code of one function', command: 'sls deploy --only login --code-only' },
    { says: 'for a tenth of the calls first', command: 'sls deploy --canary 10%' },
  ],
  async run({ dryRun, yes, host, ...options }, io) {
    const choice = { ...readChoice(options), ...(host !== undefined && { host: host === true ? EVERYBODY : host }) }
    if (dryRun) return (await import('../../actions/plan.ts')).plan(choice, io)
    const action = await import('../../actions/deploy.ts')
    return action.deploy({ ...choice, ...(!yes && { confirm: (plan) => confirm(plan, io) }) }, io)
  },
  show(result, { style }) {
    if ('plans' in result) return result.plans.map(({ plan }) => drawPlan(plan, style)).join('\n')
    return result.deployments
      .map(
        ({ deployment, aliases = [], probe }) =>
          drawDeployment(deployment, style) +
          drawAliases(aliases, style) +
          (probe ? `${probe.status} ${probe.url}\n` : ''),
      )
      .join('\n')
  },
  closing: (result) => ('plans' in result ? undefined : result.deployments.map(sum).join('\n')),
}

// What is only made or changed needs no word; where nobody can answer, the command itself is the word.
async function confirm(plan: Plan, io: ActionIo): Promise<void> {
  const lost = plan.steps.filter(({ action }) => action === 'delete' || action === 'replace')
  if (lost.length === 0 || !io.ask) return
  const names = lost.map(({ id, action }) => `${action} ${id}`).join(', ')
  const answer = await io.ask({
    message: `On ${plan.provider}: ${countChanges(plan)} (${names}). Go on?`,
    choices: [
      { value: 'no', label: 'no' },
      { value: 'yes', label: 'yes' },
    ],
    default: 'no',
  })
  if (answer === 'yes') return
  throw new SlsError(error('SLS0003', 'not confirmed: nothing was changed', { help: ['sls plan shows it all'] }))
}

const DONE = { create: 'created', update: 'updated', replace: 'replaced', delete: 'deleted', keep: 'kept' } as const

function sum({ platform, counts, durationMs, deployment }: DeployedPlatform): string {
  const functions = `${deployment.functions.length} function${deployment.functions.length === 1 ? '' : 's'}`
  const done = Object.entries(counts).map(([action, count]) => `${count} ${DONE[action as keyof typeof DONE]}`)
  const time = `in ${formatDuration(durationMs)}`
  if (done.length === 0) return `nothing changed: ${functions} on ${platform}, ${time}`
  return `deployed ${functions} to ${platform} ${time}  (${done.join(', ')})`
}
