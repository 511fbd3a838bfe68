import type { Command } from './command.ts'
import { alias } from './commands/alias.ts'
import { check } from './commands/check.ts'
import { consoleCommand } from './commands/console.ts'
import { debugConfig } from './commands/debug-config.ts'
import { deploy } from './commands/deploy.ts'
import { dev } from './commands/dev.ts'
import { doctor } from './commands/doctor.ts'
import { event } from './commands/event.ts'
import { explain } from './commands/explain.ts'
import { info } from './commands/info.ts'
import { init } from './commands/init.ts'
import { invoke } from './commands/invoke.ts'
import { local } from './commands/local.ts'
import { logs } from './commands/logs.ts'
import { metrics } from './commands/metrics.ts'
import { packageCommand } from './commands/package.ts'
import { plan } from './commands/plan.ts'
import { print } from './commands/print.ts'
import { promote } from './commands/promote.ts'
import { remove } from './commands/remove.ts'
import { rollback } from './commands/rollback.ts'
import { schema } from './commands/schema.ts'
import { translate } from './commands/translate.ts'
import { versions } from './commands/versions.ts'

/** All commands, in the order of the help. They are literals: what costs time to load stands behind their `run`. */
export const COMMANDS: readonly Command[] = [
  init,
  check,
  print,
  schema,
  debugConfig,
  explain,
  translate,
  packageCommand,
  plan,
  dev,
  deploy,
  info,
  local,
  logs,
  invoke,
  event,
  remove,
  doctor,
  metrics,
  consoleCommand,
  versions,
  alias,
  promote,
  rollback,
]
