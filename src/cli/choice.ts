import { error, SlsError } from '@anyfaas/kit'
import type { PlanOptions } from '../actions/plan.ts'

/** The switches `--code-only` and `--config-only`. */
export interface ChoiceSwitches {
  readonly codeOnly?: boolean
  readonly configOnly?: boolean
}

/** Options with the switches read into what an action takes. Throws SLS0002 for both at once. */
export function readChoice<O extends ChoiceSwitches>(
  options: O,
): Omit<O, keyof ChoiceSwitches> & Pick<PlanOptions, 'part'> {
  const { codeOnly, configOnly, ...rest } = options
  if (codeOnly && configOnly) throw new SlsError(error('SLS0002', '--code-only and --config-only leave nothing to do'))
  if (codeOnly) return { ...rest, part: 'code' }
  return configOnly ? { ...rest, part: 'config' } : rest
}
