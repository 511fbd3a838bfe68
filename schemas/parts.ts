import {
  anything,
  choice,
  flag,
  int,
  keys,
  list,
  map,
  num,
  or,
  type Schema,
  secretText,
  text,
  texts,
} from './define.ts'

const NAME = {
  pattern: '^[A-Za-z_][A-Za-z0-9_-]*$',
  patternWords: 'letters, digits, "_" and "-", not starting with a digit',
  maxLength: 128,
}

export const name = (description: string): Schema => text(description, NAME)

export const names: Schema = { type: 'string', ...NAME }

export const environment: Schema = map('Environment variables. Numbers and switches become text.', {
  type: ['string', 'number', 'boolean', 'null'],
  secret: true,
})

export const vpc: Schema = keys(
  'The private network that the function reaches.',
  {
    id: text('Id of the network.'),
    subnets: texts('Ids of its subnets (switches).'),
    securityGroups: texts('Ids of the security groups.'),
  },
  { required: ['id'] },
)

export const logs: Schema = or(
  keys('Where logs go; `false` turns collection off.', {
    project: text('The log project (log set).'),
    store: text('The store (topic, group) in it.'),
  }),
  ['boolean'],
)

export const tags: Schema = map('Labels on what is deployed.', { type: ['string', 'number', 'boolean'] })

export const concurrency: Schema = or(
  keys('How many calls and instances; a number means calls per instance.', {
    instance: int('Calls that one instance serves at a time.', 1),
    reserved: int('Instances (or calls) kept for this function alone.', 0),
    min: int('Instances that are always there.', 0),
    max: int('The most instances.', 1),
    factor: num('By which part of the range it scales at a time.', 0),
    target: num('The load of an instance that the platform aims at.', 0),
  }),
  ['integer'],
  { minimum: 1 },
)

export const asyncCalls: Schema = keys('How asynchronous calls are retried and where their results go.', {
  retries: int('Further attempts after a failure.', 0, 1000),
  maxAge: int('Seconds after which a call is given up.', 1),
  onSuccess: text('Where successful results go: a function or the platform’s own address.'),
  onFailure: text('Where failed calls go.'),
  callback: secretText('An HTTP address that gets the result.'),
})

export const healthCheck: Schema = or(
  keys('How the platform finds out that the server is up; a text is the path.', {
    path: text('The path that answers 2xx when the server is well.', { default: '/' }),
    interval: int('Seconds between checks.', 1),
    timeout: int('Seconds after which a check has failed.', 1),
    initialDelay: int('Seconds before the first check.', 0),
    failureThreshold: int('Failures in a row after which an instance is replaced.', 1),
    successThreshold: int('Successes in a row after which it is well again.', 1),
  }),
  ['string'],
)

const port = int('The port that the server listens on.', 1, 65535, { default: 9000 })

export const custom: Schema = keys('For `runtime: custom`: any program that serves HTTP.', {
  command: texts('The program; `./bootstrap` when missing.'),
  args: list('Its arguments.', { type: 'string' }),
  port,
  healthCheck,
})

export const container: Schema = keys('For `runtime: container`: an image that serves HTTP.', {
  image: text('The image, best by digest; with `build` the name that the built one is pushed under.'),
  build: or(
    keys('How the image is built; a text is the folder of the Dockerfile. With `base` it takes no Docker.', {
      base: text(
        'Put the service’s files on this image: a name, best by digest, `./folder` of an OCI layout, or `scratch`.',
      ),
      platforms: texts('Such as `linux/amd64`, `linux/arm64`; the platform’s own when missing.'),
      context: text('The folder.'),
      dockerfile: text('The Dockerfile in it.'),
      args: map('Build arguments.', { type: ['string', 'number', 'boolean'] }),
      target: text('The stage to stop at.'),
    }),
    ['string'],
  ),
  command: texts('Instead of the image’s entry point.'),
  args: list('Instead of the image’s arguments.', { type: 'string' }),
  port,
  healthCheck,
})

export const packageOptions: Schema = keys('What goes into the artifact.', {
  include: texts('Globs of files to add.'),
  exclude: texts('Globs of files to leave out; later ones win.'),
  patterns: texts('Both in one list: a leading `!` leaves out.'),
  excludeDevDependencies: flag('Leave development dependencies out.', { default: true }),
  trace: flag('Of packages, take only the files that the code requires.', { default: false }),
  artifact: text('Use this zip as it is when it exists, else write it under this name.'),
  individually: flag('One artifact a function.', { default: false }),
  bundle: or(
    keys('Bundle the code: `true` for TypeScript and ES modules unless said otherwise.', {
      minify: flag('Shorten the code.', { default: false }),
      external: texts('Packages that stay packages.'),
      format: choice('Module format of the bundle.', ['cjs', 'esm'], { default: 'cjs' }),
      sourcemap: flag('Write source maps beside it.', { default: true }),
    }),
    ['boolean'],
  ),
  layer: text('Publish the dependencies as a layer of this name.'),
})

export const cors: Schema = or(
  keys('Answers to other origins; `true` allows all.', {
    origins: texts('Allowed origins; `*` when missing.'),
    methods: texts('Allowed methods; the route’s own when missing.', { form: 'method' }),
    headers: texts('Allowed request headers.'),
    exposeHeaders: texts('Response headers that scripts may read.'),
    maxAge: int('Seconds that a browser keeps the answer.', 0),
    credentials: flag('Allow cookies.'),
  }),
  ['boolean'],
)

export const auth: Schema = {
  type: ['string', 'object'],
  description: 'Who may call: everybody (`none`), the platform’s identities (`iam`), or bearers of a token (`jwt`).',
  properties: {
    jwt: keys('Checks of a JSON web token.', {
      issuer: text('The issuer’s address.'),
      audience: texts('Accepted audiences.'),
      jwks: text('Address or text of the key set.'),
      source: text('Where the token is, as `header:Authorization`.'),
    }),
  },
  required: ['jwt'],
  additionalProperties: false,
  pattern: '^(none|iam)$',
  patternWords: '"none", "iam" or {jwt: …}',
}

export const overrides: Schema = map(
  'Provider -> raw settings in its own words, merged last.',
  anything('Raw settings.'),
)
