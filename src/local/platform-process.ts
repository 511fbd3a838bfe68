import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { chooseQueue } from './async/open-queue.ts'
import { type PlatformRecord, platformVersion, readRecord } from './client/record.ts'
import type { FromPlatform } from './client/start-wire.ts'
import type { Home } from './home.ts'
import { writeJson } from './json-file.ts'
import { makeFolder } from './make-folder.ts'
import { SERVE_FILE } from './places.ts'
import type { WarmWorkers } from './platform/instances/warm-workers.ts'
import { obey } from './platform/management/commands.ts'
import { Control } from './platform/management/control.ts'
import { PlatformHost } from './platform/services/platform-host.ts'
import type { ServiceState } from './platform/services/service-state.ts'
import { openTracing } from './tracing/open-tracing.ts'

const LOOK_MS = 1000
/** The first platform of a machine gets it; services have those after it. */
const CONTROL_PORT = 7000

export interface PlatformProcess {
  readonly home: Home
  /** What was there before. */
  readonly states: readonly ServiceState[]
  /** Of which the first ones start already. */
  readonly workers: WarmWorkers
}

/** Is the platform from here on, and tells who started it when it can be called, or why it cannot. */
export function runPlatform(options: PlatformProcess): void {
  main(options).then(
    () => tell({ kind: 'ready' }),
    (error: Error) => {
      process.stderr.write(`${error.stack}\n`)
      tell({ kind: 'failed', message: error.message })
      process.exitCode = 1
      process.disconnect?.()
    },
  )
}

async function main({ home, states, workers }: PlatformProcess): Promise<void> {
  const token = randomBytes(32).toString('hex')
  const version = platformVersion()
  const isOurs = async (): Promise<boolean> => (await readRecord(home.record))?.token === token
  const tracing = await openTracing(process.env)
  const platform = new PlatformHost({
    ...(tracing && { tracing }),
    home,
    version,
    worker: SERVE_FILE,
    workers,
    queue: await chooseQueue(home),
    onEnding: () => {
      control.isEnding = true
    },
    onEnded: async () => {
      await control.close()
      if (await isOurs()) await rm(home.record, { force: true })
      process.exit()
    },
  })
  const control = new Control(token, (command) => obey(platform, command))
  makeFolder(home.root, 0o700)
  await platform.open(states)
  const port = await control.open([CONTROL_PORT, 0])
  const record: PlatformRecord = { pid: process.pid, port, token, version, started: new Date().toISOString() }
  await writeJson(home.record, record)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void platform.shutdown())
  setInterval(async () => {
    if (!(await isOurs())) await platform.shutdown()
  }, LOOK_MS).unref()
}

function tell(message: FromPlatform): void {
  process.send?.(message)
}
