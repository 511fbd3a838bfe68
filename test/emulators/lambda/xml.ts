import type { Member, Schema, Tree } from './schema.ts'

/** A value as an XML element of a name, by the models' names. */
export function toXml(name: string, value: unknown, schema: Schema): string {
  return `<${name}>${inside(value, schema)}</${name}>`
}

/** The value of the first element of a document. Enough of XML for what the vendor's own clients write. */
export function fromXml(text: string, schema: Schema): unknown {
  const [root] = elementsOf(text)
  return root ? readValue(root.inner, schema) : {}
}

function inside(value: unknown, schema: Schema): string {
  if (schema.kind === 'list')
    return (value as unknown[]).map((item) => toXml(itemName(schema.member), item, schema.member.schema())).join('')
  if (schema.kind === 'map')
    return Object.entries(value as Tree)
      .map(
        ([key, item]) => `<entry><key>${toEntities(key)}</key>${toXml('value', item, schema.value.schema())}</entry>`,
      )
      .join('')
  if (schema.kind !== 'structure') return toEntities(String(value))
  return Object.entries(value as Tree)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => {
      const member = schema.members.get(key)
      if (!member) throw new Error(`the models have no ${schema.name}.${key}`)
      return element(nameOf(key, member), item, member)
    })
    .join('')
}

function element(name: string, value: unknown, { schema, traits }: Member): string {
  const own = schema()
  if (own.kind !== 'list' || !traits['xmlFlattened']) return toXml(name, value, own)
  return (value as unknown[]).map((item) => toXml(name, item, own.member.schema())).join('')
}

function readValue(text: string, schema: Schema): unknown {
  if (schema.kind === 'list') return elementsOf(text).map(({ inner }) => readValue(inner, schema.member.schema()))
  if (schema.kind === 'number') return Number(text)
  if (schema.kind === 'boolean') return text === 'true'
  if (schema.kind !== 'structure') return fromEntities(text)
  const found = elementsOf(text)
  const fields = [...schema.members].flatMap(([key, member]): [string, unknown][] => {
    const own = found.filter(({ name }) => name === nameOf(key, member))
    if (own.length === 0) return []
    const type = member.schema()
    if (type.kind !== 'list' || !member.traits['xmlFlattened']) return [[key, readValue(own[0]?.inner ?? '', type)]]
    return [[key, own.map(({ inner }) => readValue(inner, type.member.schema()))]]
  })
  return Object.fromEntries(fields)
}

function elementsOf(text: string): { name: string; inner: string }[] {
  const found: { name: string; inner: string }[] = []
  const open = /<([A-Za-z][\w:.-]*)(?:\s[^>]*?)?(\/)?>/g
  for (let match = open.exec(text); match; match = open.exec(text)) {
    const [, name = '', isEmpty] = match
    const end = isEmpty ? open.lastIndex : text.indexOf(`</${name}>`, open.lastIndex)
    found.push({ name, inner: isEmpty ? '' : text.slice(open.lastIndex, end) })
    if (!isEmpty) open.lastIndex = end + name.length + 3
  }
  return found
}

function nameOf(key: string, { traits }: Member): string {
  return String(traits['xmlName'] ?? key)
}

function itemName({ traits }: Member): string {
  return String(traits['xmlName'] ?? 'member')
}

function toEntities(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

function fromEntities(text: string): string {
  return text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
}
