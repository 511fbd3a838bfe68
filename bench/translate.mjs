// `sls translate` against parsing the same YAML alone, and against `osls print` of the same functions, as whole processes in
// turn: `node bench/translate.mjs [rounds] [functions…]`. Exits 1 when one is over its limit. Needs npm to install osls.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measure, median, peakBytes } from './measure.mjs'
import { makeService } from './service.mjs'

// Times are processor time; memory is the peak of resident bytes. What is reached, with room for a busy machine; what is wanted
// stands in docs/performance.md.
const LIMITS = { overParse: 2, overOsls: 1 / 7.5, growth: 8, memoryOverOsls: 0.5 }
const OSLS = 'osls@4.3.1'
const PROVIDERS = ['aws', 'aliyun', 'tencent']

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const rounds = Number(process.argv[2] ?? 5)
const sizes = process.argv.length > 3 ? process.argv.slice(3).map(Number) : [100, 1000]
const folder = mkdtempSync(join(tmpdir(), 'anyfaas-bench-'))

try {
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', OSLS], { cwd: folder })
  const yaml = createRequire(import.meta.url).resolve('js-yaml')
  const parse = `require(${JSON.stringify(yaml)}).load(require('node:fs').readFileSync(process.argv[2], 'utf8'))`
  writeFileSync(join(folder, 'parse.cjs'), parse)
  const rows = sizes.flatMap((size) => run(size))
  process.exitCode = judge(rows) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}

function run(size) {
  const own = join(folder, `own-${size}`)
  const other = join(folder, `osls-${size}`)
  for (const [dir, dialect] of [
    [own, 'anyfaas'],
    [other, 'osls'],
  ]) {
    mkdirSync(dir)
    writeFileSync(join(dir, 'serverless.yml'), makeService(size, dialect))
  }
  const node = (...args) => ({ command: process.execPath, args })
  const translate = (provider) =>
    node(join(root, 'bin/sls.js'), 'translate', '--stdout', '-d', own, '--provider', provider)
  const commands = {
    parse: node(join(folder, 'parse.cjs'), join(own, 'serverless.yml')),
    osls: { ...node(join(folder, 'node_modules/osls/bin/serverless.js'), 'print'), cwd: other },
    ...Object.fromEntries(PROVIDERS.map((provider) => [provider, translate(provider)])),
  }
  const samples = measure(commands, rounds)
  const peaks = Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, peakBytes(command)]))
  console.log(`\n${size} functions, median of ${rounds} rounds in turn on Node ${process.versions.node}`)
  return Object.entries(samples).map(([name, own]) => show({ size, name, own, peaks }, samples))
}

function show({ size, name, own, peaks }, { parse, osls }) {
  const ratio = (other, what) => median(own.map((sample, round) => sample[what] / other[round][what]))
  const row = {
    size,
    name,
    cpuMs: median(own.map((sample) => sample.cpuMs)),
    overParse: ratio(parse, 'cpuMs'),
    overOsls: ratio(osls, 'cpuMs'),
    wallOverOsls: ratio(osls, 'wallMs'),
    memoryOverOsls: peaks[name] / peaks.osls,
  }
  const label = name === 'parse' ? 'js-yaml, parsing alone' : name === 'osls' ? 'osls print' : `sls translate, ${name}`
  const figures = [
    `${row.cpuMs.toFixed(0).padStart(7)} ms cpu`,
    `${(peaks[name] / 2 ** 20).toFixed(0).padStart(5)} MB`,
    `${row.overParse.toFixed(2).padStart(6)} x parsing`,
    `osls: cpu 1/${(1 / row.overOsls).toFixed(1)}, wall 1/${(1 / row.wallOverOsls).toFixed(1)}, memory ${row.memoryOverOsls.toFixed(2)}`,
  ]
  console.log(`  ${label.padEnd(24)} ${figures.join('  ')}`)
  return row
}

// The limits hold for a thousand functions: smaller services are start-up, which bench/startup.mjs judges.
function judge(rows) {
  const found = []
  for (const provider of PROVIDERS) {
    const at = (size) => rows.find((row) => row.name === provider && row.size === size)
    const large = at(1000)
    if (!large) continue
    const small = at(100)
    const figures = { ...large, ...(small && { growth: large.cpuMs / small.cpuMs }) }
    for (const [what, limit] of Object.entries(LIMITS)) {
      if (figures[what] > limit)
        found.push(`${provider}: ${what} is ${figures[what].toFixed(2)}, limit ${limit.toFixed(2)}`)
    }
  }
  for (const line of found) console.log(`OVER  ${line}`)
  return found.length === 0
}
