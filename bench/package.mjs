// Packaging against others' tools, whole processes in turn: `node bench/package.mjs [--quick] [--individually] [rounds] [folder]`.
// Projects and tools are installed into `folder` (a temporary one by default; a given one is kept for the next time). `--quick` is
// what CI runs: a smaller project, guarded by processor time, for wall time says little where others work too.
// `--individually` adds a zip a function, which takes osls minutes. Exits 1 when something is over its limit.
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median, once, peakBytes } from './measure.mjs'
import { makeLarge, prepare } from './package-projects.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { values: flags, positionals } = parseArgs({
  options: { quick: { type: 'boolean' }, individually: { type: 'boolean' } },
  allowPositionals: true,
})
const rounds = Number(positionals[0] ?? 3)
const folder = positionals[1] ?? mkdtempSync(join(tmpdir(), 'anyfaas-bench-'))
const at = (name) => join(folder, name)

// Ratios to what stands behind the slash. The quick project is small, so that starting Node.js weighs more.
const LIMITS = {
  'cold / osls': { wall: 0.12, cpu: 0.35, quick: { cpu: 0.5 } },
  'nothing changed / osls': { wall: 0.02, cpu: 0.04, quick: { cpu: 0.08 } },
  'one file changed / osls': { wall: 0.04, cpu: 0.06, quick: { cpu: 0.1 } },
  'individually / osls individually': { wall: 0.02, cpu: 0.02 },
  'all files / zip -r -6': { wall: 0.5, cpu: 1, quick: { cpu: 1.8 } },
  'all files / yazl': { wall: 0.25, cpu: 0.6, quick: { cpu: 0.75 } },
  // esbuild's own process is not counted with those that wait for it.
  'bundled / esbuild a function': { wall: 0.5, quick: { wall: 0.5 } },
}

// yazl uses zlib at level 6.
const SIZES = {
  'size of all files / yazl': [['all/.sls/aws/shop.zip'], ['yazl.zip'], 1.005],
  'size of bundled / esbuild a function': [['bundled/.sls/aws/shop.zip'], 'esbuild', 0.2],
}

const OVER = 'OVER'

const PEAK = flags.quick ? { files: 12_000, bytes: 150e6, limit: 256 } : { files: 50_000, bytes: 640e6, limit: 256 }

try {
  prepare(folder, flags.quick ? 'quick' : 'whole')
  const samples = {}
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(RUNS())) samples[name] = [...(samples[name] ?? []), run()]
  }
  const isFine = [judge(samples), judgeSizes(), judgePeak()].every(Boolean)
  process.exitCode = isFine ? 0 : 1
} finally {
  if (!positionals[1]) rmSync(folder, { recursive: true })
}

function RUNS() {
  const [tools, theirs, project] = [at('tools'), at('theirs'), at('project')]
  const node = (...args) => ({ command: process.execPath, args, cwd: folder })
  const osls = {
    ...node(join(tools, 'node_modules/osls/bin/serverless.js'), 'package'),
    cwd: theirs,
    env: { SLS_TELEMETRY_DISABLED: '1' },
  }
  return {
    osls: () => once(osls),
    cold: () => cold('project'),
    'nothing changed': () => once(sls(project)),
    'one file changed': () => {
      appendFileSync(join(project, 'src/f1.js'), `// ${process.hrtime.bigint()}\n`)
      return once(sls(project))
    },
    ...(flags.individually && {
      'osls individually': () => apart(theirs, () => once(osls)),
      individually: () => apart(project, () => cold('project')),
    }),
    'zip -r -6': () => {
      rmSync(at('zip.zip'), { force: true })
      return once({ command: 'zip', args: ['-q', '-r', '-6', at('zip.zip'), 'node_modules', 'src'], cwd: theirs })
    },
    yazl: () => once(node(join(tools, 'yazl.cjs'), theirs, at('yazl.zip'))),
    'all files': () => cold('all'),
    'esbuild a function': () => {
      mkdirSync(at('esbuild'), { recursive: true })
      return once(node(join(tools, 'esbuild.cjs'), at('bundled'), at('esbuild')))
    },
    bundled: () => cold('bundled'),
  }
}

function sls(project) {
  const args = [join(root, 'bin/sls.js'), 'package', '-d', project, '--provider', 'aws']
  return { command: process.execPath, args, cwd: folder }
}

function cold(name) {
  rmSync(join(at(name), '.sls'), { recursive: true, force: true })
  return once(sls(at(name)))
}

// A zip a function, for one run.
function apart(project, run) {
  const path = join(project, 'serverless.yml')
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, `${text}package: { individually: true }\n`)
  try {
    return run()
  } finally {
    writeFileSync(path, text)
  }
}

function judge(samples) {
  let isFine = true
  console.log(`Node.js ${process.version}, medians of ${rounds}`)
  for (const [name, runs] of Object.entries(samples)) {
    const [wall, cpu] = ['wallMs', 'cpuMs'].map((kind) => (median(runs.map((run) => run[kind])) / 1000).toFixed(2))
    console.log(`  ${name.padEnd(36)} ${wall.padStart(7)} s wall ${cpu.padStart(7)} s cpu`)
  }
  for (const [name, { quick, ...usual }] of Object.entries(LIMITS)) {
    const [mine, other] = name.split(' / ').map((each) => samples[each])
    if (!mine || !other) continue
    const limits = (flags.quick ? quick : usual) ?? {}
    const parts = ['wall', 'cpu'].map((kind) => {
      const ratio = median(mine.map((run, round) => run[`${kind}Ms`] / other[round][`${kind}Ms`]))
      return `${kind} ${within(ratio, limits[kind])}`
    })
    if (parts.some((part) => part.includes(OVER))) isFine = false
    console.log(`  ${name.padEnd(36)} ${parts.join('   ')}`)
  }
  return isFine
}

function within(value, limit, digits = 3) {
  if (limit === undefined) return value.toFixed(digits)
  return `${value.toFixed(digits)} (limit ${limit}${value > limit ? `, ${OVER}` : ''})`
}

function judgeSizes() {
  const size = (paths) => paths.reduce((sum, path) => sum + statSync(path).size, 0)
  const pathsOf = (given) =>
    typeof given === 'string' ? readdirSync(at(given)).map((name) => join(at(given), name)) : given.map(at)
  const texts = Object.entries(SIZES).map(([name, [mine, other, limit]]) => {
    const text = within(size(pathsOf(mine)) / size(pathsOf(other)), limit, 4)
    console.log(`  ${name.padEnd(36)} ${text}`)
    return text
  })
  return !texts.some((text) => text.includes(OVER))
}

// The most memory resident in the one process that there is, all threads together.
function judgePeak() {
  const peaks = [PEAK.files / 2, PEAK.files].map((files) => {
    const project = at(`large-${files}`)
    makeLarge(project, at('project'), { files, bytes: (PEAK.bytes * files) / PEAK.files })
    rmSync(join(project, '.sls'), { recursive: true, force: true })
    return { files, bytes: peakBytes(sls(project)) }
  })
  const [half, whole] = peaks.map(({ bytes }) => bytes / 1024 / 1024)
  const each = ((whole - half) * 1024 * 1024) / (PEAK.files / 2)
  console.log(`  MB resident with ${PEAK.files / 2} files           ${half.toFixed(0)}`)
  console.log(
    `  MB resident with ${PEAK.files} files           ${within(whole, PEAK.limit, 0)}, ${each.toFixed(0)} bytes more a file`,
  )
  return whole <= PEAK.limit
}
