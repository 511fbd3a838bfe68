import type { TranslateOptions, TranslateResult } from '../../actions/translate.ts'
import type { Command } from '../command.ts'
import { OUT, PROJECT_OPTIONS, STRICT } from '../options.ts'

export const translate: Command<TranslateOptions, TranslateResult> = {
  name: 'translate',
  group: 'Build',
  summary: "Write the platforms' own spec files of the service",
  options: [
    ...PROJECT_OPTIONS,
    OUT,
    { name: 'stdout', says: 'Print the specs and write nothing' },
    {
      name: 'annotate',
      says: 'Comments with the line of the service file that each part came from; YAML only, for JSON has none',
    },
    STRICT,
  ],
  examples: [
    { says: 'for one platform, on the screen', command: 'sls translate --provider aws --stdout' },
    { says: 'for two, as files', command: 'sls translate --provider aliyun,tencent --out specs' },
  ],
  async run(options, io) {
    const action = await import('../../actions/translate.ts')
    return action.translate(options, io)
  },
  show({ specs }, _, { stdout }) {
    if (!stdout) return specs.map(({ path }) => `${path}\n`).join('')
    // A comment in YAML, and several documents stay apart; one spec alone is printed as it is.
    const [spec] = specs
    if (spec && specs.length === 1) return spec.bytes()
    return specs.map(({ title, path, text }) => `# ${title}: ${path}\n${text}`).join('---\n')
  },
}
