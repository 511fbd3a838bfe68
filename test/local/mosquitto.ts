import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { until } from './fixture.ts'

/** A port that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Starts Debian's MQTT broker; it ends by what is pushed to `closing`. */
export async function openMosquitto(closing: (() => unknown)[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sls-mosquitto-'))
  const port = await freePort()
  const file = join(folder, 'mosquitto.conf')
  // Without a bound, so that it never drops what waits for a client that is away.
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nuser root\n`)
  const broker = spawn('mosquitto', ['-c', file], { stdio: 'ignore' })
  closing.push(async () => {
    broker.kill()
    if (broker.exitCode === null && broker.signalCode === null) await once(broker, 'exit')
    removeFolder(folder)
  })
  await until(() => listens(port), 'mosquitto')
  return `mqtt://127.0.0.1:${port}`
}
