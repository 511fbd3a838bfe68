// Saves a source again and again under `sls dev` and measures until the new code is there: `node bench/reload.mjs [reloads]`.
// Fails when the session has grown between the tenth and the last, and when the 95th percentile is above both limits: the
// time, and so many times an empty script, which is started after each reload on the same, perhaps busy, machine.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const RELOADS = Number(process.argv[2] ?? 100)
const LIMIT_MS = 200
const LIMIT_RATIO = 4
const GROWTH = 1.5
const sls = fileURLToPath(new URL('../bin/sls.js', import.meta.url))
const dir = mkdtempSync(join(tmpdir(), 'sls-reload-'))
writeFileSync(
  join(dir, 'serverless.yml'),
  'service: bench\nprovider: {name: local}\nfunctions:\n  hello:\n    handler: hello.handler\n    url: true\n',
)
const source = (word) => `import { tail } from './tail.ts'\nexport const handler = (): string => '${word}' + tail\n`
writeFileSync(join(dir, 'tail.ts'), `export const tail = '.'\n`)
writeFileSync(join(dir, 'hello.ts'), source('0'))

const session = spawn(process.execPath, [sls, 'dev', '--json=stream', '-d', dir], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const port = await listening(session)
  await expectAnswer(port, '0.')
  const took = []
  const empty = []
  const sizes = []
  for (let count = 1; count <= RELOADS; count++) {
    const began = performance.now()
    const told = reloaded(session)
    writeFileSync(join(dir, 'hello.ts'), source(String(count)))
    await told
    await expectAnswer(port, `${count}.`)
    took.push(performance.now() - began)
    if (count === 10 || count === RELOADS) sizes.push(measure(session.pid))
    // Meanwhile the next process gets ready; a person takes longer than this.
    empty.push(await emptyScript())
  }
  report(took, empty, sizes)
} finally {
  session.kill('SIGINT')
  await new Promise((resolve) => session.once('exit', resolve))
  rmSync(dir, { recursive: true, force: true })
}

function report(took, empty, [first, last]) {
  const [p50, p95, most, p95OfEmpty] = [at(took, 0.5), at(took, 0.95), at(took, 1), at(empty, 0.95)]
  const ratio = p95 / p95OfEmpty
  console.log(`${RELOADS} reloads: p50 ${p50} ms, p95 ${p95} ms, slowest ${most} ms`)
  console.log(
    `an empty script beside them: p50 ${at(empty, 0.5)} ms, p95 ${p95OfEmpty} ms; the ratio of the p95s is ${ratio.toFixed(2)}`,
  )
  console.log(
    `session: ${first.mb} -> ${last.mb} MB, ${first.files} -> ${last.files} open files, ${first.children} -> ${last.children} processes`,
  )
  const isSlow = p95 > LIMIT_MS && ratio > LIMIT_RATIO
  const grown = last.mb > first.mb * GROWTH || last.files > first.files + 5 || last.children > first.children + 2
  if (isSlow) console.log(`p95 is above ${LIMIT_MS} ms and ${LIMIT_RATIO} empty scripts`)
  if (grown) console.log('the session has grown')
  if (isSlow || grown) process.exitCode = 1
}

function at(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))])
}

function emptyScript() {
  const began = performance.now()
  return new Promise((resolve) => {
    spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }).once('exit', () => resolve(performance.now() - began))
  })
}

function measure(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const files = readdirSync(`/proc/${pid}/fd`)
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).length
  return { mb: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024), files: files.length, children }
}

function listening(child) {
  return new Promise((resolve, reject) => {
    let told = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      if (told.length < 1e5) told += chunk
      const found = /"kind":"listening".*?http:\/\/localhost:(\d+)/.exec(told)
      if (found) resolve(Number(found[1]))
    })
    child.once('exit', () => reject(new Error(`the session did not begin: ${told}`)))
  })
}

function reloaded(child) {
  return new Promise((resolve) => {
    const read = (chunk) => {
      if (!chunk.includes('"reload hello"')) return
      child.stdout.off('data', read)
      resolve()
    }
    child.stdout.on('data', read)
  })
}

async function expectAnswer(port, text) {
  const got = await get(port)
  if (got !== text) throw new Error(`answered ${got}, not ${text}`)
}

function get(port) {
  return new Promise((resolve) => {
    request({ port, host: '127.0.0.1' }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve(body))
    })
      .on('error', () => resolve(''))
      .end()
  })
}
