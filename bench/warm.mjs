// How long the first answer of a function without a process takes, from the process that waits without code, beside an answer of a
// process that is there, and a process that does nothing: `node bench/warm.mjs [ROUNDS]`. Needs the bundles (`npm run build`).
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { median } from './measure.mjs'

const ROUNDS = Number(process.argv[2] ?? 30)
const SLS = fileURLToPath(new URL('../bin/sls.js', import.meta.url))

delete process.env.NODE_EXTRA_CA_CERTS
const folder = mkdtempSync(join(tmpdir(), 'sls-bench-warm-'))
const home = join(folder, 'home')
try {
  const service =
    'service: warm\nprovider: {name: local}\nfunctions:\n  hello:\n    handler: hello.handler\n    url: true\n'
  writeFileSync(join(folder, 'serverless.yml'), service)
  writeFileSync(join(folder, 'hello.js'), "exports.handler = async () => 'hello'\n")
  sls('deploy')
  const { port, token } = JSON.parse(readFileSync(join(home, 'platform.json'), 'utf8'))
  const headers = { authorization: `Bearer ${token}` }
  const url = `http://127.0.0.1:${port}/function/hello`
  const [cold, warm, empty] = [[], [], []]
  for (let round = 0; round < ROUNDS; round++) {
    await scaleDown(port, headers)
    cold.push(await timed(url))
    for (let again = 0; again < 3; again++) await timed(url)
    warm.push(await timed(url))
    empty.push(emptyScript())
  }
  show('first answer, from the warm pool', cold)
  show('answer of a process that is there', warm)
  show('an empty script of Node.js', empty)
} finally {
  sls('remove', '--yes')
  rmSync(folder, { recursive: true, force: true })
}

function sls(...args) {
  execFileSync(process.execPath, [SLS, ...args], {
    cwd: folder,
    env: { ...process.env, SLS_HOME: home },
    stdio: 'ignore',
  })
}

function emptyScript() {
  const began = performance.now()
  execFileSync(process.execPath, ['-e', '0'])
  return performance.now() - began
}

async function scaleDown(port, headers) {
  const body = JSON.stringify({ serviceName: 'hello', replicas: 0 })
  await fetch(`http://127.0.0.1:${port}/system/scale-function/hello`, { method: 'POST', headers, body })
  // The process that waits for the next one has to be up; nothing tells when it is.
  await pause(400)
}

function timed(url) {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    request(url, (response) => {
      response.resume().once('end', () => resolve(performance.now() - began))
    })
      .once('error', reject)
      .end()
  })
}

function show(name, all) {
  const sorted = [...all].sort((a, b) => a - b)
  const text = [median(sorted), sorted[0], sorted[Math.floor(sorted.length * 0.95)]]
    .map((ms) => ms.toFixed(1))
    .join('  ')
  console.log(`${name.padEnd(36)} ms, median, least, p95: ${text}`)
}
