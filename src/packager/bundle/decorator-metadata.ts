import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import type { Message, OnLoadResult, Plugin, PluginBuild } from 'esbuild'
import { folderOf } from '../packages/packages.ts'
import {
  type Decorated,
  type DecoratedCompiler,
  decoratedCompiler,
  isOfTypes,
  type Resolves,
} from './decorated-code.ts'
import { sourcePlace } from './source-place.ts'
import { type CompilerOptions, codeOptions, projectTypescript, type Typescript } from './typescript.ts'

/** What `tsconfig.json` says of decorators. */
export interface Decorators {
  /** Whether a decorated class becomes a variable and a class, of which the bundler may give one another name. */
  readonly areOlder: boolean
  /** Absent where types are not asked for. */
  readonly metadata?: Plugin
}

export function decoratorsOf(serviceDir: string): Decorators {
  const folder = folderOf('tsconfig.json', serviceDir)
  if (folder === undefined) return { areOlder: false }
  const texts = settingsOf(resolve(folder, 'tsconfig.json'))
  const asksForTypes = texts.some((text) => ASKS.test(text))
  return {
    areOlder: asksForTypes || texts.some((text) => OLDER.test(text)),
    ...(asksForTypes && { metadata: decoratorMetadata(serviceDir, folder) }),
  }
}

/**
 * Lets the project's own compiler write what injectors read, the types of what is decorated: esbuild cannot. Everything else of these
 * files is esbuild's, modules too. Settings are read again with every build.
 */
function decoratorMetadata(serviceDir: string, folder: string): Plugin {
  const file = resolve(folder, 'tsconfig.json')
  const made = new Map<string, Made>()
  let compiler: Compiler | undefined
  let settings: string | undefined
  let isTold = false
  const load = async (path: string, build: PluginBuild): Promise<OnLoadResult | undefined> => {
    const source = readFileSync(path, 'utf8')
    if (!DECORATED.test(source)) {
      made.delete(path)
      return undefined
    }
    const known = made.get(path)
    if (known?.source === source) return known.code.result
    compiler ??= compilerOf(folder, serviceDir)
    if (typeof compiler === 'string') {
      const warnings = isTold ? [] : [{ text: compiler }]
      isTold = true
      return { warnings }
    }
    const code = await compiler(source, path, resolvesIn(path, build))
    if (code && 'why' in code) return { warnings: [{ text: withoutEffect(code.why) }] }
    if (code) made.set(path, { source, code })
    else made.delete(path)
    return code?.result
  }
  return {
    name: 'decorator-metadata',
    setup(build) {
      build.onStart(() => {
        isTold = false
        const now = JSON.stringify(settingsOf(file))
        if (now === settings) return
        settings = now
        compiler = undefined
        made.clear()
      })
      build.onLoad({ filter: /\.[cm]?tsx?$/ }, ({ path }) => load(path, build))
      build.onEnd(({ errors, warnings }) => {
        // In place: a plugin cannot hand others back.
        warnings.splice(0, warnings.length, ...warnings.filter((message) => !isOfTypes(message)))
        for (const message of [...errors, ...warnings]) leadBack(message, serviceDir, made)
        for (const [path, { code }] of made) if (!code.isCertain) made.delete(path)
      })
    },
  }
}

interface Made {
  readonly source: string
  readonly code: Decorated
}

/** Or why there is none. The code may well do without: many decorators are told all that they need. */
type Compiler = DecoratedCompiler | string

// At the beginning of a line, or behind what can stand before one: not in a comment that describes a parameter.
const DECORATED = /(?:^|[({,;}])\s*@[A-Za-z_$]/m

const ASKS = /"emitDecoratorMetadata"\s*:\s*true/
const OLDER = /"experimentalDecorators"\s*:\s*true/

// The texts of a tsconfig.json and of what it extends: loading the compiler to ask it takes longer than bundling.
function settingsOf(path: string, seen: Set<string> = new Set()): string[] {
  if (seen.has(path) || !existsSync(path)) return []
  seen.add(path)
  const text = readFileSync(path, 'utf8')
  const [, one = ''] = /"extends"\s*:\s*("(?:[^"]*)"|\[[^\]]*\])/.exec(text) ?? []
  return [text, ...[...one.matchAll(/"([^"]+)"/g)].flatMap(([, name = '']) => settingsOf(extended(name, path), seen))]
}

function extended(name: string, path: string): string {
  if (/^\.{0,2}\//.test(name)) return resolve(dirname(path), name.endsWith('.json') ? name : `${name}.json`)
  const require = createRequire(path)
  for (const asked of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      return require.resolve(asked)
    } catch (failure) {
      if (!NOT_THERE.has((failure as NodeJS.ErrnoException).code)) throw failure
    }
  }
  return ''
}

const NOT_THERE: ReadonlySet<string | undefined> = new Set(['MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'])

function withoutEffect(why: string): string {
  return `"emitDecoratorMetadata" of tsconfig.json is without effect: ${why}`
}

function compilerOf(folder: string, serviceDir: string): Compiler {
  let typescript: Typescript
  try {
    typescript = projectTypescript(serviceDir)
  } catch (failure) {
    if (!isSlsError(failure)) throw failure
    const [diagnostic] = failure.diagnostics
    return withoutEffect(diagnostic?.message ?? String(failure))
  }
  const options: CompilerOptions = codeOptions(typescript, folder)
  return options['emitDecoratorMetadata'] === true ? decoratedCompiler(typescript, options) : async () => undefined
}

function resolvesIn(path: string, build: PluginBuild): Resolves {
  const resolveDir = dirname(path)
  return async (name) => {
    const { errors } = await build.resolve(name, { kind: 'import-statement', importer: path, resolveDir })
    return errors.length === 0
  }
}

// What esbuild finds in compiled code stands somewhere else in the source.
function leadBack(message: Message, serviceDir: string, made: ReadonlyMap<string, Made>): void {
  for (const told of [message, ...message.notes]) {
    const known = told.location && made.get(resolve(serviceDir, told.location.file))
    if (told.location && known) told.location = sourcePlace(told.location, known.source, known.code.map)
  }
}
