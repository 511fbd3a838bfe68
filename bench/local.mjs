// The local platform beside a bare Node.js server and others' local servers, in one run: requests a second, the slowest, memory,
// start. Needs the bundles (`npm run build`), wrk, and `node bench/local.mjs [ROUNDS]`. PEERS names a folder with functions-framework
// and serverless-offline that is kept. `--quick` needs neither: it judges what a call costs beside the bare server.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from './measure.mjs'

const QUICK = process.argv.includes('--quick')
const ROUNDS = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 4)
const SECONDS = QUICK ? 2 : 4
const SLS = fileURLToPath(new URL('../bin/sls.js', import.meta.url))
const WANTED = { '@google-cloud/functions-framework': '5', serverless: '3', 'serverless-offline': '13' }
// 1.3 times what is measured on machines that do something else too.
const CPU_LIMIT = 2
let isFine = true

delete process.env.NODE_EXTRA_CA_CERTS
const folder = mkdtempSync(join(tmpdir(), 'sls-bench-local-'))
const peers = process.env.PEERS ?? join(folder, 'peers')
const started = []
try {
  if (!QUICK) install()
  const contestants = await begin()
  await compare(contestants)
  if (!QUICK) await starts()
} finally {
  // What has ended by itself is none to end, and would hide why.
  for (const child of started)
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL')
  sls(['remove', '--yes'])
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = isFine ? 0 : 1

function install() {
  if (existsSync(join(peers, 'node_modules/serverless-offline'))) return
  mkdirSync(peers, { recursive: true })
  writeFileSync(join(peers, 'package.json'), JSON.stringify({ private: true, dependencies: WANTED }))
  const options = { cwd: peers, stdio: 'inherit' }
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], options)
}

function sls(args) {
  const options = {
    cwd: join(folder, 'ours'),
    env: { ...process.env, SLS_HOME: join(folder, 'home') },
    encoding: 'utf8',
  }
  return execFileSync(process.execPath, [SLS, ...args], options)
}

// Every one answers {"hello":"world"}.
async function begin() {
  write('ours', {
    'serverless.yml':
      'service: bench\nfunctions:\n  hello:\n    handler: hello.handler\n    environment: {NODE_ENV: production}\n    events: [{http: GET /hello}]\n',
    'hello.js': "exports.handler = async () => ({ hello: 'world' })\n",
  })
  sls(['deploy', '--yes'])
  const { pid } = JSON.parse(readFileSync(join(folder, 'home/platform.json'), 'utf8'))
  const url = `http://127.0.0.1:${/127\.0\.0\.1:(\d+)/.exec(sls(['info']))[1]}/hello`
  const others = await Promise.all(QUICK ? [raw()] : [raw(), framework(), offline()])
  const both = [
    { name: 'raw', ...others[0] },
    { name: 'ours', url, pid },
  ]
  if (QUICK) return both
  return [...both, { name: 'functions-framework', ...others[1] }, { name: 'serverless-offline', ...others[2] }]
}

