import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { removeFolder } from '../../fixtures/remove-folder.ts'

const exec = promisify(execFile)

/** A folder for a file of tests; its containers and registries end with it. */
export interface Yard {
  readonly folder: string
  /** A real registry on this machine; its address. With a password it wants `user` and `secret`. */
  registry(options?: { readonly isLocked?: boolean }): Promise<string>
  /** Runs buildah with a storage of its own. */
  buildah(...args: readonly string[]): Promise<string>
  skopeo(...args: readonly string[]): Promise<string>
  close(): Promise<void>
}

// bcrypt of `secret`; the registry takes no other kind.
const USERS = 'user:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n'

export function openYard(): Yard {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sls-image-')))
  const children: ChildProcess[] = []
  const storage = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs']
  const run = async (command: string, args: readonly string[]) => {
    const env = { PATH: process.env['PATH'], HOME: folder, BUILDAH_ISOLATION: 'chroot', TMPDIR: folder }
    const { stdout } = await exec(command, args, { env, maxBuffer: 64 << 20 })
    return stdout
  }
  return {
    folder,
    async registry({ isLocked = false } = {}) {
      const port = await freePort()
      const home = mkdtempSync(join(folder, 'registry-'))
      writeFileSync(join(home, 'users'), USERS)
      const auth = isLocked ? `auth: {htpasswd: {realm: test, path: ${join(home, 'users')}}}\n` : ''
      writeFileSync(
        join(home, 'config.yml'),
        `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${home}}}\nhttp: {addr: "127.0.0.1:${port}"}\n${auth}`,
      )
      const child = spawn('docker-registry', ['serve', join(home, 'config.yml')], { stdio: 'ignore' })
      children.push(child)
      await answers(`http://127.0.0.1:${port}/v2/`, child)
      return `127.0.0.1:${port}`
    },
    buildah: (...args) => run('buildah', [...storage, ...args]),
    skopeo: (...args) => run('skopeo', ['--insecure-policy', ...args]),
    async close() {
      for (const child of children) child.kill()
      await Promise.all(children.map((child) => child.exitCode ?? new Promise((done) => child.once('exit', done))))
      removeFolder(folder)
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Waits until an address answers with whatever status, or its process has ended. */
export async function answers(url: string, child: ChildProcess): Promise<Response> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    const answer = await fetch(url).catch(() => undefined)
    if (answer) return answer
    await pause(50)
  }
}
