import { type Answer, EXIT, error, SlsError } from '@anyfaas/kit'
import type { InvokeOptions, InvokeResult } from '../../actions/invoke.ts'
import type { RemoteInvokeOptions, RemoteInvokeResult } from '../../actions/invoke-remote.ts'
import type { ActionIo } from '../../actions/io.ts'
import { describeAnswer, showAnswer } from '../../ui/answer.ts'
import { formatDuration } from '../../ui/duration.ts'
import type { Command } from '../command.ts'
import { readData } from '../data.ts'
import { DIR_WITHOUT_SHORT, FILE_OPTIONS } from '../options.ts'
import { readHeader, wholeNumber } from '../values.ts'

type Options = Omit<InvokeOptions, 'debugPort' | 'onDebugger'> &
  Omit<RemoteInvokeOptions, 'isAsync'> & {
    readonly debug?: number | true
    readonly remote?: boolean
    readonly async?: boolean
  }

type Result = InvokeResult | RemoteInvokeResult

const DEBUG_PORT = 9229

export const invoke: Command<Options, Result> = {
  name: 'invoke',
  group: 'Run',
  summary: 'Run one function in a fresh process, called as its platform calls it',
  details:
    'Nothing has to be deployed. The answer goes to stdout, what the function logs to stderr. With `--remote` it is the ' +
    'deployed function that is called, through the API of its platform.',
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
    { name: 'remote', says: 'Call the deployed function; the data goes as it is, or as the event of `--trigger`' },
    { name: 'async', says: 'Remote: accepted now, run later' },
    { name: 'qualifier', value: 'NAME', says: 'Remote: a version or an alias' },
    { name: 'tail', says: 'Remote: the last lines of its log with the answer' },
    DIR_WITHOUT_SHORT,
    ...FILE_OPTIONS,
  ],
  examples: [
    { says: 'by its first trigger', command: 'sls invoke -f hello' },
    { says: 'a whole web application', command: 'sls invoke --path /' },
    { says: 'a request', command: `sls invoke -f create --method POST --path /posts -d '{"title":"a"}'` },
    { says: 'with the event of another platform', command: 'sls invoke -f nightly --trigger timer --provider aws' },
    { says: 'in the debugger', command: 'sls invoke -f hello --debug' },
    { says: 'the deployed one', command: 'sls invoke -f hello --remote --tail' },
  ],
  async run({ debug, data, remote, async: isAsync, qualifier, tail, ...options }, io) {
    const given = { ...options, ...(data !== undefined && { data: await readData(data, io) }) }
    if (remote) {
      if (debug !== undefined) throw new SlsError(error('SLS0002', '--debug is for a call on this machine'))
      const { invokeRemote } = await import('../../actions/invoke-remote.ts')
      const wishes = { isAsync: isAsync === true, tail: tail === true, ...(qualifier !== undefined && { qualifier }) }
      return await invokeRemote({ ...given, ...wishes }, io)
    }
    const stray = isAsync ? 'async' : tail ? 'tail' : qualifier !== undefined ? 'qualifier' : undefined
    if (stray !== undefined) throw new SlsError(error('SLS0002', `--${stray} is for a remote call: add --remote`))
    const action = await import('../../actions/invoke.ts')
    return action.invoke(
      {
        ...given,
        ...(debug !== undefined && { debugPort: debug === true ? DEBUG_PORT : debug, onDebugger: tellDebugger(io) }),
      },
      io,
    )
  },
  show: ({ answer }, { isTerminal }) =>
    'kind' in answer ? showAnswer(answer, isTerminal) : answer.payload && `${answer.payload}\n`,
  data(result) {
    return isRemote(result) ? result : { ...result, answer: describeAnswer(result.answer) }
  },
  closing(result, { style }) {
    if (isRemote(result)) return style.paint('dim', drawRemote(result))
    const { function: name, platform, kind, answer, durationMs } = result
    const status = answer.kind === 'http' ? `${answer.status} ` : ''
    return style.paint('dim', `${status}${name} by ${kind} as on ${platform} in ${formatDuration(durationMs)}`)
  },
  exit: (result) => (!isRemote(result) && hasFailed(result.answer) ? EXIT.failed : EXIT.done),
}

function isRemote(result: Result): result is RemoteInvokeResult {
  return !('kind' in result.answer)
}

function drawRemote({ function: name, platform, answer, durationMs }: RemoteInvokeResult): string {
  const log = answer.log === undefined ? '' : `${answer.log.trimEnd()}\n`
  const told = [
    `in ${formatDuration(durationMs)}`,
    ...(answer.requestId === undefined ? [] : [`request ${answer.requestId}`]),
    ...(answer.billedMs === undefined ? [] : [`billed ${answer.billedMs} ms`]),
    ...(answer.memoryMb === undefined ? [] : [`${answer.memoryMb} MB`]),
  ]
  return `${log}${name} on ${platform} ${told.join(', ')}`
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
