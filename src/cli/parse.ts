import { parseArgs } from 'node:util'
import { type Diagnostic, error, isSlsError, suggest } from '@anyfaas/kit'
import type { Argument, Command, Option } from './command.ts'
import { commonOptions } from './options.ts'

export interface Parsed {
  /** By the names of the action's options; only what was given. */
  readonly options: Readonly<Record<string, unknown>>
  readonly common: Common
  /** Every mistake of the command line. */
  readonly mistakes: readonly Diagnostic[]
}

/** What every command takes. */
export interface Common {
  readonly json?: true | 'stream'
  readonly noColor?: true
  readonly debug?: true
  readonly help?: true
}

/** The part of a command that says what may follow its name. */
export type Syntax = Pick<Command, 'name' | 'arguments' | 'options'>

/** Reads what follows a command's name. Options may stand anywhere; `--` ends them. */
export function parse(command: Syntax, argv: readonly string[]): Parsed {
  const shared = commonOptions(command.options)
  const known = [...command.options, ...shared]
  const tokens: readonly Token[] = parseArgs({
    args: [...argv],
    options: Object.fromEntries(known.map((option) => [option.name, shapeOf(option)])),
    // Not strict: so that every mistake is found, not the first one.
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens
  const draft: Draft = { command, known, values: new Map(), words: [], mistakes: [] }
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token
    if (token.kind === 'positional') draft.words.push(token.value)
    if (token.kind === 'option' && takeOption(draft, token, tokens[at + 1])) at++
  }
  const words = takeWords(draft)
  const absent = command.options.filter((option) => option.isRequired && !draft.values.has(option))
  // With an unknown option it may have been meant.
  if (draft.mistakes.length === 0) draft.mistakes.push(...absent.map((option) => needed(command, option)))
  return {
    options: { ...gather(draft, command.options), ...words },
    common: gather(draft, shared),
    mistakes: draft.mistakes,
  }
}

/** `--dir <DIR>`, `--json[=stream]`: an option as help and messages write it. */
export function writeOption(option: Option): string {
  if (option.value === undefined) return `--${option.name}`
  return option.isOptional ? `--${option.name}[=${option.value}]` : `--${option.name} <${option.value}>`
}

// As node:util gives them; its own types lose their kinds when options are not known to the compiler.
type Token =
  | OptionToken
  | { readonly kind: 'positional'; readonly value: string }
  | { readonly kind: 'option-terminator' }

interface OptionToken {
  readonly kind: 'option'
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

interface Draft {
  readonly command: Syntax
  readonly known: readonly Option[]
  readonly values: Map<Option, unknown[]>
  readonly words: string[]
  readonly mistakes: Diagnostic[]
}

function shapeOf(option: Option): { type: 'string' | 'boolean'; short?: string } {
  const type = option.value === undefined || option.isOptional ? 'boolean' : 'string'
  return option.short === undefined ? { type } : { type, short: option.short }
}

/** True when the next token was the option's value. */
function takeOption(draft: Draft, token: OptionToken, next: Token | undefined): boolean {
  const option = draft.known.find((one) => one.name === token.name)
  if (!option) {
    draft.mistakes.push(unknownOption(draft, token.rawName))
    return false
  }
  const isApart = token.value === undefined && fits(option, next)
  const text = isApart && next?.kind === 'positional' ? next.value : token.value
  const mistake = misfit(option, token, text)
  if (mistake) draft.mistakes.push(mistake)
  else keep(draft, option, token.rawName, text)
  return isApart
}

// `--debug 9230`: an optional value may stand apart when it can be nothing else.
function fits(option: Option, next: Token | undefined): boolean {
  if (!option.isOptional || next?.kind !== 'positional') return false
  if (option.choices) return option.choices.includes(next.value)
  try {
    option.read?.(next.value)
    return true
  } catch (cause) {
    if (isSlsError(cause)) return false
    throw cause
  }
}

function misfit(option: Option, token: OptionToken, text: string | undefined): Diagnostic | undefined {
  const { rawName } = token
  if (option.value === undefined) {
    return text === undefined ? undefined : error('SLS0002', `"${rawName}" takes no value`)
  }
  if (text === undefined) return option.isOptional ? undefined : needsValue(option, rawName)
  if (text === '' && !option.mayBeEmpty) return needsValue(option, rawName)
  // A lone dash is a value: it stands for stdin.
  if (!token.inlineValue && /^-./.test(text)) {
    return { ...needsValue(option, rawName), help: [`a value that begins with a dash: --${option.name}=${text}`] }
  }
  if (option.choices && !option.choices.includes(text)) {
    return error('SLS0002', `"${rawName}" cannot be "${text}"`, { help: [`one of ${option.choices.join(', ')}`] })
  }
  return undefined
}

function needsValue(option: Option, rawName: string): Diagnostic {
  return error('SLS0002', `"${rawName}" needs a value`, { help: [`write it as ${writeOption(option)}`] })
}

function keep(draft: Draft, option: Option, rawName: string, text: string | undefined): void {
  try {
    const value = text === undefined ? true : option.read ? option.read(text) : text
    const before = option.isList ? (draft.values.get(option) ?? []) : []
    draft.values.set(option, [...before, value])
  } catch (cause) {
    if (!isSlsError(cause)) throw cause
    draft.mistakes.push(...cause.diagnostics.map((one) => ({ ...one, message: `${rawName}: ${one.message}` })))
  }
}

function gather(draft: Draft, options: readonly Option[]): Record<string, unknown> {
  const entries = options.flatMap((option) => {
    const values = draft.values.get(option)
    if (!values) return []
    const value = option.gather ? option.gather(values) : option.isList ? values : values.at(-1)
    return [[option.as ?? camelCase(option.name), value] as const]
  })
  return Object.fromEntries(entries)
}

function takeWords({ command, words, mistakes }: Draft): Record<string, unknown> {
  const taken: Record<string, unknown> = {}
  let left = [...words]
  for (const argument of command.arguments ?? []) {
    const own = argument.isList ? left : left.slice(0, 1)
    left = left.slice(own.length)
    if (own.length > 0) taken[argument.as] = argument.isList ? own : own[0]
    else if (argument.isRequired) mistakes.push(missing(command, argument))
  }
  // After an unknown option nobody knows whether a word is its value.
  const isSure = !mistakes.some((mistake) => mistake.code === 'SLS0001')
  if (isSure) mistakes.push(...left.map((word) => excess(command, word)))
  return taken
}

function needed(command: Syntax, option: Option): Diagnostic {
  const short = option.short ? `-${option.short}` : `--${option.name}`
  return error('SLS0002', `"sls ${command.name}" needs ${short} <${option.value}>`, {
    help: [`sls ${command.name} --help shows how`],
  })
}

function missing(command: Syntax, argument: Argument): Diagnostic {
  return error('SLS0002', `"sls ${command.name}" needs <${argument.name}>`, {
    help: [`sls ${command.name} --help shows how`],
  })
}

function excess(command: Syntax, word: string): Diagnostic {
  return error('SLS0001', `"sls ${command.name}" does not know what to do with "${word}"`, {
    help: [`sls ${command.name} --help shows what it takes`],
  })
}

function unknownOption({ command, known }: Draft, rawName: string): Diagnostic {
  const near = suggest(
    rawName.replace(/^-+/, ''),
    known.map((option) => option.name),
  )
  const page =
    command.name === 'help' ? 'sls --help lists the commands' : `sls ${command.name} --help lists the options`
  const help = near ? `did you mean "--${near}"?` : page
  return error('SLS0001', `unknown option "${rawName}"`, { help: [help] })
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
