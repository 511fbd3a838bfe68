import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface SourceFile {
  /** Relative to the project. */
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
}

const sources: readonly SourceFile[] = filesUnder('src').concat(filesUnder('plugins'), filesUnder('bin'))

// The floors of docs/architecture.md: a room imports from lower floors, or from itself.
const FLOORS: Readonly<Record<string, number>> = {
  'src/kit': 1,
  'src/runtime': 1,
  'src/web': 2,
  'src/console': 2,
  'src/config': 2,
  'src/providers': 2,
  'src/packager': 2,
  'src/engine': 2,
  'src/local': 2,
  'plugins/aliyun': 2,
  'plugins/aws': 2,
  'plugins/tencent': 2,
  'plugins/_template': 2,
  'src/actions': 3,
  'src/ui': 4,
  'src/cli': 5,
  'src/index.ts': 5,
  bin: 5,
}

// Data about the world outside, each in one file.
const VENDOR_WORDS_ALLOWED = new Set([
  // The file format's own names of trigger kinds.
  'src/config/aliases.ts',
  // Headers by which platforms call servers.
  'src/runtime/server/headers.ts',
  // Folders of credentials, which never go into an artifact.
  'src/packager/files/never.ts',
  // Names of packages.
  'src/packager/runtime/names.ts',
  // Examples in help texts.
  'src/cli/commands/translate.ts',
])

// Inside the local platform's process a failure is a status code; these never reach a user as they are.
const OWN_SIGNALS = new Set([
  'src/console/api.ts: ApiError',
  'src/console/console.ts: ApiError',
  'src/local/client/client.ts: PlatformGone',
  'src/local/platform/services/event-answer.ts: CallFailure',
  'src/local/platform/services/gateway.ts: HttpError',
  'src/local/platform/door/other-sites.ts: HttpError',
  'src/local/platform/instances/proxy.ts: CallFailure',
  'src/local/platform/instances/server-instance.ts: CallFailure',
])

describe('the house', () => {
  it('has every file in a room that is on the map', () => {
    expect(sources.length).toBeGreaterThan(100)
    expect(sources.filter(({ path }) => roomOf(path) === undefined).map(({ path }) => path)).toEqual([])
  })

  it('lets a room import only from floors below', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports.flatMap((target) => {
        const [from, to] = [roomOf(path), roomOf(target)]
        if (from === undefined || to === undefined || from === to) return []
        return (FLOORS[to] ?? 0) < (FLOORS[from] ?? 0) ? [] : [`${path} -> ${target}`]
      }),
    )
    expect(wrong).toEqual([])
  })

  it('lets plugins know kit and runtime only', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      path.startsWith('plugins/')
        ? imports
            .filter((target) => roomOf(target) !== roomOf(path) && !/^src\/(kit|runtime)\b/.test(target))
            .map((target) => `${path} -> ${target}`)
        : [],
    )
    expect(wrong).toEqual([])
  })

  it('has no circles', () => {
    expect(circleIn(new Map(sources.map(({ path, imports }) => [path, imports])))).toEqual([])
  })

  it('keeps files at 250 lines', () => {
    const long = sources.filter(({ path, text }) => !path.includes('.gen.') && text.split('\n').length > 251)
    expect(long.map(({ path, text }) => `${path}: ${text.split('\n').length - 1}`)).toEqual([])
  })

  it('throws SlsError on purpose and Error only for what cannot be', () => {
    // The runtime's own errors are told to the user's log, not to ours; see src/runtime/src/failure.ts.
    const thrown = sources
      .filter(
        ({ path }) =>
          !path.startsWith('src/runtime/') &&
          !path.includes('/runtime/') &&
          !path.startsWith('src/local/worker') &&
          !path.includes('.gen.'),
      )
      .flatMap(({ path, text }) => [...text.matchAll(/throw new (\w+)\(/g)].map((match) => `${path}: ${match[1]}`))
      .filter((one) => !/: (SlsError|Error)$/.test(one) && !OWN_SIGNALS.has(one))
    expect(thrown).toEqual([])
  })

  it('swallows no error', () => {
    const empty = sources.filter(({ text }) => /catch\s*(\([^)]*\))?\s*\{\s*\}/.test(text))
    expect(empty.map(({ path }) => path)).toEqual([])
  })

  it('keeps vendor words in vendor rooms', () => {
    const words = /\b(aliyun|alibaba|tencent|scf|lambda|cloudformation|dynamodb|cloudwatch|eventbridge|apigateway)\b/i
    const found = sources
      .filter(({ path }) => path.startsWith('src/') && !path.includes('.gen.') && !VENDOR_WORDS_ALLOWED.has(path))
      .flatMap(({ path, text }) =>
        withoutComments(text)
          .split('\n')
          .flatMap((line, index) => (words.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
      )
    expect(found).toEqual([])
  })

  it('has generated files that are fresh', () => {
    expect(execFileSync(process.execPath, ['scripts/gen.mjs', '--check'], { cwd: root, encoding: 'utf8' })).toBe('')
  }, 300_000)

  it('names no machine and no registry', () => {
    const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
      .split('\n')
      .filter(Boolean)
    const bad = new RegExp(
      ['work', 'root']
        .map((folder) => `(^|[\\s"'(=])/${folder}/`)
        .concat(['registry', 'npmjs', 'org'].join('\\.'), '"resolved": "' + 'http')
        .join('|'),
    )
    expect(
      tracked.filter(
        (path) =>
          /\.(ts|js|mjs|json|md|yml|yaml|sh|txt)$|^\.ci/.test(path) && bad.test(readFileSync(join(root, path), 'utf8')),
      ),
    ).toEqual([])
  })
})

function filesUnder(folder: string): SourceFile[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return names
    .map((name) => join(folder, name))
    .filter(
      (path) => /\.(ts|js)$/.test(path) && !/(^|\/)(node_modules|dist|test)\//.test(path) && !path.endsWith('.d.ts'),
    )
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, imports: importsOf(path, text) }
    })
}

function importsOf(path: string, text: string): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
  return specifiers.flatMap((specifier) => {
    if (specifier.startsWith('.')) return [normalize(join(dirname(path), specifier))]
    const own = /^@anyfaas\/(\w+)/.exec(specifier)?.[1]
    if (own === undefined) return []
    return [own === 'kit' || own === 'runtime' ? `src/${own}/src/index.ts` : `plugins/${own}/src/index.ts`]
  })
}

function roomOf(path: string): string | undefined {
  return Object.keys(FLOORS).find((room) => path === room || path.startsWith(`${room}/`))
}

// The first circle of a graph, or nothing.
function circleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>()
  const walk = (node: string, path: readonly string[]): readonly string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node]
    if (done.has(node)) return []
    for (const next of graph.get(node) ?? []) {
      const circle = walk(next, [...path, node])
      if (circle.length > 0) return circle
    }
    done.add(node)
    return []
  }
  for (const node of graph.keys()) {
    const circle = walk(node, [])
    if (circle.length > 0) return circle
  }
  return []
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, '')).replace(/(^|\s)\/\/.*$/gm, '')
}
