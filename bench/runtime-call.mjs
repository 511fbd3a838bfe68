// Contestants of bench/runtime.mjs: prints the processor nanoseconds of a call of each, the best of many short rounds, and for
// two the median of what the first took of the second in the same round. What the loop takes that awaits them is none of
// theirs: it is measured beside them, by a call that answers with a promise kept, and taken off.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { median } from './measure.mjs'
import { fcContext, gatewayEvent, lambdaContext, lambdaEvent, manifest, triggerEvent } from './runtime-events.mjs'
import { adapter, midway } from './runtime-peers.mjs'

const require = createRequire(import.meta.url)
const peers = () => createRequire(join(process.env.PEERS, 'x.cjs'))
const ROUNDS = 40
const WARM_MS = 1000
const BATCH = 200
const read = async (ctx) => ({ id: ctx.params.id })
const fixed = async () => ({ id: '42' })
const kept = Promise.resolve()

const JOBS = {
  lambda: () => on('aws/dist/lambda', read, lambdaEvent, lambdaContext),
  gateway: () => on('aliyun/dist/fc2', fixed, gatewayEvent, fcContext),
  trigger: () => on('aliyun/dist/fc3', read, triggerEvent, fcContext),
  parse: () => async () => JSON.parse(triggerEvent.toString()),
  midway: async () => {
    const handle = await midway(peers())
    return () => handle(gatewayEvent, fcContext)
  },
  hono: () => beside('hono'),
  fastify: () => beside('fastify'),
  express: () => beside('express'),
}

function on(bundle, handler, event, context) {
  const { start } = require(`../plugins/${bundle}/runtime.cjs`)
  const handle = start(manifest, { users: { handler: async () => ({ handler }) } }).handler
  return () => handle(event, context)
}

function beside(name) {
  const handle = adapter(peers(), name)
  return () => handle(lambdaEvent, lambdaContext)
}

// `a+b` are measured in turn in one process, so that what slows the machine slows both.
const names = process.argv[2].split('+')
const calls = []
for (const name of names) calls.push(await JOBS[name]())
calls.push(() => kept)
const lengths = []
for (const call of calls) {
  // By processor time: where the machine is busy, a second of the clock can be too short to compile what is called.
  let times = 0
  for (const before = process.cpuUsage(); spentMs(before) < WARM_MS; times += BATCH)
    for (let index = 0; index < BATCH; index++) await call()
  lengths.push(Math.ceil(Math.max(BATCH, times / 40)))
}
const rounds = []
for (let round = 0; round < ROUNDS; round++) {
  const taken = []
  for (const [at, call] of calls.entries()) {
    const before = process.cpuUsage()
    for (let index = 0; index < lengths[at]; index++) await call()
    taken.push((spentMs(before) * 1e6) / lengths[at])
  }
  rounds.push(taken)
}
const loop = Math.min(...rounds.map((taken) => taken.at(-1)))
const best = names.map((_, at) => Math.min(...rounds.map((taken) => taken[at])) - loop)
const ratio = names.length > 1 ? [median(rounds.map(([first, second]) => (first - loop) / (second - loop)))] : []
console.log([...best, ...ratio].join(' '))
process.exit()

function spentMs(before) {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
