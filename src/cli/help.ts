import type { Style } from '../ui/style.ts'
import { drawTable } from '../ui/table.ts'
import { type Command, GROUPS, type Option } from './command.ts'
import { commonOptions } from './options.ts'
import { writeOption } from './parse.ts'

/** The first page: every command in a line, by group. */
export function drawHelp(commands: readonly Command[], style: Style): string {
  const title = (text: string): string => style.paint('bold', text)
  // One table, so that the groups share their columns.
  const lines = drawTable(
    commands.map((command) => [style.paint('cyan', usageWord(command)), command.summary]),
    { indent: '  ' },
  )
  const groups = GROUPS.flatMap((group) => [
    '',
    title(group),
    ...lines.filter((_, index) => commands[index]?.group === group),
  ])
  return `${[
    'One serverless.yml, any FaaS.',
    '',
    `${title('Usage')}  sls <command> [options]`,
    ...groups,
    '',
    title('Start'),
    ...drawTable(START, { indent: '  ' }),
    '',
    'sls <command> --help says more about a command, sls explain <CODE> about an error.',
  ].join('\n')}\n`
}

/** The page of one command. */
export function drawCommandHelp(command: Command, style: Style): string {
  const title = (text: string): string => style.paint('bold', text)
  const list = (name: string, rows: readonly (readonly string[])[]): string[] =>
    rows.length === 0 ? [] : ['', title(name), ...drawTable(rows, { indent: '  ' })]
  const row = (option: Option): string[] => [style.paint('cyan', describeOption(option)), option.says]
  const common = commonOptions(command.options)
  return `${[
    `${command.summary}.`,
    ...(command.details ? ['', command.details] : []),
    '',
    `${title('Usage')}  ${usageOf(command)}`,
    ...list(
      'Arguments',
      (command.arguments ?? []).map(({ name, says }) => [style.paint('cyan', name), says]),
    ),
    ...list('Options', command.options.map(row)),
    ...list('Every command', common.map(row)),
    ...list(
      'Examples',
      command.examples.map(({ command: line, says }) => [line, style.paint('dim', says)]),
    ),
  ].join('\n')}\n`
}

/** `sls logs [FUNCTION...] [options]`. */
export function usageOf(command: Command): string {
  const required = command.options.filter((option) => option.isRequired)
  const words = required.map(({ short, name, value }) => `${short ? `-${short}` : `--${name}`} <${value}>`)
  return ['sls', usageWord(command), ...words, '[options]'].join(' ')
}

/** `-d, --dir <DIR>`. */
export function describeOption(option: Option): string {
  return `${option.short ? `-${option.short}, ` : '    '}${writeOption(option)}`
}

const START = [
  ['sls init my-app', 'a new service'],
  ['sls deploy --smoke /', 'on this machine, and see that it answers'],
  ['sls translate --provider all', 'the same service in the words of every platform'],
]

function usageWord(command: Command): string {
  const words = (command.arguments ?? []).map(({ name, isRequired, isList }) => {
    const word = isList ? `${name}...` : name
    return isRequired ? word : `[${word}]`
  })
  return [command.name, ...words].join(' ')
}
