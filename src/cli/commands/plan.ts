import { changes, EXIT } from '@anyfaas/kit'
import type { PlanOptions, PlanResult } from '../../actions/plan.ts'
import { markPlan } from '../../ui/plan-markdown.ts'
import { drawPlan } from '../../ui/plan-text.ts'
import { type ChoiceSwitches, readChoice } from '../choice.ts'
import type { Command } from '../command.ts'
import { CHOICE_OPTIONS, PROJECT_OPTIONS, STRICT } from '../options.ts'

type Options = Omit<PlanOptions, 'part'> &
  ChoiceSwitches & { readonly exitCode?: boolean; readonly format?: 'text' | 'markdown' }

export const plan: Command<Options, PlanResult> = {
  name: 'plan',
  group: 'Run',
  summary: 'Show what a deploy would do, and why',
  options: [
    ...PROJECT_OPTIONS,
    STRICT,
    ...CHOICE_OPTIONS,
    {
      name: 'format',
      value: 'text|markdown',
      choices: ['text', 'markdown'],
      says: 'For a terminal, or for a pull request',
    },
    { name: 'exit-code', says: `End with ${EXIT.changes} when something would change` },
  ],
  examples: [
    { says: 'on the platform of the file', command: 'sls plan' },
    { says: 'as a comment on a pull request', command: 'sls plan --stage prod --format markdown' },
    { says: 'in CI: is everything deployed?', command: 'sls plan --stage prod --exit-code' },
  ],
  async run({ exitCode: _, format: __, ...options }, io) {
    const choice = readChoice(options)
    const action = await import('../../actions/plan.ts')
    return action.plan(choice, io)
  },
  show({ plans }, { style }, { format }) {
    const draw = format === 'markdown' ? markPlan : drawPlan
    return plans.map(({ plan: one }) => draw(one, style)).join('\n')
  },
  exit({ plans }, { exitCode }) {
    return exitCode && plans.some(({ plan: one }) => changes(one).length > 0) ? EXIT.changes : EXIT.done
  },
}
