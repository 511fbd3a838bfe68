import type { Option } from './command.ts'
import { readNames, readPair, readProviders } from './values.ts'

const DIR: Option = { name: 'dir', short: 'd', value: 'DIR', says: 'The service folder; the current one by default' }

const CONFIG: Option = { name: 'config', short: 'c', value: 'FILE', says: 'Another service file than the usual ones' }

const STAGE: Option = { name: 'stage', value: 'NAME', says: 'The stage; `dev` unless the file says another' }

const REGION: Option = { name: 'region', value: 'NAME', says: 'The region, instead of the one in the file' }

const PROVIDER: Option = {
  name: 'provider',
  value: 'NAME[,NAME]',
  read: readProviders,
  says: 'The provider, several with commas, or `all`; wins over the file',
}

const PARAM: Option = {
  name: 'param',
  as: 'params',
  value: 'NAME=VALUE',
  isList: true,
  read: readPair,
  gather: (pairs) => Object.fromEntries(pairs as readonly (readonly [string, string])[]),
  says: 'A value for `${param:NAME}`; may be repeated',
}

/** The service folder where `-d` means something else. */
export const DIR_WITHOUT_SHORT: Option = {
  name: 'dir',
  value: 'DIR',
  says: 'The service folder; `-d` is that before the command only',
}

/** What every command that reads a service file takes, besides the folder. */
export const FILE_OPTIONS: readonly Option[] = [CONFIG, STAGE, REGION, PROVIDER, PARAM]

export const PROJECT_OPTIONS: readonly Option[] = [DIR, ...FILE_OPTIONS]

export const STRICT: Option = { name: 'strict', says: 'Refuse what a platform would silently leave out' }

export const OUT: Option = {
  name: 'out',
  value: 'DIR',
  says: 'The folder to write to; `.sls` in the service folder by default',
}

/** A part of a deploy, and of a plan of it. */
export const CHOICE_OPTIONS: readonly Option[] = [
  { name: 'only', value: 'NAME[,NAME]', read: readNames, says: 'Only these functions, and what they need' },
  { name: 'code-only', says: 'Only the code of functions that are there' },
  { name: 'config-only', says: 'Everything but the code' },
]

export const ALIAS: Option = { name: 'alias', value: 'NAME', says: 'The alias; `live` by default' }

export const YES: Option = { name: 'yes', short: 'y', says: 'Do not ask' }

export const JSON_OUTPUT: Option = {
  name: 'json',
  value: 'stream',
  isOptional: true,
  choices: ['stream'],
  says: 'One JSON object on stdout; with `stream` also every event before it, one a line',
}

const NO_COLOR: Option = { name: 'no-color', says: 'Plain text' }

const HELP: Option = { name: 'help', short: 'h', says: 'Show this' }

export const DEBUG: Option = { name: 'debug', says: 'Show the stacks of errors; as SLS_DEBUG=1 does' }

/** What every command takes. `invoke` has a `--debug` of its own. */
export function commonOptions(own: readonly Option[]): readonly Option[] {
  return [JSON_OUTPUT, NO_COLOR, DEBUG, HELP].filter((option) => !own.some((other) => other.name === option.name))
}
