import { EXIT } from '@anyfaas/kit'
import type { DoctorResult } from '../../actions/doctor.ts'
import type { ProjectOptions } from '../../actions/project.ts'
import { drawExamination } from '../../ui/operations-text.ts'
import type { Command } from '../command.ts'
import { PROJECT_OPTIONS } from '../options.ts'

export const doctor: Command<ProjectOptions, DoctorResult> = {
  name: 'doctor',
  group: 'Operate',
  summary: 'Examine what a deploy needs: credentials, region, clock, rights',
  details: `It changes nothing, and shows no secret. The status is ${EXIT.credentials} when something is bad.`,
  options: PROJECT_OPTIONS,
  examples: [{ says: 'before the first deploy', command: 'sls doctor' }],
  async run(options, io) {
    const action = await import('../../actions/doctor.ts')
    return action.doctor(options, io)
  },
  show: ({ platforms }, { style }) =>
    platforms.map(({ title, examination }) => drawExamination(title, examination, style)).join('\n'),
  exit: ({ platforms }) =>
    platforms.some(({ examination }) => examination.findings.some(({ state }) => state === 'bad'))
      ? EXIT.credentials
      : EXIT.done,
}
