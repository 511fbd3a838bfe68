import { membersOf, type Pointer, placedTriggersOf, type Service, type Statement, type Trigger } from '@anyfaas/kit'

/** A part of the service while statements are gathered. */
export interface Part {
  readonly kind: 'service' | 'function' | 'trigger' | 'feature'
  readonly name: string
  readonly subject: string
  readonly pointer: Pointer
  readonly said: { readonly platform: string; readonly statement: Statement }[]
  readonly parts: Map<string, Part>
}

export interface Parts {
  readonly roots: readonly Part[]
  /** The part that a pointer belongs to; a feature is made when it is first spoken of. */
  readonly ownerOf: (pointer: Pointer) => Part
}

/** The service cut into functions, their triggers, and one part for what belongs to no function. */
export function partsOf(service: Service): Parts {
  const rest = makePart('service', 'service', { subject: 'the service', pointer: '' })
  const owners = new Map<Pointer, Owner>([['', { part: rest, prefix: '' }]])
  const add = (pointer: Pointer, owner: Owner): void => {
    if (!owners.has(pointer)) owners.set(pointer, owner)
  }
  const roots = service.functions.map((fn) => {
    const kind = fn.code.kind === 'aggregate' ? 'aggregate' : 'function'
    const part = makePart('function', fn.name, { subject: `${kind} "${fn.name}"`, pointer: fn.at })
    add(fn.at, { part, prefix: '' })
    return { fn, part }
  })
  for (const { fn, part } of roots) {
    for (const member of membersOf(fn)) add(member.at, { part, prefix: `${member.name}.` })
    for (const { trigger } of placedTriggersOf(fn)) {
      if (owners.has(trigger.at)) continue
      const own = makePart('trigger', nameOf(trigger), { subject: `${trigger.kind} trigger`, pointer: trigger.at })
      part.parts.set(trigger.at, own)
      add(trigger.at, { part: own, prefix: '', word: trigger.kind })
    }
  }
  return { roots: [...roots.map(({ part }) => part), rest], ownerOf: (pointer) => find(owners, pointer) }
}

interface Owner {
  readonly part: Part
  /** Before the names of its features: whose they are. */
  readonly prefix: string
  /** Before them in sentences: the kind of a trigger. */
  readonly word?: string
}

function find(owners: ReadonlyMap<Pointer, Owner>, pointer: Pointer): Part {
  let end = pointer.length
  while (!owners.has(pointer.slice(0, end))) end = pointer.lastIndexOf('/', end - 1)
  const { part, prefix, word } = owners.get(pointer.slice(0, end)) as Owner
  if (end === pointer.length) return part
  const path = pointer.slice(end + 1).split('/')
  const name = prefix + path.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~')).join('.')
  const known = part.parts.get(pointer)
  if (known) return known
  const made = makePart('feature', name, { subject: word ? `${word} ${name}` : name, pointer })
  part.parts.set(pointer, made)
  return made
}

function nameOf(trigger: Trigger): string {
  if (trigger.kind === 'http') return `http ${trigger.methods.join(',') || 'any'} ${trigger.path}`
  const { kind, name } = trigger
  const options = trigger as unknown as Readonly<Record<string, unknown>>
  const of =
    name ?? ['bucket', 'topic', 'queue', 'table', 'stream', 'source', 'bus'].map((key) => options[key]).find(Boolean)
  return of === undefined ? kind : `${kind} ${of}`
}

function makePart(
  kind: Part['kind'],
  name: string,
  { subject, pointer }: { readonly subject: string; readonly pointer: Pointer },
): Part {
  return { kind, name, subject, pointer, said: [], parts: new Map() }
}
