// Packaging against others' tools on one project, in turn: `node bench/package.mjs [rounds] [folder]`. The project and the
// tools are installed from the registry into `folder` (a temporary one by default; a given one is kept for the next time).
// Ratios of processor time (children included) and of wall time. Exits 1 when a ratio is over its limit.
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from './measure.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const rounds = Number(process.argv[2] ?? 3)
const folder = process.argv[3] ?? mkdtempSync(join(tmpdir(), 'anyfaas-bench-'))
const project = join(folder, 'project')
const tools = join(folder, 'tools')
const theirs = join(folder, 'theirs')

const DEPENDENCIES =
  'express@4 lodash@4 mongoose@8 axios@1 moment@2 koa@2 egg@3 ali-oss@6 mysql2@3 zod@3 date-fns@3 rxjs@7'
const MORE = 'uuid@9 winston@3 ioredis@5'
const DEVELOPMENT = 'typescript@5 jest@29 eslint@8 @types/node@20 prettier@3'

// Ratio to what it is measured against; wall limits hold where both cores are free.
const LIMITS = {
  'cold / osls': { wall: 0.12, cpu: 0.35 },
  'nothing changed / osls': { wall: 0.02, cpu: 0.04 },
  'one file changed / osls': { wall: 0.04, cpu: 0.08 },
  'all files / zip -r -6': { wall: 0.5, cpu: 1 },
  'all files / yazl': { wall: 0.25, cpu: 0.6 },
}

const YAZL = `
const fs = require('node:fs'), path = require('node:path')
const { ZipFile } = require('yazl')
const zip = new ZipFile()
const add = (folder, at) => {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = at ? at + '/' + entry.name : entry.name
    if (entry.isDirectory()) add(path.join(folder, entry.name), name)
    else if (entry.isFile()) zip.addFile(path.join(folder, entry.name), name)
  }
}
for (const name of ['node_modules', 'src']) add(path.join(process.argv[2], name), name)
zip.outputStream.pipe(fs.createWriteStream(process.argv[3]))
zip.end()
`

try {
  prepare()
  const samples = {}
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(RUNS())) samples[name] = [...(samples[name] ?? []), run()]
  }
  process.exitCode = judge(samples) ? 0 : 1
} finally {
  if (!process.argv[3]) rmSync(folder, { recursive: true })
}

function RUNS() {
  const sls =
    (service, ...more) =>
    () =>
      time(process.execPath, [join(root, 'bin/sls.js'), 'package', '-d', service, '--provider', 'aws', ...more])
  const cold =
    (service, ...more) =>
    () => {
      rmSync(join(service, '.sls'), { recursive: true, force: true })
      return sls(service, ...more)()
    }
  const changed = () => {
    appendFileSync(join(project, 'src/f1.js'), `// ${process.hrtime.bigint()}\n`)
    return sls(project)()
  }
  return {
    osls: () => time(process.execPath, [join(tools, 'node_modules/osls/bin/serverless.js'), 'package'], theirs),
    cold: cold(project),
    'nothing changed': sls(project),
    'one file changed': changed,
    'zip -r -6': () =>
      inEmpty('all.zip', (path) => time('zip', ['-q', '-r', '-6', path, 'node_modules', 'src'], theirs)),
    yazl: () => inEmpty('yazl.zip', (path) => time(process.execPath, [join(tools, 'yazl.cjs'), theirs, path])),
    'all files': cold(join(folder, 'whole')),
  }
}

function inEmpty(name, run) {
  const path = join(folder, name)
  rmSync(path, { force: true })
  return run(path)
}

function prepare() {
  if (existsSync(join(tools, 'yazl.cjs'))) return
  mkdirSync(join(project, 'src'), { recursive: true })
  mkdirSync(tools, { recursive: true })
  writeFileSync(join(project, 'package.json'), '{"name":"shop","version":"1.0.0","private":true}')
  install(project, `${DEPENDENCIES} ${MORE}`)
  install(project, DEVELOPMENT, '--save-dev')
  for (let index = 0; index < 20; index++) {
    const code = `const _ = require('lodash')\nconst z = require('zod')\nexports.handler = async () => ({ statusCode: 200, body: _.camelCase('f ${index}') + typeof z })\n`
    writeFileSync(join(project, `src/f${index}.js`), code)
  }
  cpSync(project, theirs, { recursive: true, verbatimSymlinks: true })
  cpSync(project, join(folder, 'whole'), { recursive: true, verbatimSymlinks: true })
  writeFileSync(join(project, 'serverless.yml'), service('nodejs22', 'http: { path: /fX, method: get }'))
  writeFileSync(join(theirs, 'serverless.yml'), service('nodejs22.x', 'httpApi: GET /fX'))
  const whole = `package: { excludeDevDependencies: false }\n`
  writeFileSync(join(folder, 'whole/serverless.yml'), service('nodejs22', 'http: { path: /fX, method: get }') + whole)
  writeFileSync(join(tools, 'package.json'), '{"private":true}')
  install(tools, 'osls@4 yazl@3')
  writeFileSync(join(tools, 'yazl.cjs'), YAZL)
}

function service(runtime, event) {
  const functions = Array.from(
    { length: 20 },
    (_, index) =>
      `  f${index}:\n    handler: src/f${index}.handler\n    events:\n      - ${event.replace('X', index)}\n`,
  )
  return `service: shop\nprovider: { name: aws, runtime: ${runtime} }\nfunctions:\n${functions.join('')}`
}

function install(cwd, packages, ...flags) {
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...flags, ...packages.split(' ')]
  const { status, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm install failed: ${stderr}`)
}

function time(command, args, cwd = folder) {
  const env = { ...process.env, TIMEFORMAT: '%3R %3U %3S', SLS_TELEMETRY_DISABLED: '1' }
  delete env.NODE_EXTRA_CA_CERTS
  const run = spawnSync('bash', ['-c', 'time "$@" >/dev/null 2>&1; exit ${PIPESTATUS[0]}', 'bash', command, ...args], {
    cwd,
    env,
    encoding: 'utf8',
  })
  const found = /([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(run.stderr)
  if (!found || run.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${run.status}: ${run.stderr}`)
  return { wall: Number(found[1]), cpu: Number(found[2]) + Number(found[3]) }
}

function judge(samples) {
  let isFine = true
  for (const [name, runs] of Object.entries(samples)) {
    const [wall, cpu] = ['wall', 'cpu'].map((kind) => median(runs.map((run) => run[kind])).toFixed(2))
    console.log(`  ${name.padEnd(28)} ${wall.padStart(7)} s wall ${cpu.padStart(7)} s cpu`)
  }
  for (const [name, limits] of Object.entries(LIMITS)) {
    const [mine, other] = name.split(' / ')
    const ratio = (kind) => median(samples[mine].map((run, round) => run[kind] / samples[other][round][kind]))
    const parts = Object.entries(limits).map(([kind, limit]) => {
      const value = ratio(kind)
      if (value > limit) isFine = false
      return `${kind} ${value.toFixed(3)} (limit ${limit}${value > limit ? ', OVER' : ''})`
    })
    console.log(`  ${name.padEnd(28)} ${parts.join('   ')}`)
  }
  return sameSize() && isFine
}

// Within half a percent of zlib at level 6, which is what yazl uses.
function sameSize() {
  const size = (path) => readFileSync(path).length
  const ratio = size(join(folder, 'whole/.sls/aws/shop.zip')) / size(join(folder, 'yazl.zip'))
  console.log(`  size of all files / yazl     ${ratio.toFixed(4)} (limit 1.005)`)
  return ratio <= 1.005
}