function write(name, files) {
  const place = join(folder, name)
  mkdirSync(place, { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text)
  return place
}

async function raw() {
  const place = write('raw', {
    'server.js': `require('http').createServer((request, response) => {
      response.setHeader('content-type', 'application/json'); response.end(JSON.stringify({ hello: 'world' })) }).listen(process.argv[2])`,
  })
  return await serve(place, (port) => [process.execPath, 'server.js', String(port)], '/hello')
}

function frameworkPlace() {
  return write('framework', {
    'index.js': "exports.hello = (request, response) => response.json({ hello: 'world' })\n",
    'package.json': '{}',
  })
}

function frameworkCommand(port) {
  const program = join(peers, 'node_modules/@google-cloud/functions-framework/build/src/main.js')
  return [process.execPath, program, '--target=hello', `--port=${port}`]
}

async function framework() {
  return await serve(frameworkPlace(), frameworkCommand, '/')
}

async function offline() {
  const place = write('offline', {
    'serverless.yml': `service: bench
provider: {name: aws, runtime: nodejs18.x}
plugins: [serverless-offline]
functions: {hello: {handler: hello.handler, events: [{httpApi: 'GET /hello'}]}}
`,
    'hello.js': "exports.handler = async () => ({ statusCode: 200, body: JSON.stringify({ hello: 'world' }) })\n",
    'package.json': '{}',
  })
  execFileSync('ln', ['-sfn', join(peers, 'node_modules'), join(place, 'node_modules')])
  const program = join(peers, 'node_modules/serverless/bin/serverless.js')
  const command = (port) => [
    process.execPath,
    program,
    'offline',
    '--httpPort',
    String(port),
    '--lambdaPort',
    String(port + 1),
  ]
  return await serve(place, command, '/hello')
}

async function serve(cwd, command, path) {
  const port = await freePort()
  const [program, ...args] = command(port)
  const env = { ...process.env, NODE_ENV: 'production', SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' }
  const child = spawn(program, args, { cwd, env, stdio: 'ignore', detached: true })
  started.push(child)
  const url = `http://127.0.0.1:${port}${path}`
  await answers(url)
  return { url, pid: child.pid }
}

async function compare(contestants) {
  const results = Object.fromEntries(contestants.map(({ name }) => [name, []]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { name, url, pid } of contestants) {
      const before = cpuMsOf(pid)
      const { requests, ...result } = load(url)
      result.cpuUs = ((cpuMsOf(pid) - before) * 1000) / requests
      result.memory = memoryOf(pid)
      if (round > 0) results[name].push(result)
    }
  }
  for (const [name, rounds] of Object.entries(results)) {
    const of = (key) => median(rounds.map((round) => round[key]))
    console.log(
      `  ${name.padEnd(20)} ${of('perSec').toFixed(0).padStart(7)}/s  p99 ${of('p99Ms').toFixed(2)} ms  ${of('cpuUs').toFixed(1)} µs cpu  ${of('memory').toFixed(0)} MB`,
    )
  }
  const ratio = (key, name) => median(results.ours.map((own, round) => own[key] / results[name][round][key]))
  judge(
    'of the processor time of a bare server, gateway and function together',
    ratio('cpuUs', 'raw'),
    CPU_LIMIT,
    'most',
  )
  if (QUICK) return
  judge('of the requests of a bare server', ratio('perSec', 'raw'), 0.65, 'least')
  judge('times the requests of functions-framework', ratio('perSec', 'functions-framework'), 8, 'least')
  judge('times the requests of serverless-offline', ratio('perSec', 'serverless-offline'), 15, 'least')
  judge('of the p99 of serverless-offline', ratio('p99Ms', 'serverless-offline'), 0.2, 'most')
  judge('of the memory of serverless-offline', ratio('memory', 'serverless-offline'), 0.25, 'most')
}

function load(url) {
  const text = execFileSync('wrk', ['-t1', '-c32', `-d${SECONDS}s`, '--latency', url], { encoding: 'utf8' })
  const [, amount, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(text)
  if (/Non-2xx/.test(text)) throw new Error(`${url} failed under load:\n${text}`)
  return {
    requests: Number(/(\d+) requests in/.exec(text)[1]),
    perSec: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1]),
    p99Ms: Number(amount) * { us: 0.001, ms: 1, s: 1000 }[unit],
  }
}

// Of the process and of those that it started, user and system.
function cpuMsOf(pid) {
  const ticks = treeOf(pid).map((one) => {
    try {
      const fields = readFileSync(`/proc/${one}/stat`, 'utf8').split(') ')[1].split(' ')
      return Number(fields[11]) + Number(fields[12])
    } catch {
      return 0
    }
  })
  return ticks.reduce((sum, one) => sum + one, 0) * 10
}

// Pages that are shared count once, where the kernel tells.
function memoryOf(pid) {
  const kilobytes = treeOf(pid).map((one) => {
    try {
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8'))[1])
    } catch {
      return 0
    }
  })
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024
}

function treeOf(pid) {
  const parents = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const all = [pid]
  for (const one of all) all.push(...parents.filter(([, parent]) => parent === one).map(([child]) => child))
  return all
}

// From the start of the command to the first answer.
async function starts() {
  const own = []
  const theirs = []
  const url = `http://127.0.0.1:${/127\.0\.0\.1:(\d+)/.exec(sls(['info']))[1]}/hello`
  for (let round = 0; round < ROUNDS; round++) {
    const { pid } = JSON.parse(readFileSync(join(folder, 'home/platform.json'), 'utf8'))
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
    process.kill(pid, 'SIGTERM')
    await silent(url)
    own.push(await timed(url, command, { SLS_HOME: join(folder, 'home') }, folder))
    const port = await freePort()
    const began = await timed(
      `http://127.0.0.1:${port}/`,
      frameworkCommand(port),
      { NODE_ENV: 'production' },
      frameworkPlace(),
    )
    process.kill(-started.at(-1).pid, 'SIGKILL')
    started.pop()
    theirs.push(began)
  }
  console.log(
    `  start to the first answer: ours ${median(own).toFixed(0)} ms, functions-framework ${median(theirs).toFixed(0)} ms`,
  )
  judge('of the start of functions-framework', median(own.map((one, round) => one / theirs[round])), 0.45, 'most')
}

async function timed(url, [program, ...args], variables, cwd) {
  const began = performance.now()
  const child = spawn(program, args, { cwd, env: { ...process.env, ...variables }, stdio: 'ignore', detached: true })
  child.unref()
  await answers(url)
  if (!args.at(-1)?.endsWith('platform.cjs')) started.push(child)
  return performance.now() - began
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

function status(url) {
  return new Promise((resolve) => {
    const asking = request(url, { agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asking.once('error', () => resolve(0))
    asking.end()
  })
}

async function answers(url) {
  const end = Date.now() + 60_000
  while (!(await listens(url)) || (await status(url)) !== 200) {
    if (Date.now() > end) throw new Error(`${url} does not answer`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

// Who asks again and again with whole requests takes half a processor from those that start.
function listens(url) {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const settle = (isThere) => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', () => settle(true)).once('error', () => settle(false))
  })
}

async function silent(url) {
  while ((await status(url)) !== 0) await new Promise((resolve) => setTimeout(resolve, 20))
}

function judge(what, ratio, limit, bound) {
  const holds = bound === 'least' ? ratio >= limit : ratio <= limit
  if (!holds) isFine = false
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${ratio.toFixed(3)} ${what} (at ${bound} ${limit})`)
}
