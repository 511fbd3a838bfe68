import { COMMANDS } from './commands.ts'
import { openProcessWorld } from './process-world.ts'
import { run } from './run.ts'
import { reportUnwritten } from './unwritten.ts'

const world = openProcessWorld()
const status = run(process.argv.slice(2), world, COMMANDS)
status.then(async (code) => {
  const cause = await world.flush()
  // What an action left open must not keep the process.
  process.exit(cause ? reportUnwritten(code, cause, world) : code)
})
