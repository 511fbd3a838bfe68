import { changes, EXIT } from '@anyfaas/kit'
import type { PlanOptions, PlanResult } from '../../actions/plan.ts'
import { drawPlan } from '../../ui/plan-text.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS, STRICT } from '../options.ts'

type Options = PlanOptions & { readonly exitCode?: boolean }

export const plan: Command<Options, PlanResult> = {
  name: 'plan',
  group: 'Run',
  summary: 'Show what a deploy would do, and why',
  options: [
    ...PROJECT_OPTIONS,
    STRICT,
    { name: 'exit-code', says: `End with ${EXIT.changes} when something would change` },
  ],
  examples: [
    { says: 'on the platform of the file', command: 'sls plan' },
    { says: 'in CI: is everything deployed?', command: 'sls plan --stage prod --exit-code' },
  ],
  async run({ exitCode: _, ...options }, io) {
    const action = await import('../../actions/plan.ts')
    return action.plan(options, io)
  },
  show: ({ plans }, { style }) => plans.map(({ plan: one }) => drawPlan(one, style)).join('\n'),
  exit({ plans }, { exitCode }) {
    return exitCode && plans.some(({ plan: one }) => changes(one).length > 0) ? EXIT.changes : EXIT.done
  },
}
