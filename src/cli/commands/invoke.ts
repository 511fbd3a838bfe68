import { type Answer, EXIT, error, SlsError } from '@anyfaas/kit'
import type { InvokeOptions, InvokeResult } from '../../actions/invoke.ts'
import type { AgainResult } from '../../actions/invoke-again.ts'
import type { RemoteInvokeOptions, RemoteInvokeResult } from '../../actions/invoke-remote.ts'
import type { ActionIo } from '../../actions/io.ts'
import { describeAnswer, showAnswer } from '../../ui/answer.ts'
import { formatDuration } from '../../ui/duration.ts'
import { drawInvocation } from '../../ui/invocation-text.ts'
import type { Command } from '../command.ts'
import { readData } from '../data.ts'
import { DIR_WITHOUT_SHORT, FILE_OPTIONS } from '../options.ts'
import { readHeader, readPath, wholeNumber } from '../values.ts'

type Options = Omit<InvokeOptions, 'debugPort' | 'onDebugger' | 'warmCalls'> &
  Omit<RemoteInvokeOptions, 'isAsync'> & {
    readonly debug?: number | true
    readonly time?: boolean
    readonly trace?: boolean
    readonly watch?: boolean
    readonly remote?: boolean
    readonly async?: boolean
  }

type Result = InvokeResult | RemoteInvokeResult | AgainResult

const DEBUG_PORT = 9229
/** Enough for a median that holds; a function is called so often besides the first time. */
const WARM_CALLS = 20

export const invoke: Command<Options, Result> = {
  name: 'invoke',
  group: 'Run',
  summary: 'Run one function in a fresh process, called as its platform calls it',
  details:
    'Nothing has to be deployed. The answer goes to stdout, what the function logs to stderr. With `--remote` it is the ' +
    'deployed function that is called, through the API of its platform.',
  options: [
    { name: 'function', short: 'f', value: 'NAME', says: 'The function; the only one when missing' },
    {
      name: 'data',
      short: 'd',
      value: 'DATA',
      mayBeEmpty: true,
      says: 'The body or the event: JSON or text, `@file`, or `-` for stdin',
    },
    {
      name: 'trigger',
      value: 'KIND',
      says: 'The kind of call, such as `http` or `timer`; its first trigger by default',
    },
    { name: 'path', value: 'PATH', read: readPath, says: 'The path and query of an http call' },
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
    { name: 'time', says: `Measure the call, and ${WARM_CALLS} more of the same in the warm process` },
    { name: 'trace', says: 'Show what the time of the call was spent on' },
    { name: 'watch', says: 'Call again whenever a source changes, until Ctrl-C' },
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
    { says: 'cold and warm times, and memory', command: 'sls invoke -f hello --time' },
    { says: 'in the debugger', command: 'sls invoke -f hello --debug' },
    { says: 'the deployed one', command: 'sls invoke -f hello --remote --tail' },
  ],
  async run(options, io) {
    const { data, remote } = options
    const stray = strayIn(options)
    if (stray) throw new SlsError(error('SLS0002', stray))
    const given = { ...options, ...(data !== undefined && { data: await readData(data, io) }) }
    return remote ? await callRemote(given, io) : await callHere(given, io)
  },
  show: (result, { isTerminal }) => {
    if ('calls' in result) return ''
    if (isLocal(result)) return showAnswer(result.answer, isTerminal)
    return result.answer.payload && `${result.answer.payload}\n`
  },
  data: (result) => (isLocal(result) ? { ...result, answer: describeAnswer(result.answer) } : result),
  closing(result, { style }) {
    if (isLocal(result)) return drawInvocation(result, style)
    return style.paint('dim', 'calls' in result ? `${result.calls} calls` : drawRemote(result))
  },
  exit: (result) => (isLocal(result) && hasFailed(result.answer) ? EXIT.failed : EXIT.done),
}

const ONLY_HERE = ['debug', 'time', 'trace', 'watch'] as const
const ONLY_REMOTE = ['async', 'qualifier', 'tail'] as const

// What a call of this kind has no use for.
function strayIn(options: Options): string | undefined {
  const given = (name: keyof Options): boolean => options[name] !== undefined
  const here = ONLY_HERE.find(given)
  const away = ONLY_REMOTE.find(given)
  if (options.remote) return here && `--${here} is for a call on this machine`
  return away && `--${away} is for a remote call: add --remote`
}

async function callRemote(options: Options, io: ActionIo): Promise<RemoteInvokeResult> {
  const { async: isAsync, tail, ...rest } = options
  const { invokeRemote } = await import('../../actions/invoke-remote.ts')
  return await invokeRemote({ ...rest, isAsync: isAsync === true, tail: tail === true }, io)
}

async function callHere({ debug, time, trace, watch, ...rest }: Options, io: ActionIo): Promise<Result> {
  const wishes: InvokeOptions = {
    ...rest,
    ...((time || trace) && { warmCalls: time ? WARM_CALLS : 0 }),
    ...(debug !== undefined && { debugPort: debug === true ? DEBUG_PORT : debug, onDebugger: tellDebugger(io) }),
  }
  if (watch) return await (await import('../../actions/invoke-again.ts')).invokeAgain(wishes, io)
  return await (await import('../../actions/invoke.ts')).invoke(wishes, io)
}

function isLocal(result: Result): result is InvokeResult {
  return 'kind' in result
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
