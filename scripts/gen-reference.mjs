// From schemas/*.ts and src/config/defaults.ts: docs/reference.md, every key of the service file.

export async function generateReference(loadTs) {
  const { serviceSchema } = await loadTs('schemas/service.ts')
  const { KIND_ALIASES } = await loadTs('src/config/aliases.ts')
  const { DEFAULTS } = await loadTs('src/config/defaults.ts')
  const root = serviceSchema(KIND_ALIASES)
  const fn = root.$defs.function.properties
  const provider = root.properties.provider.properties
  const shared = Object.keys(provider).filter((key) => key in fn)
  const only = (object, keys) => Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)))
  const without = (object, keys) => Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))
  return {
    'docs/reference.md': [
      '# Every key of a service file',
      'Generated from the schema by `npm run gen`. How the file is read is in [spec.md](spec.md).',
      section('Top level', root.properties, root.required),
      section('provider', without(provider, shared)),
      section(
        'provider and functions',
        only(fn, shared),
        [],
        'Under `provider` they hold for every function; a function’s own win.',
      ),
      section('functions.NAME', without(fn, shared)),
      section(
        'aggregation.NAME',
        without(root.$defs.aggregate.properties, Object.keys(fn)),
        [],
        'And every key of a function, for the aggregate itself.',
      ),
      ...nested('package', root.properties.package),
      ...nested('domain', root.properties.domain),
      ...nested('vpc', fn.vpc),
      ...nested('logs', fn.logs),
      ...nested('concurrency', fn.concurrency),
      ...nested('async', fn.async),
      ...nested('custom', fn.custom),
      ...nested('container', fn.container),
      '## Triggers',
      'An item of `events` is `{kind: options}`, the bare kind, or a shorthand where the table says text.',
      section(
        'Every kind',
        without(only(root.$defs['event-event'].properties, Object.keys(root.$defs['event-event'].properties)), []),
        [],
        undefined,
        '###',
      ),
      ...Object.entries(root.$defs)
        .filter(([name]) => name.startsWith('event-'))
        .map(([name, schema]) => trigger(name.slice(6), schema, root, KIND_ALIASES)),
      '## Defaults',
      'The same on every provider, except where a platform forbids the value (a warning says so).',
      table(
        ['what', 'value'],
        Object.entries(DEFAULTS).map(([name, value]) => [`\`${name}\``, `\`${value}\``]),
      ),
      '',
    ].join('\n\n'),
  }
}

function nested(name, schema) {
  const lists = [section(name, schema.properties, schema.required)]
  for (const [key, inner] of Object.entries(schema.properties))
    if (inner.properties) lists.push(section(`${name}.${key}`, inner.properties, inner.required))
  return lists
}

function trigger(kind, schema, root, aliases) {
  const others = Object.keys(aliases).filter((alias) => aliases[alias] === kind)
  const common = Object.keys(root.$defs['event-event'].properties)
  const own = Object.fromEntries(Object.entries(schema.properties).filter(([key]) => !common.includes(key)))
  const names = others.length > 0 ? ` Also \`${others.join('` `')}\`.` : ''
  const short = [schema.type].flat().includes('string') ? ' A text is its shorthand.' : ''
  if (Object.keys(own).length === 0) return `### ${kind}\n\n${schema.description}${names}`
  return section(kind, own, schema.required, `${schema.description}${names}${short}`, '###')
}

function section(title, properties, required = [], words, level = '##') {
  const rows = Object.entries(properties).map(([key, schema]) => [
    `\`${key}\`${required.includes(key) ? ' (required)' : ''}`,
    typeOf(schema),
    schema.default === undefined ? '' : `\`${schema.default}\``,
    schema.description ?? '',
  ])
  return [`${level} ${title}`, ...(words ? [words] : []), table(['key', 'type', 'default', 'meaning'], rows)].join(
    '\n\n',
  )
}

function typeOf(schema) {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(' ')
  const types = [schema.type ?? 'any'].flat().filter((type) => type !== 'null')
  const words = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'true, false',
    object: 'map',
    array: 'list',
    any: 'any',
  }
  return types.map((type) => words[type]).join(' or ')
}

function table(head, rows) {
  const cell = (text) => text.replaceAll('|', '\\|')
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
  ].join('\n')
}
