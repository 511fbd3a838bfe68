// CPU of the hot commands against an empty script: `node bench/startup.mjs [rounds]`. Exits 1 when one is over its limit.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureCpu, report } from './measure.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const rounds = Number(process.argv[2] ?? 30)
const folder = mkdtempSync(join(tmpdir(), 'anyfaas-bench-'))

const LIMITS = { 'sls --version': 1.15, 'sls print (10 functions)': 3, 'sls invoke (hello)': 4 }

try {
  writeFileSync(join(folder, 'empty.cjs'), '')
  writeFileSync(join(folder, 'serverless.yml'), tenFunctions())
  const sls = (...args) => ({ command: process.execPath, args: [join(root, 'bin/sls.js'), ...args] })
  const rows = measureCpu(
    {
      'an empty script': { command: process.execPath, args: [join(folder, 'empty.cjs')] },
      'sls --version': sls('--version'),
      'sls --help': sls('--help'),
      'sls explain SLS1002': sls('explain', 'SLS1002'),
      'sls check (10 functions)': sls('check', '-d', folder),
      'sls print (10 functions)': sls('print', '-d', folder),
      'sls translate (10 functions)': sls('translate', '-d', folder, '--stdout'),
      'sls invoke (hello)': sls('invoke', '--dir', join(root, 'examples/hello'), '-f', 'hello'),
    },
    rounds,
  )
  const isFine = report(
    `start-up on Node ${process.versions.node}, median of ${rounds} rounds in turn`,
    rows.map((row) => ({ ...row, limit: LIMITS[row.name] })),
  )
  process.exitCode = isFine ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}

function tenFunctions() {
  const functions = Array.from(
    { length: 10 },
    (_, index) => `
  fn${index}:
    handler: src/fn${index}.handler
    description: function number ${index}
    timeout: ${index + 5}
    environment:
      INDEX: ${index}
      NAME: \${self:service}-\${sls:stage}-${index}
    events:
      - http: { path: /api/v1/things-${index}/:id, method: [get, post], cors: true }
      - timer: { cron: "0 ${index} * * *", timezone: Asia/Shanghai }`,
  )
  return `service: bench
provider:
  name: aws
  runtime: nodejs
  region: eu-west-1
  memorySize: 256
  environment: { TABLE: "\${env:TABLE, 'things'}" }
functions:${functions.join('')}
`
}
