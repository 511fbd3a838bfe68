import { type Answer, EXIT } from '@anyfaas/kit'
import type { InvokeOptions, InvokeResult } from '../../actions/invoke.ts'
import type { ActionIo } from '../../actions/io.ts'
import { describeAnswer, showAnswer } from '../../ui/answer.ts'
import { formatDuration } from '../../ui/duration.ts'
import type { Command } from '../command.ts'
import { readData } from '../data.ts'
import { DIR_WITHOUT_SHORT, FILE_OPTIONS } from '../options.ts'
import { readHeader, wholeNumber } from '../values.ts'

type Options = Omit<InvokeOptions, 'debugPort' | 'onDebugger'> & { readonly debug?: number | true }

const DEBUG_PORT = 9229

export const invoke: Command<Options, InvokeResult> = {
  name: 'invoke',
  group: 'Run',
  summary: 'Run one function in a fresh process, called as its platform calls it',
  details: 'Nothing has to be deployed. The answer goes to stdout, what the function logs to stderr.',
  options: [
    { name: 'function', short: 'f', value: 'NAME', says: 'The function; the only one when missing' },
    { name: 'data', short: 'd', value: 'DATA', says: 'The body or the event: JSON or text, `@file`, or `-` for stdin' },
    {
      name: 'trigger',
      value: 'KIND',
      says: 'The kind of call, such as `http` or `timer`; its first trigger by default',
    },
    { name: 'path', value: 'PATH', says: 'The path and query of an http call' },
    { name: 'method', value: 'METHOD', says: 'The method of an http call' },
    {
      name: 'header',
      as: 'headers',
      short: 'H',
      value: 'NAME: VALUE',
      isList: true,
      read: readHeader,
      says: 'A header of an http call; may be repeated',
    },
    {
      name: 'debug',
      value: 'PORT',
      isOptional: true,
      read: wholeNumber(0, 65535),
      says: `Wait for a debugger and pause before the handler; port ${DEBUG_PORT} by default`,
    },
    DIR_WITHOUT_SHORT,
    ...FILE_OPTIONS,
  ],
  examples: [
    { says: 'by its first trigger', command: 'sls invoke -f hello' },
    { says: 'a whole web application', command: 'sls invoke --path /' },
    { says: 'a request', command: `sls invoke -f create --method POST --path /posts -d '{"title":"a"}'` },
    { says: 'with the event of another platform', command: 'sls invoke -f nightly --trigger timer --provider aws' },
    { says: 'in the debugger', command: 'sls invoke -f hello --debug' },
  ],
  async run({ debug, data, ...options }, io) {
    const action = await import('../../actions/invoke.ts')
    return action.invoke(
      {
        ...options,
        ...(data !== undefined && { data: await readData(data, io) }),
        ...(debug !== undefined && { debugPort: debug === true ? DEBUG_PORT : debug, onDebugger: tellDebugger(io) }),
      },
      io,
    )
  },
  show: ({ answer }, { isTerminal }) => showAnswer(answer, isTerminal),
  data: (result) => ({ ...result, answer: describeAnswer(result.answer) }),
  closing({ function: name, platform, kind, answer, durationMs }, { style }) {
    const status = answer.kind === 'http' ? `${answer.status} ` : ''
    return style.paint('dim', `${status}${name} by ${kind} as on ${platform} in ${formatDuration(durationMs)}`)
  },
  exit: ({ answer }) => (hasFailed(answer) ? EXIT.failed : EXIT.done),
}

function hasFailed(answer: Answer): boolean {
  return answer.kind === 'http' && answer.status >= 500
}

function tellDebugger(io: ActionIo): NonNullable<InvokeOptions['onDebugger']> {
  return ({ url, devtools }) => {
    io.tell({ kind: 'phase', name: 'debugger', state: 'done', note: url })
    io.tell({ kind: 'phase', name: 'DevTools', state: 'done', note: devtools })
  }
}
