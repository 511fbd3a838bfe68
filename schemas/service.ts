import { anything, choice, flag, int, keys, list, map, num, or, ref, type Schema, text, texts } from './define.ts'
import { eventItem, events, kinds } from './events.ts'
import * as parts from './parts.ts'

const limits = {
  timeout: int('Seconds that a call may take.', 1, 86_400),
  memorySize: int('Memory in MB.', 64, 65_536),
  cpu: num('Processors; a part of one is possible.', 0.05, 64),
  diskSize: int('Temporary disk in MB.', 128, 65_536),
  initTimeout: int('Seconds that the initializer may take.', 1, 600),
}

const shared = {
  runtime: text(
    '`nodejs` (the newest long-term version of the platform), `nodejs20`, `python3.12`, `go1`, `custom`, `container`, …',
    { default: 'nodejs' },
  ),
  ...limits,
  environment: parts.environment,
  role: text('The identity that the function runs as.'),
  vpc: parts.vpc,
  logs: parts.logs,
  tags: parts.tags,
  concurrency: parts.concurrency,
}

const provider = or(
  keys('The platform, and defaults for every function.', {
    name: text('`aliyun`, `tencent`, `aws`, `local`, …; `--provider` wins over it.'),
    edition: { type: ['string', 'number'], description: 'The platform’s edition, such as `3.0` or `2.0` of aliyun.' },
    region: text('Where it runs.'),
    stage: text('The stage: `dev`, `prod`, …', { default: 'dev' }),
    ...shared,
    profile: text('The credential profile to use.'),
    accountId: text('The account; in quotes, as it may begin with 0.'),
    endpoint: text('Another API endpoint: a private cloud, an emulator.'),
  }),
  ['string', 'null'],
)

const layer = or(
  keys(
    'A runtime extension.',
    {
      path: text('`npm:package@version`, `local:./folder` or `./folder`.'),
      name: text('Another name for it.'),
    },
    { required: ['path'] },
  ),
  ['string'],
)

const functionKeys: Readonly<Record<string, Schema>> = {
  handler: text('`file.export` or `folder/file.export`; `NAME.handler` when missing.'),
  description: { type: 'string', description: 'What it does.' },
  ...shared,
  initializer: text('`file.export`, run once an instance before the first call.'),
  layers: {
    type: ['array', 'object'],
    description: 'Names of runtime extensions, or ids of the platform’s own layers.',
    items: { type: 'string', minLength: 1 },
    additionalProperties: layer,
  },
  async: parts.asyncCalls,
  secrets: texts('Names of the platform’s secrets that the function reads.'),
  image: text('Short for `container: {image: …}`.'),
  container: parts.container,
  custom: parts.custom,
  signature: choice('How the handler is called.', ['context', 'fetch', 'express', 'cloudevent', 'raw'], {
    default: 'context',
  }),
  url: flag('Ask for a function URL.'),
  events,
  outputs: list('Where an asynchronous function sends.', {
    type: 'object',
    description: 'One destination of `ctx.send`.',
    properties: {
      name: text('Its name in `ctx.send(data, name)`.'),
      kind: choice('What it is.', ['mq', 'queue', 'kafka', 'mqtt', 'http', 'dapr']),
    },
    required: ['name', 'kind'],
  }),
  package: parts.packageOptions,
  deploy: flag('Leave it out of deployments when false.', { default: true }),
  overrides: parts.overrides,
}

const aggregate = keys('Several functions deployed as one.', {
  functions: texts('Names of its members.'),
  functionsPattern: texts('Globs over function names; a leading `!` leaves out.'),
  deployOrigin: flag('Deploy the members alone as well.', { default: false }),
  eventTrigger: flag('Take functions without an http trigger too.', { default: false }),
  ...functionKeys,
})

const domain = or(
  keys(
    'A custom domain; `false` for none.',
    {
      name: text('The host name; `auto` for one from the platform.'),
      protocol: choice('What it serves.', ['HTTP', 'HTTPS', 'HTTP,HTTPS'], { default: 'HTTP' }),
      certificate: map('The certificate, in the platform’s words.', {
        type: ['string', 'number', 'boolean'],
        secret: true,
      }),
      routes: map('Path -> function.', { type: 'string' }),
    },
    { required: ['name'] },
  ),
  ['string', 'boolean'],
)

const APPS = ['express', 'koa', 'egg', 'fastify', 'hono', 'nest', 'static']

const deployType: Schema = {
  type: ['string', 'object'],
  description: 'A whole web application becomes one function on `/*`.',
  properties: {
    type: choice('The framework.', APPS),
    entry: text('The module that exports the application or listens; the folder, for `static` and `egg`.'),
    prefix: text('For `static`: the path that the site stands under, such as `/docs`.', {
      pattern: '^/.*[^/]$',
      patternWords: 'a path such as /docs',
    }),
    notFound: text('For `static`: the page of the status 404, `404.html` when missing.'),
    fallback: text('For `static`: the page for every path that is no file, as client-side routers want it.'),
    maxAge: int('For `static`: seconds that browsers keep a file without asking.', 0),
  },
  required: ['type'],
  pattern: `^(${APPS.join('|')})$`,
  patternWords: `one of ${APPS.join(', ')}`,
}

/** The service file, version 1, in canonical spelling. */
export function serviceSchema(
  aliases: Readonly<Record<string, string>>,
): Schema & { readonly $defs: Readonly<Record<string, Schema>> } {
  const root = keys(
    'An application of functions.',
    {
      service: or(
        keys(
          'The application; groups its functions.',
          { name: serviceName, description: { type: 'string', description: 'What it does.' } },
          { required: ['name'] },
        ),
        ['string'],
        serviceNameRule,
      ),
      provider,
      functions: map('Name -> function.', ref('function'), { propertyNames: parts.names }),
      aggregation: map('Name -> functions deployed as one.', ref('aggregate'), { propertyNames: parts.names }),
      layers: map('Name -> runtime extension.', layer),
      package: parts.packageOptions,
      plugins: list('Plugins: package names or `./path`.', { type: 'string', minLength: 1 }),
      stages: map('Stage -> what differs there; merged over the file.', {
        type: ['object', 'null'],
        description: 'A part of the file.',
      }),
      params: map('Stage or `default` -> values of `${param:}`.', {
        type: ['object', 'null'],
        description: 'Names to values.',
      }),
      domain,
      deployType,
      resources: map('Provider -> resources in its own words.', anything('Raw resources.')),
      overrides: parts.overrides,
      custom: anything('Yours.'),
    },
    { required: ['service'] },
  )
  const defs: Record<string, Schema> = {
    function: or(keys('A function.', functionKeys), ['null']),
    aggregate,
    event: eventItem(aliases),
  }
  for (const [kind, schema] of Object.entries(kinds)) defs[`event-${kind}`] = schema
  return { ...root, $defs: defs }
}

const serviceNameRule = {
  pattern: '^[A-Za-z][A-Za-z0-9_.-]*$',
  patternWords: 'letters, digits, "_", "." and "-", starting with a letter',
  maxLength: 128,
}

const serviceName = text('Its name.', serviceNameRule)
