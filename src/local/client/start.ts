import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { error, SlsError } from '@anyfaas/kit'
import { baseEnvironment } from '../environment.ts'
import type { Home } from '../home.ts'
import { makeFolder } from '../make-folder.ts'
import { PLATFORM_FILE } from '../places.ts'
import { PLATFORM_FLAGS } from '../platform-flags.ts'
import { tracingVariables } from '../tracing/open-tracing.ts'
import { PlatformClient } from './client.ts'
import { withLock } from './lock.ts'
import { platformVersion, readRecord } from './record.ts'
import type { FromPlatform } from './start-wire.ts'

export interface StartOptions {
  readonly home: Home
  readonly signal: AbortSignal
  readonly note: (text: string) => void
}

const START_MS = 30_000

/** The platform of this home, started when it does not run and replaced when it is of another version. Throws SLS7001. */
export async function ensurePlatform({ home, signal, note }: StartOptions): Promise<PlatformClient> {
  const running = await lookForPlatform(home)
  if (running) return running
  makeFolder(home.root, 0o700)
  return await withLock(home.lock, signal, async () => {
    const meanwhile = await lookForPlatform(home)
    if (meanwhile) return meanwhile
    await endOther(home, note)
    note('starting the local platform')
    await start(home, signal)
    const started = await lookForPlatform(home)
    if (started) return started
    throw new SlsError(error('SLS7001', 'the local platform started and does not answer', { notes: outputOf(home) }))
  })
}

/** The running platform of this version; undefined when there is none. A record that lies is of a platform that died. */
export async function lookForPlatform(home: Home): Promise<PlatformClient | undefined> {
  const record = await readRecord(home.record)
  if (record?.version !== platformVersion()) return undefined
  const client = new PlatformClient(record)
  const state = await client.look()
  // Another one beside it would not get its ports.
  if (state === 'ends') await client.gone()
  return state === 'runs' ? client : undefined
}

async function endOther(home: Home, note: (text: string) => void): Promise<void> {
  const record = await readRecord(home.record)
  if (!record) return
  const other = new PlatformClient(record)
  const state = await other.look()
  if (state === 'gone') return
  note('ending the local platform of another version')
  if (state === 'runs') await other.ask({ method: 'POST', path: ['shutdown'] })
  await other.gone()
}

function start(home: Home, signal: AbortSignal): Promise<void> {
  const output = openSync(home.output, 'w', 0o600)
  const child = spawn(process.execPath, [...PLATFORM_FLAGS, PLATFORM_FILE], {
    cwd: home.root,
    // Not the caller's: it outlives the caller and serves others.
    env: { ...baseEnvironment(process.env), ...tracingVariables(process.env), SLS_HOME: home.root },
    stdio: ['ignore', output, output, 'ipc'],
    detached: true,
  })
  closeSync(output)
  return new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      child.kill('SIGKILL')
      reject(new SlsError(error('SLS7001', `the local platform did not start: ${why}`, { notes: outputOf(home) })))
    }
    const timer = setTimeout(() => fail(`it was not ready within ${START_MS / 1000} s`), START_MS)
    const stop = (): void => fail('interrupted')
    signal.addEventListener('abort', stop, { once: true })
    child.once('error', ({ message }) => fail(message))
    child.once('exit', (code, ended) => fail(ended ? `signal ${ended}` : `exit code ${code}`))
    child.once('message', (message: FromPlatform) => {
      if (message.kind === 'failed') return fail(message.message)
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      child.removeAllListeners()
      child.disconnect()
      child.unref()
      resolve()
    })
  })
}

const SHOWN_LINES = 10

function outputOf(home: Home): { message: string }[] {
  if (!existsSync(home.output)) return []
  const lines = readFileSync(home.output, 'utf8').split('\n').filter(Boolean).slice(-SHOWN_LINES)
  return lines.map((message) => ({ message }))
}
