import { CORE_SCHEMA, defineMappingTag, defineScalarTag, defineSequenceTag, mergeTag } from 'js-yaml'

type Pair = Record<string, unknown>

const never = (): boolean => false

// `!Ref x` and its kin stand in raw resources of several clouds; they become the long form that JSON has too.
const scalar = defineScalarTag<Pair>('!', {
  matchByTagPrefix: true,
  resolve: (source, _explicit, tag) => long(tag, tag === '!GetAtt' ? source.split('.') : source),
  identify: never,
})

const sequence = defineSequenceTag<{ tag: string; items: unknown[] }, Pair>('!', {
  matchByTagPrefix: true,
  create: (tag) => ({ tag, items: [] }),
  addItem: (carrier, item) => {
    carrier.items.push(item)
  },
  finalize: (carrier) => long(carrier.tag, carrier.items),
  identify: never,
})

const mapping = defineMappingTag<{ tag: string; map: Map<unknown, unknown> }, Pair>('!', {
  matchByTagPrefix: true,
  create: (tag) => ({ tag, map: new Map() }),
  addPair: (carrier, key, value) => {
    carrier.map.set(key, value)
    return ''
  },
  has: (carrier, key) => carrier.map.has(key),
  keys: (result) => Object.keys(result),
  get: (result, key) => result[String(key)],
  finalize: (carrier) => long(carrier.tag, Object.fromEntries(carrier.map as Map<string, unknown>)),
  identify: never,
})

function long(tag: string, value: unknown): Pair {
  const name = tag.slice(1)
  return { [name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`]: value }
}

/** YAML 1.2 with merge keys and the clouds' short tags. */
export const YAML_SCHEMA = CORE_SCHEMA.withTags(mergeTag, scalar, sequence, mapping)
