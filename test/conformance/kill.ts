import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { expect } from 'vitest'
import { Bench, type Edition, type Tree } from './edition.ts'

const bin = resolve(import.meta.dirname, '../../bin/sls.js')

/**
 * Deploys as a process of its own that is killed at one side of one request, for every request and both sides; then
 * deploys again. What is there must be what an undisturbed deploy makes.
 */
export async function killedEverywhere(edition: Edition, functions: Record<string, Tree>): Promise<void> {
  const calm = await new Bench(edition).start()
  calm.write(functions)
  await calm.deploy()
  const wanted = calm.emulator.state()
  const all = calm.emulator.requests.length
  await calm.close()
  for (const side of ['before', 'after'] as const)
    for (let at = 0; at < all; at++) {
      const bench = await new Bench(edition).start()
      bench.write(functions)
      await killAt(bench, at, side)
      bench.emulator.options = {}
      await bench.deploy()
      const where = `killed ${side} request ${at} (${bench.emulator.requests[at]?.action})`
      expect(bench.emulator.state(), where).toEqual(wanted)
      expect(await bench.plan(), where).toEqual([])
      await bench.close()
    }
}

async function killAt(bench: Bench, at: number, side: 'before' | 'after'): Promise<void> {
  const env = { ...bench.env, PATH: process.env['PATH'], HOME: bench.dir, XDG_CACHE_HOME: join(bench.dir, '.sls') }
  const child = spawn(process.execPath, [bin, 'deploy'], { cwd: bench.dir, env, stdio: 'ignore' })
  const ended = new Promise((done) => child.once('exit', done))
  bench.emulator.options = {
    boundary: async (_, index, now) => {
      if (index < at || (index === at && now !== side)) return
      child.kill('SIGKILL')
      await ended
    },
  }
  await ended
}
