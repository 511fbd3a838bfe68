import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { natsServer } from '../peers.ts'
import { until } from './fixture.ts'
import { freePort, listens } from './mosquitto.ts'

/** Starts the server of NATS with JetStream, with `more` in its settings; it ends by what is pushed to `closing`. */
export async function openNats(closing: (() => unknown)[], at?: number, more?: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sls-nats-'))
  const port = at ?? (await freePort())
  const args = ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', folder]
  if (more !== undefined) {
    writeFileSync(join(folder, 'nats.conf'), more)
    args.push('-c', join(folder, 'nats.conf'))
  }
  const server = spawn(natsServer() ?? 'nats-server', args, { stdio: 'ignore' })
  closing.push(async () => {
    server.kill()
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
    removeFolder(folder)
  })
  await until(() => listens(port), 'the server of NATS')
  return `nats://127.0.0.1:${port}`
}
