import {
  anything,
  flag,
  int,
  keys,
  list,
  map,
  or,
  ref,
  type Schema,
  secretText,
  type Type,
  text,
  texts,
} from './define.ts'
import { auth, cors, overrides } from './parts.ts'

const BASE: Readonly<Record<string, Schema>> = {
  name: text('The name of the trigger; made from the function and the kind when missing.'),
  enabled: flag('Whether it fires.', { default: true }),
  version: { type: ['string', 'integer'], description: 'The same as `qualifier`.' },
  qualifier: { type: ['string', 'integer'], description: 'The version or alias of the function that it calls.' },
  role: text('The identity that the platform takes to call the function.'),
  overrides,
}

const batch: Schema = or(
  keys('How many messages make one call; a number is the size.', {
    size: int('The most messages in a call.', 1),
    window: int('Seconds to wait for a full batch.', 0),
  }),
  ['integer'],
  { minimum: 1 },
)

function kind(
  description: string,
  options: Readonly<Record<string, Schema>>,
  more: { required?: readonly string[]; also?: readonly Type[]; extra?: object } = {},
): Schema {
  const schema = keys(description, { ...options, ...BASE }, more.required ? { required: more.required } : {})
  return more.also ? or(schema, more.also, more.extra) : schema
}

/** One schema a kind of trigger, by its canonical name. */
export const kinds: Readonly<Record<string, Schema>> = {
  http: kind(
    'Requests. In short: `http: GET /path`.',
    {
      path: text('`/a`, `/a/:id`, `/a/{id}`, `/a/*`.', { default: '/*', form: 'path' }),
      method: texts('`get`, `get,post`, a list, or `any`.', { default: 'any', form: 'method' }),
      cors,
      auth,
      timeout: int('Seconds that the caller waits.', 1),
      streaming: flag('Send the answer piece by piece where the platform can.'),
    },
    { also: ['string', 'boolean', 'null'], extra: { form: 'route' } },
  ),
  timer: kind(
    'Calls at set times.',
    {
      cron: text('5 fields, 6 with seconds, 7 with a year; `cron(…)`, `rate(…)`, `@every 5m`, `@daily`.', {
        form: 'schedule',
      }),
      every: text('An interval: `30s`, `5m`, `1h`, `1d`.', { form: 'interval' }),
      timezone: text('An IANA time zone.', { default: 'UTC', form: 'timezone' }),
      payload: anything('What the call carries.'),
      type: text('Older form: `cron` or `every`, with `value`.'),
      value: text('Older form: the expression or the interval.'),
    },
    { also: ['string'], extra: { form: 'schedule' } },
  ),
  os: kind(
    'Files in object storage.',
    {
      bucket: text('The bucket.'),
      events: texts('`created`, `removed`, with a sub-kind as `created:put`, or the vendor’s own names.', {
        default: 'created',
      }),
      filter: keys('Which keys.', {
        prefix: { type: 'string', description: 'How they begin.' },
        suffix: { type: 'string', description: 'How they end.' },
      }),
    },
    { required: ['bucket'] },
  ),
  mq: kind(
    'Messages of a topic.',
    {
      topic: text('The topic.'),
      filter: anything('Which messages, in the platform’s words.'),
      tags: texts('Which tags.'),
      format: text('How messages are wrapped.'),
      retry: text('How failed deliveries are repeated.'),
      region: text('Where the topic is.'),
    },
    { required: ['topic'], also: ['string'] },
  ),
  queue: kind(
    'Messages of a queue, in batches.',
    { queue: text('The queue.'), batch, visibility: int('Seconds that a taken message stays hidden.', 0) },
    { required: ['queue'], also: ['string'] },
  ),
  kafka: kind('Records of Kafka topics.', {
    brokers: texts('Addresses of the brokers.'),
    instance: text('The managed cluster.'),
    topics: texts('The topics.'),
    topic: text('One topic.'),
    group: text('The consumer group.'),
    offset: { type: ['string', 'integer'], description: '`latest`, `earliest`, or a time.' },
    batch,
  }),
  mqtt: kind(
    'Messages of an MQTT broker.',
    {
      broker: secretText('Address of the broker.'),
      instance: text('The managed broker.'),
      topic: text('The topic filter.'),
      qos: int('Quality of service.', 0, 2),
    },
    { required: ['topic'] },
  ),
  log: kind(
    'Lines of a log store.',
    {
      source: text('The store that is read.'),
      project: text('The project of the trigger’s own log.'),
      log: text('The store of the trigger’s own log.'),
      retry: int('Repeats of a failed call.', 0),
      interval: int('Seconds between calls.', 1),
      filter: text('Which lines.'),
    },
    { required: ['source'] },
  ),
  table: kind(
    'Changes of a table.',
    { table: text('The table.'), instance: text('The database it is in.'), batch },
    { required: ['table'] },
  ),
  stream: kind(
    'Records of a data stream.',
    { stream: text('The stream.'), position: text('Where to begin: `latest`, `earliest`, or a time.'), batch },
    { required: ['stream'] },
  ),
  cdn: kind('Events of a content network.', { events: texts('Names of the events.'), domains: texts('The domains.') }),
  eventbus: kind('Events of a bus that match a pattern.', {
    bus: text('The bus; the default one when missing.'),
    pattern: anything('Which events, in the platform’s words.'),
  }),
  dapr: kind(
    'A Dapr component.',
    {
      component: text('Its name.'),
      topic: text('The topic of a pub/sub component; none means an input binding.'),
      components: keys('The component itself.', {
        type: text('Its type.'),
        version: text('Its version.'),
        metadata: map('Its settings.', { secret: true }),
      }),
    },
    { required: ['component'] },
  ),
  event: kind('Whatever the platform can invoke a function with.', {}, { also: ['boolean', 'null'] }),
}

/** One item of `events`: `{kind: options}`, or the bare kind. */
export function eventItem(aliases: Readonly<Record<string, string>>): Schema {
  const properties: Record<string, Schema> = {}
  for (const [name, schema] of Object.entries(kinds)) properties[name] = ref(`event-${name}`, schema.description)
  for (const [alias, canonical] of Object.entries(aliases))
    properties[alias] = ref(`event-${canonical}`, `The same as \`${canonical}\`.`)
  return {
    type: ['object', 'string'],
    description: 'A trigger: `{kind: options}`, or the bare kind.',
    properties,
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    pattern: `^(${[...Object.keys(kinds), ...Object.keys(aliases)].join('|')})$`,
    patternWords: 'a kind of trigger',
  }
}

export const events: Schema = list('What calls the function.', ref('event'))
