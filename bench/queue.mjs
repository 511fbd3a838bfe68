// The queue of asynchronous calls beside NATS JetStream: calls of 1 KB, 32 in flight, each acknowledged before the next is put.
// `node bench/queue.mjs [ROUNDS] [FOLDER]`; `nats-server` stands in the PATH, or NATS_SERVER names it. Ours has every call on the disk
// (fdatasync) when it says so, JetStream has it not. The bare disk, which nobody can be faster than, runs in turn with both: writing over
// what is laid out ahead, which takes it least. Where that has a p99 above the wanted one, the queue is held to it.
// The queue is in this process, as it is in the platform's, and what the clients here do holds up their own acknowledgements; so Node.js
// gets the platform's flags. `--quick` judges processor time alone: what a disk does that others use too is no figure of ours.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { build } from 'esbuild'
import { median } from './measure.mjs'

const QUICK = process.argv.includes('--quick')
const [rounds = '5', place = tmpdir()] = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const ROUNDS = Number(rounds)
const SECONDS = 1.5
const IN_FLIGHT = 32
const BODY = Buffer.alloc(768, 'x').toString('base64')
const LEAST_RATIO = 2
const MOST_P99_MS = 1
/** Of the bare disk's p99, where that is above. */
const MOST_OF_DISK = 1.5
const LAID_BYTES = 64 << 20
/** Of the process that puts calls: to keep them, over only to send them to JetStream. */
const MOST_CPU = 0.5

let count = 0
const { PLATFORM_FLAGS } = await import(await bundled('platform-flags'))
if (!PLATFORM_FLAGS.every((flag) => process.execArgv.includes(flag))) {
  const { status } = spawnSync(process.execPath, [...PLATFORM_FLAGS, ...process.argv.slice(1)], { stdio: 'inherit' })
  process.exit(status ?? 1)
}
const folder = mkdtempSync(join(place, 'sls-bench-queue-'))
const port = await freePort()
const args = ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', join(folder, 'nats')]
const server = spawn(process.env.NATS_SERVER ?? 'nats-server', args, { stdio: 'ignore' })
try {
  const contestants = { disk: await bareDisk(), ours: await ours(), jetstream: await nats() }
  const results = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, { put }] of Object.entries(contestants)) {
      const result = await load(put, name === 'disk' ? 1 : IN_FLIGHT)
      if (round > 0) results[name].push(result)
    }
  }
  judge(results)
  for (const { close } of Object.values(contestants)) await close()
} finally {
  server.kill()
  rmSync(folder, { recursive: true, force: true })
}

async function ours() {
  const { LogQueue } = await import(await bundled('async/log-queue'))
  const queue = new LogQueue(join(folder, 'queue'))
  await queue.open()
  return {
    put: (id) => queue.put({ id, message: message(), accepted: Date.now(), attempts: 0, next: 0 }),
    close: () => queue.close(),
  }
}

async function bundled(name) {
  const entryPoints = [fileURLToPath(new URL(`../src/local/${name}.ts`, import.meta.url))]
  const options = { entryPoints, bundle: true, write: false, platform: 'node', format: 'esm', logLevel: 'warning' }
  const { outputFiles } = await build(options)
  return `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`
}

async function nats() {
  const connection = await connected()
  await (await jetstreamManager(connection)).streams.add({ name: 'bench', subjects: ['bench'], storage: 'file' })
  const stream = jetstream(connection)
  return {
    put: (id) => stream.publish('bench', JSON.stringify(message()), { msgID: id }),
    close: () => connection.close(),
  }
}

async function connected() {
  for (let end = Date.now() + 10_000; ; ) {
    try {
      return await connect({ servers: `127.0.0.1:${port}` })
    } catch (error) {
      if (Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

// As many bytes as the calls in flight have, written and awaited, and then the next.
async function bareDisk() {
  const file = await open(join(folder, 'bare'), 'w')
  await file.write(Buffer.alloc(LAID_BYTES))
  await file.sync()
  const bytes = Buffer.alloc(IN_FLIGHT << 10)
  let at = 0
  const put = async () => {
    await file.write(bytes, 0, bytes.length, at)
    at = (at + bytes.length) % LAID_BYTES
    await file.datasync()
  }
  return { put, close: () => file.close() }
}

function message() {
  const header = { 'Content-Type': ['application/json'] }
  const rest = { Host: '127.0.0.1', Method: 'POST', Path: '/', QueryString: '', QueueName: '', CallbackUrl: null }
  return { Header: header, Body: BODY, Function: 'hello.bench.dev', ...rest }
}

async function load(put, inFlight) {
  const took = []
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  const end = began + SECONDS * 1000
  const one = async () => {
    while (performance.now() < end) {
      const start = performance.now()
      await put(`call-${count++}`)
      took.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, one))
  const { user, system } = process.cpuUsage(cpu)
  took.sort((a, b) => a - b)
  const at = (part) => took[Math.floor(took.length * part)]
  return {
    perSec: (took.length * 1000) / (performance.now() - began),
    p50: at(0.5),
    p99: at(0.99),
    cpuUs: (user + system) / took.length,
  }
}

function judge(results) {
  for (const [name, rounds] of Object.entries(results)) {
    const of = (key) => median(rounds.map((round) => round[key]))
    console.log(
      `  ${name.padEnd(10)} ${of('perSec').toFixed(0).padStart(7)}/s  p50 ${of('p50').toFixed(2)} ms  p99 ${of('p99').toFixed(2)} ms  ${of('cpuUs').toFixed(1)} µs cpu`,
    )
  }
  const ratio = (key) => median(results.ours.map((own, round) => own[key] / results.jetstream[round][key]))
  say(
    ratio('cpuUs') <= MOST_CPU,
    `${ratio('cpuUs').toFixed(2)} of the processor time of a call to JetStream (at most ${MOST_CPU})`,
  )
  if (QUICK) return
  const p99 = median(results.ours.map((own) => own.p99))
  const ofDisk = median(results.ours.map((own, round) => own.p99 / results.disk[round].p99))
  say(
    ratio('perSec') >= LEAST_RATIO,
    `${ratio('perSec').toFixed(2)} times the calls a second of JetStream (at least ${LEAST_RATIO})`,
  )
  say(
    p99 <= MOST_P99_MS || ofDisk <= MOST_OF_DISK,
    `p99 ${p99.toFixed(2)} ms, ${ofDisk.toFixed(2)} of the bare disk's (at most ${MOST_P99_MS} ms or ${MOST_OF_DISK})`,
  )
}

function say(holds, text) {
  if (!holds) process.exitCode = 1
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${text}`)
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address()
      probe.close(() => resolve(free))
    })
  })
}
