/**
 * The lines of a stack, each at the place in the source that its code was made from, where a source map lies beside that
 * code. The maps are read when something is logged: Node's own flag would read them at every cold start.
 */
export function atOrigins(lines: readonly string[]): string[] {
  const frames = lines.map(frameOf)
  const asked = frames.filter((frame): frame is Frame => frame !== undefined && !known.has(frame.key))
  for (const file of new Set(asked.map((frame) => frame.file))) {
    learn(
      file,
      asked.filter((frame) => frame.file === file),
    )
  }
  return lines.map((line, index) => {
    const frame = frames[index]
    const origin = frame && known.get(frame.key)
    return frame && origin !== undefined ? `${frame.head}${origin}${frame.tail}` : line
  })
}

interface Frame {
  readonly head: string
  /** `file:line:column` as the stack has it. */
  readonly key: string
  readonly tail: string
  readonly file: string
  /** Both from 0, as in maps. */
  readonly line: number
  readonly column: number
}

// By `Frame.key`; undefined where no map tells. Code has only so many places that can throw.
const known = new Map<string, string | undefined>()

function frameOf(text: string): Frame | undefined {
  const [, head = '', url = '', line = '', column = '', tail = ''] = FRAME.exec(text) ?? []
  if (url === '') return undefined
  const file = url.startsWith(SCHEME) ? decoded(url.slice(SCHEME.length)) : url
  return { head, tail, file, key: `${file}:${line}:${column}`, line: Number(line) - 1, column: Number(column) - 1 }
}

const SCHEME = 'file://'
const FRAME = /^(\s+at (?:.*\(|async )?)((?:file:\/\/)?\/[^()]+\.[cm]?js):(\d+):(\d+)(\)?)$/

function learn(file: string, frames: readonly Frame[]): void {
  for (const { key } of frames) known.set(key, undefined)
  const map = readMap(file)
  if (!map) return
  for (const [{ key }, { source, line, column }] of findOrigins(map.mappings, frames)) {
    const url = new URL(`${map.sourceRoot ?? ''}${map.sources[source]}`, `${SCHEME}${file}`)
    known.set(key, `${decoded(url.pathname)}:${line + 1}:${column + 1}`)
  }
}

interface Origin {
  readonly source: number
  readonly line: number
  readonly column: number
}

/** The mappings are differences from one to the next, so all before the last frame's line are read. */
function findOrigins(mappings: string, frames: readonly Frame[]): Map<Frame, Origin> {
  const found = new Map<Frame, Origin>()
  const rows = mappings.split(';', Math.max(...frames.map(({ line }) => line)) + 1)
  let [source, line, column] = [0, 0, 0]
  for (const [row, text] of rows.entries()) {
    const here = frames.filter((frame) => frame.line === row)
    let start = 0
    for (const segment of text === '' ? [] : text.split(',')) {
      const [columns = 0, sources = 0, lines = 0, sourceColumns = 0] = numbersIn(segment)
      start += columns
      source += sources
      line += lines
      column += sourceColumns
      for (const frame of here) if (frame.column >= start) found.set(frame, { source, line, column })
    }
  }
  return found
}

// https://tc39.es/ecma426/#sec-base64-vlq
function numbersIn(segment: string): number[] {
  const numbers: number[] = []
  let [bits, shift] = [0, 0]
  for (const letter of segment) {
    const digit = DIGITS.indexOf(letter)
    bits |= (digit & 31) << shift
    shift += 5
    if (digit & 32) continue
    numbers.push(bits & 1 ? -(bits >> 1) : bits >> 1)
    bits = 0
    shift = 0
  }
  return numbers
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

interface SourceMap {
  readonly sourceRoot?: string
  readonly sources: readonly string[]
  readonly mappings: string
}

function readMap(file: string): SourceMap | undefined {
  try {
    const { readFileSync } = openBuiltin('fs') as { readFileSync(path: string, encoding: 'utf8'): string }
    const [, name] = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(readFileSync(file, 'utf8').slice(-LONGEST_NAME)) ?? []
    if (name === undefined || name.startsWith('data:')) return undefined
    const map = JSON.parse(readFileSync(decoded(new URL(name, `${SCHEME}${file}`).pathname), 'utf8'))
    return typeof map.mappings === 'string' && Array.isArray(map.sources) ? map : undefined
  } catch {
    // The code is not there as a file, or its map was left out: the stack stays as it is.
    return undefined
  }
}

// A file may be called `100%.ts`: its map says so without an escape.
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const LONGEST_NAME = 1024

// The types of Node.js stay out of this package. Before 20.16 it has no such function, but the platforms' own starts are CommonJS there.
function openBuiltin(name: string): unknown {
  const { process } = globalThis as unknown as {
    readonly process: {
      readonly getBuiltinModule?: (name: string) => unknown
      readonly mainModule?: { require(name: string): unknown }
    }
  }
  return process.getBuiltinModule?.(name) ?? process.mainModule?.require(name)
}
