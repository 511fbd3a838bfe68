/** The keys from the root of a tree to a value in it. */
export type Path = readonly string[]

export interface Leaf {
  readonly path: Path
  readonly value: unknown
}

/** Every value of a tree that holds no others; empty maps and lists are such values too. */
export function leavesOf(tree: unknown, path: Path = []): Leaf[] {
  if (typeof tree !== 'object' || tree === null || tree instanceof Date) return [{ path, value: tree }]
  const entries = Object.entries(tree)
  if (entries.length === 0) return [{ path, value: tree }]
  return entries.flatMap(([key, value]) => leavesOf(value, [...path, key]))
}

/** The tree with another value at a path; what is beside the path is shared with the given one. */
export function withValue<T>(tree: T, path: Path, value: unknown): T {
  const [key, ...rest] = path
  if (key === undefined) return value as T
  const given = tree as Record<string, unknown>
  const copy = (Array.isArray(tree) ? [...tree] : { ...given }) as Record<string, unknown>
  copy[key] = withValue(given[key], rest, value)
  return copy as T
}

/** The tree without a key, or without an item of a list. */
export function without<T>(tree: T, path: Path): T {
  const holder = valueAt(tree, path.slice(0, -1))
  const key = path.at(-1) as string
  if (Array.isArray(holder)) {
    return withValue(
      tree,
      path.slice(0, -1),
      holder.filter((_, index) => String(index) !== key),
    )
  }
  const { [key]: _, ...rest } = holder as Record<string, unknown>
  return withValue(tree, path.slice(0, -1), rest)
}

export function valueAt(tree: unknown, path: Path): unknown {
  let at = tree
  for (const key of path) at = (at as Record<string, unknown> | undefined)?.[key]
  return at
}

// Words that a value has to be one of somewhere: another word of the same list is a change that can be read.
const WORDS: readonly (readonly string[])[] = [
  ['get', 'post', 'put', 'delete', 'patch'],
  ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'],
  ['created', 'removed', 'created:put'],
  ['latest', 'earliest'],
  ['HTTP', 'HTTPS', 'HTTP,HTTPS'],
  ['nodejs18', 'nodejs20', 'python3.10', 'custom'],
  ['context', 'raw', 'fetch', 'express', 'cloudevent'],
  ['cjs', 'esm'],
  ['none', 'iam'],
  ['UTC', 'Asia/Tokyo', 'America/New_York'],
  ['JSON', 'STREAM'],
  ['json', 'stream'],
  ['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY'],
  ['express', 'koa', 'static'],
  ['mq', 'queue', 'kafka'],
  ['cron', 'every'],
  ['header:Authorization', 'query:token'],
  ['aliyun', 'aws', 'tencent', 'local'],
]

// Texts with a grammar of their own.
const FORMS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(\S+\s+){4,6}\S+$/, ['17 3 5 * *', '0 17 3 5 * *']],
  [/^(cron|rate)\(/, ['cron(17 3 5 * ? *)', 'rate(7 minutes)']],
  [/^@?\w*\s*\d+\s*[a-z]+$/, ['7m', '11m', '@every 7m']],
  [/^\//, ['/changed', '/changed/*', '/:changed']],
  [/^[a-z]+ \//i, ['PATCH /changed']],
  [/^\d+$/, ['7', '19']],
]

/** Other values of the same kind, likely ones first. */
export function changesOf(value: unknown): readonly unknown[] {
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'number') {
    const others = [value + 1, value - 1, value * 2, value * 4, Math.floor(value / 2), value + 128, 1, 2, 60]
    return [...new Set(others)].filter((other) => other !== value && other >= 0)
  }
  if (typeof value === 'string') {
    const words = WORDS.filter((list) => list.includes(value)).flat()
    const forms = FORMS.filter(([form]) => form.test(value)).flatMap(([, texts]) => texts)
    return [
      ...words,
      ...forms,
      `${value}x`,
      `x${value}`,
      'nodejs18',
      'python3.10',
      'latest',
      'GET',
      'true',
      '1',
    ].filter((other) => other !== value)
  }
  if (Array.isArray(value)) return [['changed'], [{ changed: 1 }]]
  if (value === null) return ['changed', 7, true, {}]
  return [{ changed: 'changed' }, { changed: { path: './changed' } }]
}
