// What the runtime costs per call: CPU nanoseconds against a handler that does the same by hand, on the same event,
// in the same process, round by round. Needs the bundles: `npm run build`, then `node bench/runtime.mjs`.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'

const require = createRequire(import.meta.url)
const ROUNDS = 25
const CALLS = 20_000

const bundles = {
  lambda: '../plugins/aws/dist/lambda/runtime.cjs',
  fc2: '../plugins/aliyun/dist/fc2/runtime.cjs',
  fc3: '../plugins/aliyun/dist/fc3/runtime.cjs',
  scf: '../plugins/tencent/dist/scf/runtime.cjs',
  local: '../dist/local/runtime.cjs',
}

const member = {
  name: 'users',
  handler: 'handler',
  signature: 'context',
  routes: [{ path: '/users/:id', methods: ['GET'] }],
  triggers: [],
  timeoutSec: 3,
}

function entry(platform, handler) {
  const manifest = { service: 'bench', stage: 'dev', provider: platform, function: 'users', members: [member] }
  return require(bundles[platform]).start(manifest, { users: { handler: async () => ({ handler }) } }).handler
}

const names =
  'accept accept-encoding content-length user-agent x-amzn-trace-id x-forwarded-for x-forwarded-port x-forwarded-proto a b c'
const headers = {
  host: 'example.com',
  ...Object.fromEntries(names.split(' ').map((name) => [name, `the value of ${name}`])),
}
const request = { method: 'GET', path: '/users/42', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'bench' }

const lambdaEvent = {
  version: '2.0',
  routeKey: '$default',
  rawPath: '/users/42',
  rawQueryString: 'x=1',
  headers,
  queryStringParameters: { x: '1' },
  pathParameters: { id: '42' },
  requestContext: { domainName: 'api.execute-api.us-east-1.amazonaws.com', stage: '$default', http: request },
  isBase64Encoded: false,
}
const lambdaContext = { awsRequestId: 'r', getRemainingTimeInMillis: () => 3000 }

const fcEvent = Buffer.from(
  JSON.stringify({
    version: 'v1',
    rawPath: '/users/42',
    headers,
    queryParameters: { x: '1' },
    body: '',
    isBase64Encoded: false,
    requestContext: { http: request, requestId: 'r', timeEpoch: '0' },
  }),
)
const fcContext = { requestId: 'r', function: { timeout: 3 } }

const json = (value) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

const lambda = (handler) => {
  const call = entry('lambda', handler)
  return () => call(lambdaEvent, lambdaContext)
}
const fc3 = (handler) => {
  const call = entry('fc3', handler)
  return () => call(fcEvent, fcContext)
}

const jobs = {
  'lambda, fixed answer': {
    raw: async () => json({ id: '42' }),
    ours: lambda(async () => ({ id: '42' })),
  },
  'lambda, parameter and query': {
    raw: (
      (handle) => () =>
        handle(lambdaEvent)
    )(async (event) => json({ id: event.pathParameters.id, x: event.queryStringParameters.x })),
    ours: lambda(async (ctx) => ({ id: ctx.params.id, x: ctx.query.x })),
  },
  'fc 3.0, from bytes': {
    parse: async () => JSON.parse(fcEvent.toString()),
    raw: async () => json({ id: JSON.parse(fcEvent.toString()).rawPath.slice(7) }),
    ours: fc3(async (ctx) => ({ id: ctx.params.id })),
  },
}

async function once(call) {
  const before = process.cpuUsage()
  for (let index = 0; index < CALLS; index++) await call()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / CALLS
}

/** The best of many short rounds, which take turns: what others do on the machine hits all alike. */
async function compare(calls) {
  const best = {}
  for (const name in calls) await once(calls[name])
  for (let round = 0; round < ROUNDS; round++) {
    for (const name in calls) best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, await once(calls[name]))
  }
  return best
}

console.log('ns of CPU per call')
for (const [name, calls] of Object.entries(jobs)) {
  const best = await compare(calls)
  const figures = Object.entries(best).map(([key, ns]) => `${key} ${ns.toFixed(0)}`)
  console.log(`  ${name.padEnd(30)} ${figures.join('  ')}  (+${(best.ours - best.raw).toFixed(0)})`)
}

console.log('bundles')
for (const [name, path] of Object.entries(bundles)) {
  const text = readFileSync(new URL(path, import.meta.url))
  console.log(
    `  ${name.padEnd(8)} ${(text.length / 1024).toFixed(1)} KB, ${(gzipSync(text).length / 1024).toFixed(1)} KB gzip`,
  )
}
