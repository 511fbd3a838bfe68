// A realistic service of any size, the same at every run: 2 KB a function, of comments, settings, variables and triggers.

const AREAS = ['orders', 'payments', 'customers', 'catalog', 'shipping', 'search', 'reports', 'mail']
const VERBS = ['create', 'read', 'update', 'delete', 'list', 'export', 'approve', 'cancel']
const METHODS = ['post', 'get', 'put', 'delete', 'get', 'get', 'patch', 'post']
const ZONES = ['Asia/Shanghai']

/** A service file of `count` functions, as our own format has it, or as `osls` takes the same functions. */
export function makeService(count, dialect = 'anyfaas') {
  const random = seeded(20_261_121)
  const functions = Array.from({ length: count }, (_, index) => makeFunction(index, random, DIALECTS[dialect]))
  return `# The whole shop as one service.
service: shop
provider:
  name: aws
  runtime: ${DIALECTS[dialect].runtime}
  region: eu-west-1
  stage: dev
  memorySize: 256
  timeout: 10
  environment:
    STAGE: \${sls:stage}
    REGION: \${self:provider.region}
functions:
${functions.join('')}`
}

// What the two formats spell differently.
const DIALECTS = {
  anyfaas: {
    runtime: 'nodejs',
    timer: (cron, zone) => `- timer: { cron: "${cron}", timezone: ${zone} }`,
    storage: (bucket, prefix) =>
      `- os: { bucket: ${bucket}, events: [created, removed], filter: { prefix: ${prefix} } }`,
  },
  osls: {
    runtime: 'nodejs22.x',
    timer: (cron, zone) => {
      const [minute, hour, day, month, weekday] = cron.split(' ')
      const fields = weekday === '*' ? [minute, hour, day, month, '?'] : [minute, hour, '?', month, 'MON-FRI']
      return `- schedule: { rate: "cron(${fields.join(' ')} *)", method: scheduler, timezone: ${zone} }`
    },
    storage: (bucket, prefix) =>
      `- s3: { bucket: ${bucket}, event: s3:ObjectCreated:*, rules: [{ prefix: ${prefix} }] }`,
  },
}

function makeFunction(index, random, dialect) {
  const pick = (list) => list[Math.floor(random() * list.length)]
  const area = pick(AREAS)
  const verb = Math.floor(random() * VERBS.length)
  const name = `${area}-${VERBS[verb]}-${index}`
  const team = `team-${1 + Math.floor(random() * 9)}`
  return `
  # ${area}: ${VERBS[verb]}, number ${index}. Asked for by ${team}; see the handbook before its limits are changed.
  ${name}:
    handler: src/${area}/${VERBS[verb]}-${index}.handler
    description: "${VERBS[verb]} in ${area}: function number ${index}, of ${team}"
    memorySize: ${pick([128, 256, 512, 1024])} # measured, not guessed
    timeout: ${5 + Math.floor(random() * 20)}
    tags: { team: ${team}, area: ${area}, cost-center: "${4000 + Math.floor(random() * 900)}" }
    environment:
${makeEnvironment(area, index, random)}
    events:
${makeEvents({ area, index, method: METHODS[verb], zone: pick(ZONES) }, random, dialect)}
`
}

function makeEnvironment(area, index, random) {
  const hex = (length) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
  const lines = [
    `TABLE_NAME: \${self:service}-\${sls:stage}-${area}`,
    'REGION: ${self:provider.region}',
    `LOG_LEVEL: \${env:LOG_LEVEL, 'info'}`,
    `ENDPOINT: https://${area}-${index}.internal.example.com:8443/v2/things?limit=100&order=asc`,
    `QUEUE_PREFIX: 'it''s ${area}/${index}: first in, first out'`,
    `FEATURES: "search,export;${hex(24)}"`,
    `RETRIES: ${Math.floor(random() * 5)}`,
    `IS_DRY: ${random() < 0.5}`,
    `GREETING: Grüße aus der Abteilung „${area}“ ✓`,
    '# The checksum of the settings above, as the release job writes it.',
    `CHECKSUM: ${hex(64)}`,
    ...Array.from(
      { length: 9 },
      (_, key) => `OPTION_${key}: ${area}-${hex(28)} of ${1 + key}, for stage and region alike`,
    ),
    'TEMPLATE: |',
    `  Dear customer,`,
    `  your ${area} number ${index} is on its way: "${hex(8)}".`,
  ]
  return lines.map((line) => `      ${line}`).join('\n')
}

// Three of four answer requests; the others are called by timers and storage. Edition 2.0 of FC lets nobody do both.
function makeEvents({ area, index, method, zone }, random, dialect) {
  const hour = Math.floor(random() * 24)
  const cron = `${Math.floor(random() * 60)} ${hour} * * ${random() < 0.5 ? '*' : 'MON-FRI'}`
  const events =
    index % 4 < 3
      ? [
          '- http:',
          `    path: /api/v1/${area}/${index}/{id}`,
          `    method: ${method}`,
          '    cors: true',
          '- http:',
          `    path: /api/v1/${area}/${index}`,
          '    method: get',
          '    cors: true',
        ]
      : [dialect.timer(cron, zone), dialect.storage(`shop-${area}-${index}-1250000000`, `in/${index}/`)]
  return events.map((line) => `      ${line}`).join('\n')
}

// mulberry32: small, and the same everywhere.
function seeded(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
