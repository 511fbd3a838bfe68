import type { CheckOptions, CheckResult } from '../../actions/check.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS, STRICT } from '../options.ts'

export const check: Command<CheckOptions, CheckResult> = {
  name: 'check',
  group: 'Write',
  summary: 'Check the service file and show every mistake at its place',
  options: [...PROJECT_OPTIONS, STRICT],
  examples: [
    { says: 'the file in this folder', command: 'sls check' },
    { says: 'what each platform would say of it', command: 'sls check --provider all --strict' },
  ],
  async run(options, io) {
    const action = await import('../../actions/check.ts')
    return action.check(options, io)
  },
  show({ service, stage, functions, platforms }, { style }) {
    const count = `${functions} function${functions === 1 ? '' : 's'}`
    const where = platforms.length > 0 ? ` for ${platforms.join(', ')}` : ''
    return `${style.paint('green', style.signs.ok)} ${service} (${stage}): ${count}${where}\n`
  },
}
