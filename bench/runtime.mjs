// What the runtime in an artifact costs, beside what others cost on the same event in the same run: processor time a call,
// the router, loading, bytes. Needs the bundles: `npm run build`, then `node bench/runtime.mjs`. Fails beyond a limit.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { median } from './measure.mjs'
import { lambdaContext, lambdaEvent, manifest, triggerEvent } from './runtime-events.mjs'
import { withPeers } from './runtime-peers.mjs'

const BUNDLES = {
  lambda: '../plugins/aws/dist/lambda/runtime.cjs',
  fc2: '../plugins/aliyun/dist/fc2/runtime.cjs',
  fc3: '../plugins/aliyun/dist/fc3/runtime.cjs',
  scf: '../plugins/tencent/dist/scf/runtime.cjs',
  local: '../dist/local/runtime.cjs',
}
// Many short ones: what else runs on the machine is the same for two that follow at once.
const ROUNDS = 101
const FINDS = 15_000
const BUILDS = 15
const TURNS = 3
const LOADS = 25
const FIRST = 'first'
const LIMIT_BYTES = 20 * 1024
let isFine = true

await withPeers(async (peers, folder) => {
  process.env.PEERS = folder
  calls()
  router(peers('find-my-way'), await import('../src/runtime/dist/index.js'))
})
loading()
bytes()
process.exitCode = isFine ? 0 : 1

// Every contestant in a process of its own, which take turns: some switch hooks on that slow every promise of theirs.
function calls() {
  console.log('processor time a call')
  const { lambda, hono, fastify, express, gateway, midway, ratio } = best([
    'lambda',
    'hono',
    'fastify',
    'express',
    'gateway',
    'midway',
    'trigger+parse',
  ])
  judge('of hono/aws-lambda, the same Lambda event', lambda / hono, 1 / 20)
  judge('of @fastify/aws-lambda', lambda / fastify, 1 / 20)
  judge('of serverless-http (express 5)', lambda / express, 1 / 20)
  judge("of midway's starter, the same gateway event", gateway / midway, 0.12)
  judge(`of the bare JSON.parse of an event of ${triggerEvent.length} bytes`, ratio, 1.15, 1.25)
}

function best(names) {
  const file = fileURLToPath(new URL('runtime-call.mjs', import.meta.url))
  const least = {}
  for (let turn = 0; turn < TURNS; turn++) {
    for (const name of names) {
      const text = execFileSync(process.execPath, [file, name], { encoding: 'utf8' })
      for (const [at, ns] of text.split(' ').entries()) {
        const each = name.split('+')[at] ?? 'ratio'
        least[each] = Math.min(least[each] ?? Number.POSITIVE_INFINITY, Number(ns))
      }
    }
  }
  const { ratio: _, ...calls } = least
  console.log(
    `  ${Object.entries(calls)
      .map(([name, ns]) => `${name} ${ns.toFixed(0)} ns`)
      .join(', ')}`,
  )
  return least
}

// Parameters are read as well: find-my-way has read them when it returns.
function router(findMyWay, { Router, readParams }) {
  console.log('the router beside find-my-way')
  for (const [count, limit] of [
    [10, 1.2],
    [100, 1.2],
    [1000, 1],
  ]) {
    const routes = routeList(count)
    const ours = new Router(routes)
    const theirs = findMyWay()
    for (const { path, methods } of routes) theirs.on(methods[0], path, () => undefined)
    const requests = shuffled(
      routes.map(({ path, methods }) => [methods[0], path.replace(/:\w+/g, '12345').replace('*', 'a/b.css')]),
    )
    const find = (method, path) => readParams(ours.find(method, path).pattern, path)
    const ratios = Array.from(
      { length: ROUNDS },
      () => timeOf(find, requests) / timeOf((m, p) => theirs.find(m, p), requests),
    )
    judge(`at ${count} routes`, median(ratios), limit)
  }
  const routes = routeList(1000)
  const builds = Array.from({ length: BUILDS }, () => millisOf(() => new Router(routes)))
  // Milliseconds, as those of loading below.
  judge('1000 routes built, ms', Math.min(...builds), 2, 4)
}

