// Times commands as whole processes, in turn: A B C A B C …, so that a machine whose speed drifts harms no ratio.
import { spawnSync } from 'node:child_process'

/** Median of numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * CPU seconds (user and system, children included) of each command, `rounds` times after one warm-up.
 * `commands` maps names to {command, args, cwd?, env?}. The first one is what the ratios are against.
 */
export function measureCpu(commands, rounds) {
  const names = Object.keys(commands)
  for (const name of names) cpuOf(commands[name])
  const samples = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) for (const name of names) samples[name].push(cpuOf(commands[name]))
  const [base] = names
  return names.map((name) => ({
    name,
    cpuMs: median(samples[name]) * 1000,
    ratio: median(samples[name].map((value, round) => value / samples[base][round])),
  }))
}

// The shell's own clock counts the finished process and its children in milliseconds.
function cpuOf({ command, args, cwd, env = {} }) {
  const clean = { ...process.env, ...env, TIMEFORMAT: '%3U %3S' }
  // Node 20 reads the certificates of this variable at every start, which would hide everything else.
  delete clean.NODE_EXTRA_CA_CERTS
  const run = spawnSync('bash', ['-c', 'time "$@" >/dev/null 2>&1; exit ${PIPESTATUS[0]}', 'bash', command, ...args], {
    cwd,
    env: clean,
    encoding: 'utf8',
  })
  const times = /(\d+[.,]\d+) (\d+[.,]\d+)\s*$/.exec(run.stderr)
  if (!times || run.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${run.status}: ${run.stderr}`)
  return Number(times[1].replace(',', '.')) + Number(times[2].replace(',', '.'))
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
