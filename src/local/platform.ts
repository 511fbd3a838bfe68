import './usual-flags.ts'
import { createRequire } from 'node:module'
import { homeOf } from './home.ts'
import { LOADER_FILE, PROCESS_FILE, SERVE_FILE } from './places.ts'
import { WarmWorkers } from './platform/instances/warm-workers.ts'
import { readStates } from './platform/services/states.ts'

// The platform's process. It is started by `start.ts`, writes its record, says so, and lives until it is told to end,
// until its last service is removed, or until its record names another one. The processes that its functions will need come
// first: they start on another core while this one loads the rest.
const home = homeOf(process.env)
const states = readStates(home)
const workers = new WarmWorkers(SERVE_FILE)
workers.prepare(
  states.flatMap(({ functions }) => functions.filter(({ server }) => !server).map(({ memory }) => memory)),
)

const { run } = createRequire(import.meta.url)(LOADER_FILE) as { run(file: string): unknown }
const { runPlatform } = run(PROCESS_FILE) as typeof import('./platform-process.ts')
runPlatform({ home, states, workers })
