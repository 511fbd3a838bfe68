// Times commands as whole processes, in turn: A B C A B C …, so that a machine whose speed drifts harms no ratio.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Median of numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * CPU milliseconds (user and system, children included) of each command, `rounds` times after one warm-up.
 * `commands` maps names to {command, args, cwd?, env?}. The first one is what the ratios are against.
 */
export function measureCpu(commands, rounds) {
  const samples = measure(commands, rounds)
  const [base] = Object.values(samples)
  return Object.entries(samples).map(([name, own]) => ({
    name,
    cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
    ratio: median(own.map(({ cpuMs }, round) => cpuMs / base[round].cpuMs)),
  }))
}

/** What each round of each command took, after one warm-up: {cpuMs, wallMs}. */
export function measure(commands, rounds) {
  const names = Object.keys(commands)
  for (const name of names) once(commands[name])
  const samples = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) for (const name of names) samples[name].push(once(commands[name]))
  return samples
}

/** The most memory that a Node.js command had resident, in bytes, as it says itself at its end. */
export function peakBytes(command) {
  const folder = mkdtempSync(join(tmpdir(), 'anyfaas-measure-'))
  try {
    const answer = join(folder, 'peak')
    const text = `require('node:fs').writeFileSync(${JSON.stringify(answer)}, String(process.resourceUsage().maxRSS))`
    writeFileSync(join(folder, 'peak.cjs'), `process.once('exit', () => ${text})`)
    once({ ...command, env: { ...command.env, NODE_OPTIONS: `--require ${join(folder, 'peak.cjs')}` } })
    return Number(readFileSync(answer, 'utf8')) * 1024
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** One run: {cpuMs, wallMs}. The shell's own clock counts the finished process and its children in milliseconds. */
export function once({ command, args, cwd, env = {} }) {
  const clean = { ...process.env, ...env, TIMEFORMAT: '%3R %3U %3S' }
  // Node 20 reads the certificates of this variable at every start, which would hide everything else.
  delete clean.NODE_EXTRA_CA_CERTS
  const run = spawnSync('bash', ['-c', 'time "$@" >/dev/null 2>&1; exit ${PIPESTATUS[0]}', 'bash', command, ...args], {
    cwd,
    env: clean,
    encoding: 'utf8',
  })
  const times = /(\S+) (\S+) (\S+)\s*$/.exec(run.stderr)
  if (!times || run.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${run.status}: ${run.stderr}`)
  const [wall, user, system] = times.slice(1).map((text) => Number(text.replace(',', '.')) * 1000)
  return { wallMs: wall, cpuMs: user + system }
}

/** Prints rows as a table, and says which are over their limit. Returns whether all are within. */
export function report(title, rows) {
  console.log(`\n${title}`)
  let isFine = true
  for (const { name, cpuMs, ratio, limit } of rows) {
    const over = limit !== undefined && ratio > limit
    if (over) isFine = false
    const bound = limit === undefined ? '' : `  limit ${limit.toFixed(2)}${over ? '  OVER' : ''}`
    console.log(
      `  ${name.padEnd(28)} ${cpuMs.toFixed(1).padStart(8)} ms cpu  ${ratio.toFixed(2).padStart(6)} x${bound}`,
    )
  }
  return isFine
}
