import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readRecord } from '../../src/local/client/record.ts'
import { homeOf } from '../../src/local/home.ts'
import { ownPort } from '../fixtures/own-port.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { endPlatform } from '../local/fixture.ts'

export const root = resolve(import.meta.dirname, '../..')

export interface Answer {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A user's machine: a home of its own for the local platform, ports of its own for services, and the built command line. */
export interface Machine {
  readonly home: string
  sls(args: readonly string[], options?: RunOptions): Promise<Answer>
  /** A copy of an example to work in. */
  example(name: string): string
  /** Ends the platform and removes every folder. */
  remove(): Promise<void>
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

export function makeMachine(bin = join(root, 'bin/sls.js')): Machine {
  const home = mkdtempSync(join(tmpdir(), 'anyfaas-home-'))
  const platform = homeOf({ SLS_HOME: join(home, 'platform') })
  /** Folder -> port. */
  const ports = new Map<string, number>()
  const portOf = async ({ cwd = root }: RunOptions): Promise<number> => {
    const port = ports.get(cwd) ?? (await ownPort())
    ports.set(cwd, port)
    return port
  }
  const sls: Machine['sls'] = async (args, options = {}) => {
    const { PATH = '' } = process.env
    const env = { PATH, HOME: home, SLS_HOME: platform.root, LANG: 'C.UTF-8', ...options.env }
    const port = args[0] === 'deploy' ? ['--port', String(await portOf(options))] : []
    return await run(process.execPath, [bin, ...args, ...port], { ...options, env })
  }
  return {
    home,
    sls,
    example(name) {
      const dir = join(home, name)
      // The packages of the examples are found above them, as they are in the checkout.
      cpSync(join(root, 'examples', name), dir, {
        recursive: true,
        filter: (path) => !/\/(node_modules|\.sls)(\/|$)/.test(path),
      })
      return dir
    },
    async remove() {
      const record = await readRecord(platform.record)
      if (record) await endPlatform(record)
      removeFolder(home)
    },
  }
}

export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Answer> {
  const child = spawn(command, [...args], { cwd: options.cwd ?? root, env: { ...(options.env ?? process.env) } })
  // A program that reads nothing may be gone before this arrives.
  child.stdin.on('error', () => undefined).end(options.input ?? '')
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return { code, stdout, stderr }
}
