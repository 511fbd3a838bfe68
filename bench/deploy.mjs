// `sls deploy` against `osls deploy` of the same service to the same moto, another party's AWS: everything new, and nothing
// changed. `node bench/deploy.mjs [rounds]`. Exits 1 when one is over its limit. Needs npm to install osls, and moto in the
// Python of ANYFAAS_JUDGES (as .ci/run makes it). Wall time is what a user waits for; the two take turns.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, once } from './measure.mjs'

const LIMIT = 10
const OSLS = 'osls@4.3.1'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const rounds = Number(process.argv[2] ?? 3)
const python = join(process.env.ANYFAAS_JUDGES ?? join(tmpdir(), 'anyfaas-judges'), 'bin/python')
const folder = mkdtempSync(join(tmpdir(), 'anyfaas-bench-'))

const SERVICES = {
  sls: `service: shop
provider: { name: aws, region: us-east-1, runtime: nodejs }
functions:
  get:
    handler: get.handler
    events: [{ http: GET /posts/:id }]
  tick:
    handler: tick.handler
    events: [{ timer: { cron: '0 8 * * *' } }]
`,
  osls: `service: shop
provider: { name: aws, region: us-east-1, runtime: nodejs22.x }
functions:
  get:
    handler: get.handler
    events: [{ httpApi: 'GET /posts/{id}' }]
  tick:
    handler: tick.handler
    events: [{ schedule: { rate: 'cron(0 8 * * ? *)', method: scheduler } }]
`,
}

if (!existsSync(python)) throw new Error(`no Python with moto at ${python}`)
let moto
try {
  const tools = join(folder, 'tools')
  mkdirSync(tools)
  writeFileSync(join(tools, 'package.json'), '{"private":true}')
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', OSLS], { cwd: tools })
  moto = await startMoto()
  for (const [tool, text] of Object.entries(SERVICES)) writeService(join(folder, tool), text)
  const programs = {
    sls: join(root, 'bin/sls.js'),
    osls: join(tools, 'node_modules/osls/bin/serverless.js'),
  }
  process.exitCode = judge(await run(programs)) ? 0 : 1
} finally {
  moto?.child.kill()
  rmSync(folder, { recursive: true })
}

function writeService(dir, text) {
  mkdirSync(dir)
  writeFileSync(join(dir, 'serverless.yml'), text)
  for (const name of ['get', 'tick'])
    writeFileSync(join(dir, `${name}.js`), `exports.handler = async () => ({ statusCode: 200, body: '${name}' })\n`)
}

async function startMoto() {
  const child = spawn(python, [join(root, 'bench/serve_moto.py')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const address = await new Promise((found, fail) => {
    child.stdout.once('data', (text) => found(String(text).trim()))
    child.once('exit', (code) => fail(new Error(`moto ended with ${code}`)))
  })
  return { child, address }
}

async function run(programs) {
  const samples = Object.fromEntries(Object.keys(programs).map((tool) => [tool, { cold: [], same: [] }]))
  // The first round warms what is loaded once: moto's own modules, the disk.
  for (let round = -1; round < rounds; round++)
    for (const [tool, program] of Object.entries(programs)) {
      await reset()
      const cwd = join(folder, `run-${tool}-${round}`)
      cpSync(join(folder, tool), cwd, { recursive: true })
      const command = { command: process.execPath, args: [program, 'deploy'], cwd, env: envOf(tool) }
      const [cold, same] = [once(command), once(command)]
      if (round < 0) continue
      samples[tool].cold.push(cold)
      samples[tool].same.push(same)
    }
  return samples
}

// After a reset moto makes a thousand managed policies at the first call of IAM, and something like it at the first of the others:
// seconds, and nobody's deploy.
async function reset() {
  await fetch(`${moto.address}/moto-api/reset`, { method: 'POST' })
  await ask('iam', '/', { method: 'POST', body: 'Action=ListPolicies&Version=2010-05-08' })
  await ask('lambda', '/2015-03-31/functions', {})
}

async function ask(service, path, options) {
  const authorization = `AWS4-HMAC-SHA256 Credential=id/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await fetch(moto.address + path, { ...options, headers })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`moto: ${text}`)
}

// A home of its own: what a tool keeps there is no part of the service.
function envOf(tool) {
  const home = join(folder, `home-${tool}`)
  mkdirSync(home, { recursive: true })
  const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' }
  const quiet = { SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', CI: 'true' }
  return { ...keys, ...quiet, AWS_ENDPOINT_URL: moto.address, HOME: home }
}

function judge({ sls, osls }) {
  console.log(`\nthe same service to the same moto, median of ${rounds} rounds on Node ${process.versions.node}`)
  let isFine = true
  for (const what of ['cold', 'same']) {
    const wall = (samples) => median(samples[what].map(({ wallMs }) => wallMs)) / 1000
    const cpu = (samples) => median(samples[what].map(({ cpuMs }) => cpuMs)) / 1000
    const ratio = median(sls[what].map(({ wallMs }, round) => osls[what][round].wallMs / wallMs))
    const over = ratio < LIMIT
    if (over) isFine = false
    console.log(
      `  ${what === 'cold' ? 'everything is new' : 'nothing changed  '}  sls ${wall(sls).toFixed(2)} s (${cpu(sls).toFixed(2)} s cpu)  ` +
        `osls ${wall(osls).toFixed(2)} s (${cpu(osls).toFixed(2)} s cpu)  1/${ratio.toFixed(1)}  limit 1/${LIMIT}${over ? '  OVER' : ''}`,
    )
  }
  return isFine
}
