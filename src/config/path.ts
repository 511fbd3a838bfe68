type Parsed = { readonly path: string } | { readonly reason: string }

// A path is asked for by the check of its text, by the rules and by the model.
const parsed = new Map<string, Parsed>()

/** A route's path in canonical form: `/a/:id/*`. Takes `{id}`, `{rest+}`, and a path without its first slash. */
export function parsePath(text: string): Parsed {
  const known = parsed.get(text) ?? parse(text)
  parsed.set(text, known)
  return known
}

// Nothing to take apart: no wildcard, and one parameter at the most.
const STATIC = /^(?:\/[\w.~-]+)+$/
const ONE_PARAMETER = /^((?:\/[\w.~-]+)*\/)(?:\{(\w+)\}|:(\w+))((?:\/[\w.~-]+)*)$/

function parse(text: string): Parsed {
  if (STATIC.test(text)) return { path: text }
  const one = ONE_PARAMETER.exec(text)
  if (one) return { path: `${one[1]}:${one[2] ?? one[3]}${one[4]}` }
  if (/[\s?#]/.test(text)) return { reason: 'it cannot contain blanks, "?" or "#"' }
  const segments = text.split('/').filter((segment, index) => !(index === 0 && segment === ''))
  const out: string[] = []
  const names = new Set<string>()
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    const part = parseSegment(segment, last)
    if ('reason' in part) return part
    if (part.name !== undefined && names.has(part.name))
      return { reason: `the parameter "${part.name}" is there twice` }
    if (part.name !== undefined) names.add(part.name)
    out.push(part.text)
  }
  return { path: `/${out.join('/')}` }
}

type Segment = { readonly text: string; readonly name?: string } | { readonly reason: string }

function parseSegment(segment: string, last: boolean): Segment {
  if (segment === '*' || segment === '**' || /^\{\w+[+*]\}$/.test(segment)) {
    return last ? { text: '*' } : { reason: `the wildcard "${segment}" can only be the last part` }
  }
  const name = /^:(\w+)$|^\{(\w+)\}$/.exec(segment)
  if (name) {
    const found = (name[1] ?? name[2]) as string
    return { text: `:${found}`, name: found }
  }
  if (segment === '' && !last) return { reason: 'it has an empty part' }
  if (/[*:{}]/.test(segment)) return { reason: `"${segment}" mixes text with a parameter or a wildcard` }
  return { text: segment }
}
