import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { postgresFolder } from '../peers.ts'

export interface Postgres {
  readonly url: string
  stop(): Promise<void>
}

/** A PostgreSQL server of its own on loopback. It refuses to run as root, and then runs as `nobody`. */
export async function startPostgres(): Promise<Postgres> {
  const bin = postgresFolder() ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'anyfaas-postgres-'))
  const user = asUser(folder)
  const data = join(folder, 'data')
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'blog', '--auth=trust', '--no-sync'], {
    ...user,
    stdio: 'ignore',
  })
  const port = await freePort()
  const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, '-c', 'fsync=off']
  const server = spawn(join(bin, 'postgres'), args, { ...user, stdio: 'ignore' })
  const exited = once(server, 'exit')
  await answers(join(bin, 'pg_isready'), port)
  return {
    url: `postgres://blog@127.0.0.1:${port}/postgres`,
    async stop() {
      server.kill('SIGINT')
      await exited
      removeFolder(folder)
    },
  }
}

const NOBODY = 65534

function asUser(folder: string): { uid?: number; gid?: number; cwd: string } {
  if (process.getuid?.() !== 0) return { cwd: folder }
  chownSync(folder, NOBODY, NOBODY)
  chmodSync(folder, 0o700)
  return { uid: NOBODY, gid: NOBODY, cwd: folder }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

async function answers(probe: string, port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      execFileSync(probe, ['-h', '127.0.0.1', '-p', String(port), '-q'])
      return
    } catch {
      // Not up yet.
      await wait(50)
    }
  }
  throw new Error('PostgreSQL did not start')
}
