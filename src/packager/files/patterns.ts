/**
 * The patterns of `package`: globs as in a .gitignore, in order, later wins; `!` takes out. Beside git's own syntax
 * they know `{a,b}`, because users of other tools write it.
 */
export interface Patterns {
  /** Whether a file is in the artifact, when it would be `byDefault`. The name is relative, with `/`. */
  decide(name: string, byDefault: boolean): boolean
  /** Some pattern puts files in. */
  readonly adds: boolean
  /** Some pattern that puts files in says `node_modules` itself. */
  readonly addsPackages: boolean
}

/** `ignored` are the lines of ignore files: they take away what would be in by default, and the patterns come after them. */
export function compilePatterns(patterns: readonly string[], ignored: readonly string[] = []): Patterns {
  const rows = patterns.map(compileRow)
  const ignores = ignored.map(compileRow)
  const isEmpty = rows.length === 0 && ignores.length === 0
  return {
    decide(name, byDefault) {
      if (isEmpty) return byDefault
      const isPackage = isInPackages(name)
      let included = byDefault
      if (included && ignores.length > 0) included = !isIgnored(ignores, name, isPackage)
      for (const row of rows) {
        if (row.includes === included) continue
        // `**/*.html` means the user's pages, not those of every package.
        if (row.includes && isPackage && !row.namesPackages) continue
        if (row.regexp.test(name)) included = row.includes
      }
      return included
    },
    adds: rows.some((row) => row.includes),
    addsPackages: rows.some((row) => row.includes && row.namesPackages),
  }
}

/** A glob as git reads one in a .gitignore at the root, for names of files: a folder's name matches what is in it. */
export function globToRegExp(glob: string): RegExp {
  const body = glob.replace(/^\.\//, '/').replace(/(?<!\\)\s+$/, '')
  const folderOnly = body.endsWith('/')
  const anchored = body.slice(0, -1).includes('/')
  const parts = body.replace(/^\//, '').replace(/\/$/, '').split('/')
  const last = parts.length - 1
  let source = anchored ? '^' : '^(?:.*/)?'
  for (const [index, part] of parts.entries()) {
    const isLast = index === last
    if (part === '**') source += isLast ? (folderOnly ? '.*/' : '.') : '(?:.*/)?'
    else source += segment(part) + (isLast && !folderOnly ? '(?:/|$)' : '/')
  }
  return new RegExp(source, 's')
}

// `dist` in an ignore file means the user's folder, not that of every package.
function isIgnored(rows: readonly Row[], name: string, isPackage: boolean): boolean {
  let ignored = false
  for (const row of rows) {
    if (row.includes === ignored || (isPackage && !row.namesPackages)) continue
    if (row.regexp.test(name)) ignored = row.includes
  }
  return ignored
}

interface Row {
  readonly includes: boolean
  readonly namesPackages: boolean
  readonly regexp: RegExp
}

function compileRow(pattern: string): Row {
  const includes = !pattern.startsWith('!')
  const glob = includes ? pattern : pattern.slice(1)
  return { includes, namesPackages: isInPackages(glob), regexp: globToRegExp(glob) }
}

function isInPackages(name: string): boolean {
  return name.split('/').includes('node_modules')
}

// One part between slashes, character by character.
function segment(glob: string): string {
  let source = ''
  let braces = 0
  for (let at = 0; at < glob.length; at++) {
    const char = glob.charAt(at)
    if (char === '*') source += '[^/]*'
    else if (char === '?') source += '[^/]'
    else if (char === '[') {
      const set = readSet(glob, at)
      source += set.source
      at = set.end
    } else if (char === '{' && glob.includes('}', at)) {
      source += '(?:'
      braces++
    } else if (char === '}' && braces > 0) {
      source += ')'
      braces--
    } else if (char === ',' && braces > 0) source += '|'
    else source += literal(char === '\\' ? glob.charAt(++at) : char)
  }
  return source
}

// `[a-z]`, `[!a-z]`, `[]a]`: a `]` right at the start stands for itself. Without an end it is a plain bracket.
function readSet(glob: string, start: number): { source: string; end: number } {
  const negated = '!^'.includes(glob.charAt(start + 1) || '-')
  const from = start + (negated ? 2 : 1)
  const end = glob.indexOf(']', from + 1)
  if (end < 0) return { source: '\\[', end: start }
  const inside = glob.slice(from, end).replace(/[\]\\[^]/g, '\\$&')
  return { source: negated ? `[^/${inside}]` : `(?!/)[${inside}]`, end }
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
