import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { expect } from 'vitest'
import { Bench, type Edition, type Tree } from './edition.ts'

const bin = resolve(import.meta.dirname, '../../bin/sls.js')

/**
 * Deploys as a process of its own that is killed at one side of one request, for every request and both sides; then
 * deploys again. What is there must be what an undisturbed deploy makes. With `changesOnly` requests that only read are
 * passed over: what is there after such a kill is what it was before.
 */
export async function killedEverywhere(
  edition: Edition,
  functions: Record<string, Tree>,
  { changesOnly = false } = {},
): Promise<void> {
  const calm = await new Bench(edition).start()
  calm.write(functions)
  await calm.deploy()
  const wanted = calm.emulator.state()
  const all = calm.emulator.requests.length
  const changes = calm.emulator.mutations.length
  const count = changesOnly ? changes : all
  // What a process compiles is no part of what it deploys.
  const cache = join(calm.dir, '.sls')
  const sides = (['before', 'after'] as const).map(async (side) => {
    for (let at = 0; at < count; at++) await killedOnce(edition, functions, { at, side, changesOnly, cache }, wanted)
  })
  await Promise.all(sides)
  await calm.close()
}

async function killedOnce(
  edition: Edition,
  functions: Record<string, Tree>,
  moment: Moment,
  wanted: unknown,
): Promise<void> {
  const { at, side, changesOnly } = moment
  const bench = await new Bench(edition).start()
  bench.write(functions)
  await killAt(bench, moment)
  bench.emulator.options = {}
  await bench.deploy()
  const actions = changesOnly ? bench.emulator.mutations : bench.emulator.requests.map(({ action }) => action)
  const where = `killed ${side} ${changesOnly ? 'change' : 'request'} ${at} (${actions[at]})`
  expect(bench.emulator.state(), where).toEqual(wanted)
  expect(await bench.plan(), where).toEqual([])
  await bench.close()
}

export interface Moment {
  readonly at: number
  readonly side: 'before' | 'after'
  readonly changesOnly: boolean
  /** Where processes keep what they compile; each its own when missing. */
  readonly cache?: string
}

/** Deploys as a process of its own that is killed there. */
export async function killAt(
  bench: Bench,
  { at, side, changesOnly, cache = join(bench.dir, '.sls') }: Moment,
): Promise<void> {
  const env = { ...bench.env, PATH: process.env['PATH'], HOME: bench.dir, XDG_CACHE_HOME: cache }
  const child = spawn(process.execPath, [bin, 'deploy'], { cwd: bench.dir, env, stdio: 'ignore' })
  const ended = new Promise((done) => child.once('exit', done))
  bench.emulator.options = {
    boundary: async (_, index, now) => {
      const number = changesOnly ? bench.emulator.changesBefore(index) : index
      if (number === undefined || number < at || (number === at && now !== side)) return
      child.kill('SIGKILL')
      await ended
    },
  }
  await ended
}