function routeList(count) {
  const words = 'users orders items carts pages posts tags files teams events'.split(' ')
  const routes = []
  for (let index = 0; routes.length < count; index++) {
    const word = `${words[index % 10]}${index < 10 ? '' : Math.floor(index / 10)}`
    const rest = [
      ['GET', `/${word}`],
      ['POST', `/${word}`],
      ['GET', `/${word}/:id`],
      ['PUT', `/${word}/:id`],
      ['GET', `/${word}/:id/comments/:comment`],
      ['GET', `/static/${word}/*`],
    ]
    for (const [method, path] of rest) if (routes.length < count) routes.push({ path, methods: [method] })
  }
  return routes
}

function shuffled(list) {
  let seed = 7
  for (let index = list.length - 1; index > 0; index--) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    const other = seed % (index + 1)
    ;[list[index], list[other]] = [list[other], list[index]]
  }
  return list
}

function timeOf(find, requests) {
  return millisOf(() => {
    for (let index = 0; index < FINDS; index++) {
      const [method, path] = requests[index % requests.length]
      find(method, path)
    }
  })
}

function millisOf(work) {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

// In processes that do nothing else: what opening a handler through the runtime takes beyond opening it.
function loading() {
  console.log('loading a handler through the runtime, ms over loading it alone')
  const folder = mkdtempSync(join(tmpdir(), 'sls-load-'))
  try {
    writeFileSync(join(folder, 'handler.js'), 'exports.handler = async () => ({})\n')
    const jobs = { empty: "require('./handler.js')" }
    for (const [name, path] of Object.entries(BUNDLES)) {
      const file = JSON.stringify(fileURLToPath(new URL(path, import.meta.url)))
      const loaders = "{ users: { handler: async () => require('./handler.js') } }"
      jobs[name] = `require(${file}).start(${JSON.stringify(manifest)}, ${loaders})`
    }
    jobs[FIRST] = `await ${jobs.lambda}.handler(${JSON.stringify(lambdaEvent)}, ${JSON.stringify(lambdaContext)})`
    for (const [name, work] of Object.entries(jobs)) writeFileSync(join(folder, `${name}.js`), timed(work))
    const run = (name) => Number(execFileSync(process.execPath, [join(folder, `${name}.js`)], { encoding: 'utf8' }))
    const least = {}
    for (let round = 0; round < LOADS; round++) {
      for (const name of Object.keys(jobs)) least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, run(name))
    }
    // Milliseconds, so a slower machine needs air. What else runs there only adds to them: the least tells the most.
    for (const name of Object.keys(BUNDLES)) judge(name, least[name] - least.empty, 2, 2.6)
    judge('lambda, and its first call', least[FIRST] - least.empty, 4, 5.2)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function timed(work) {
  return `(async () => {
  const before = process.cpuUsage()
  ${work}
  const { user, system } = process.cpuUsage(before)
  console.log((user + system) / 1000)
})()
`
}

function bytes() {
  console.log('bytes, minified')
  for (const [name, path] of Object.entries(BUNDLES)) {
    const file = fileURLToPath(new URL(path, import.meta.url))
    const text = readFileSync(file)
    const parts = readdirSync(dirname(file)).filter((part) => /^sls_\w+\.cjs$/.test(part))
    const rest = parts.reduce((sum, part) => sum + readFileSync(join(dirname(file), part)).length, 0)
    const also = `${gzipSync(text).length} compressed; ${rest} in parts that open when they are needed`
    judge(`${name}: what every function loads (${also})`, text.length, LIMIT_BYTES)
  }
}

// A goal that is not reached yet has a limit of its own, so that nothing gets worse meanwhile.
function judge(what, value, goal, limit = goal) {
  const isOver = value > limit
  if (isOver) isFine = false
  const digits = goal >= 100 ? 0 : goal < 0.5 ? 3 : 2
  const bound = limit === goal ? '' : ` (goal ${goal.toFixed(digits)})`
  console.log(
    `  ${value.toFixed(digits).padStart(7)}  limit ${limit.toFixed(digits)}${bound}${isOver ? '  OVER' : ''}  ${what}`,
  )
}
