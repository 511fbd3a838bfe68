import { EXIT, error, exitCodeOf, SlsError, suggest } from '@anyfaas/kit'
import type { ActionIo } from '../actions/io.ts'
import { createAsk } from '../ui/ask.ts'
import { listenForKeys } from '../ui/keys.ts'
import type { Screen } from '../ui/output.ts'
import type { Reporter } from '../ui/report.ts'
import { createReporter } from '../ui/reporter.ts'
import { createStyle, wantsColor, wantsUnicode } from '../ui/style.ts'
import type { Command } from './command.ts'
import { tuneEngine } from './engine.ts'
import { judge } from './failure.ts'
import { drawCommandHelp, drawHelp } from './help.ts'
import { type Common, type Parsed, parse } from './parse.ts'
import { splitCommandLine } from './split.ts'
import type { World } from './world.ts'

/** Runs one command line and gives its exit status. Shows everything that there is to show; never rejects. */
export async function run(argv: readonly string[], world: World, commands: readonly Command[]): Promise<number> {
  const { name, rest } = splitCommandLine(argv)
  const command = commands.find((one) => one.name === name)
  const line = { name, rest, command, ...parse(command ?? NO_COMMAND, rest) }
  const session = openSession(world, line)
  try {
    return await Promise.race([crash(world), start(session, line, commands)])
  } catch (thrown) {
    const debug = line.common.debug === true || Boolean(world.env['SLS_DEBUG'])
    const wasInterrupted = session.interrupts.signal.aborted
    const { found, status, trace } = judge(thrown, { wasInterrupted, debug })
    session.reporter.finish({ ok: false, found, ...(trace !== undefined && { trace }) })
    return status
  }
}

interface Line extends Parsed {
  readonly name: string | undefined
  readonly rest: readonly string[]
  readonly command: Command | undefined
}

interface Session {
  readonly world: World
  readonly out: Screen
  readonly err: Screen
  readonly reporter: Reporter
  readonly interrupts: AbortController
}

// Takes the words behind `help`, and the options of every command.
const NO_COMMAND = {
  name: 'help',
  options: [],
  arguments: [{ name: 'COMMAND', as: 'command', isList: true, says: '' }],
}

function openSession(world: World, { common, command }: Line): Session {
  const unicode = wantsUnicode(world.env, world.platform)
  const screen = (output: Screen['output']): Screen => {
    const color = wantsColor(world.env, output.isTerminal, common.noColor ? false : undefined)
    return { output, style: createStyle({ color, unicode }) }
  }
  const screens = { out: screen(world.out), err: screen(world.err) }
  const reporter = createReporter({
    ...screens,
    env: world.env,
    cwd: world.cwd,
    ...(common.json && { json: common.json === 'stream' ? 'stream' : 'final' }),
    ...(command?.logs && { logs: command.logs }),
  })
  return { world, ...screens, reporter, interrupts: new AbortController() }
}

async function start(session: Session, line: Line, commands: readonly Command[]): Promise<number> {
  const { name, rest, command, mistakes, common } = line
  const asked = name === 'help' ? rest.find((word) => !word.startsWith('-')) : name
  const known = commands.find((one) => one.name === asked)
  if (asked !== undefined && !known) throw unknownCommand(asked, commands)
  if (!command || common.help) {
    if (!common.help && mistakes.length > 0) throw new SlsError(mistakes)
    const { style } = session.out
    const text = known ? drawCommandHelp(known, style) : drawHelp(commands, style)
    session.reporter.finish({ ok: true, data: { help: text }, text })
    return EXIT.done
  }
  if (mistakes.length > 0) throw new SlsError(mistakes)
  return await perform(session, command, line)
}

async function perform(session: Session, command: Command, { options, common }: Line): Promise<number> {
  const { world, out, reporter, interrupts } = session
  listen(session)
  tuneEngine(options, world.cwd, command)
  const result = await command.run(options, {
    env: world.env,
    cwd: world.cwd,
    tell: reporter.tell,
    signal: interrupts.signal,
    ...askIn(session, common),
  })
  const look = { style: out.style, isTerminal: out.output.isTerminal, columns: out.output.columns }
  const closing = command.closing?.(result, look)
  const data = command.data ? command.data(result) : result
  const text = common.json ? '' : command.show(result, look, options)
  const found = command.found?.(result) ?? []
  if (found.length > 0) {
    reporter.finish({ ok: false, found, result: { data, text } })
    return exitCodeOf(found.map(({ diagnostic }) => diagnostic))
  }
  reporter.finish({ ok: true, data, text, ...(closing !== undefined && { closing }) })
  return command.exit?.(result, options) ?? EXIT.done
}

// The first interrupt lets running steps finish; the second ends at once.
function listen({ world, reporter, interrupts }: Session): void {
  world.onInterrupt((why) => {
    if (why === 'asked' && interrupts.signal.aborted) {
      reporter.hold()
      world.end(EXIT.interrupted)
    }
    if (why === 'asked') reporter.remark('interrupted: running steps finish; Ctrl-C again ends at once')
    interrupts.abort()
  })
}

// Nobody is asked in CI, nor where the question would not be seen.
function askIn({ world, err, reporter, interrupts }: Session, common: Common): Pick<ActionIo, 'ask' | 'listenForKeys'> {
  const input = common.json || world.env['CI'] || !err.output.isTerminal ? undefined : world.keyboard()
  if (!input) return {}
  const { signal } = interrupts
  return {
    ask: createAsk({ input, err, signal, hold: () => reporter.hold() }),
    listenForKeys: (listener) => listenForKeys(input, { listener, signal, interrupt: () => world.interrupt() }),
  }
}

function crash(world: World): Promise<never> {
  return new Promise((_, reject) => world.onCrash(reject))
}

function unknownCommand(name: string, commands: readonly Command[]): SlsError {
  const near = suggest(
    name,
    commands.map((command) => command.name),
  )
  const help = near ? `did you mean "sls ${near}"?` : 'sls --help lists the commands'
  return new SlsError(error('SLS0001', `unknown command "${name}"`, { help: [help] }))
}
