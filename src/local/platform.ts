import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { chooseQueue } from './async/open-queue.ts'
import { type PlatformRecord, platformVersion, readRecord } from './client/record.ts'
import type { FromPlatform } from './client/start-wire.ts'
import { homeOf } from './home.ts'
import { writeJson } from './json-file.ts'
import { WORKER_FILE } from './places.ts'
import { obey } from './platform/commands.ts'
import { Control } from './platform/control.ts'
import { PlatformHost } from './platform/platform-host.ts'
import { openTracing } from './tracing/open-tracing.ts'

// The platform's process. It is started by `start.ts`, writes its record, says so, and lives until it is told to end,
// until its last service is removed, or until its record names another one.
const LOOK_MS = 1000
/** The first platform of a machine gets it; services have those after it. */
const CONTROL_PORT = 7000

async function main(): Promise<void> {
  const home = homeOf(process.env)
  const token = randomBytes(32).toString('hex')
  const version = platformVersion()
  const isOurs = async (): Promise<boolean> => (await readRecord(home.record))?.token === token
  const tracing = await openTracing(process.env)
  const platform = new PlatformHost({
    ...(tracing && { tracing }),
    home,
    version,
    worker: WORKER_FILE,
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
  await mkdir(home.root, { recursive: true, mode: 0o700 })
  await platform.open()
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

main().then(
  () => tell({ kind: 'ready' }),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`)
    tell({ kind: 'failed', message: error.message })
    process.exitCode = 1
    process.disconnect?.()
  },
)
