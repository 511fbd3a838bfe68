import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, resolve } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import type { OnLoadResult, Plugin } from 'esbuild'
import { folderOf } from '../packages/packages.ts'
import { type CompilerOptions, codeOptions, projectTypescript, type Typescript } from './typescript.ts'

/**
 * Lets the project's own compiler write what injectors read, the types of what is decorated, where `tsconfig.json` asks for it: esbuild
 * cannot. Undefined where it does not ask. Everything else of these files is esbuild's.
 */
export function decoratorMetadata(serviceDir: string): Plugin | undefined {
  const folder = folderOf('tsconfig.json', serviceDir)
  if (folder === undefined || !mayAsk(resolve(folder, 'tsconfig.json'), new Set())) return undefined
  const made = new Map<string, { readonly source: string; readonly result: OnLoadResult }>()
  let compiler: Compiler | undefined
  let isTold = false
  const load = (path: string): OnLoadResult | undefined => {
    const source = readFileSync(path, 'utf8')
    // What only modules of ECMAScript may say stays with esbuild, which knows how to say it in others.
    if (!DECORATED.test(source) || source.includes('import.meta')) return undefined
    const known = made.get(path)
    if (known?.source === source) return known.result
    compiler ??= compilerOf(folder, serviceDir)
    if (typeof compiler === 'string') {
      const warnings = isTold ? [] : [{ text: compiler }]
      isTold = true
      return { warnings }
    }
    const result = compiler(source, path)
    if (result) made.set(path, { source, result })
    return result
  }
  return {
    name: 'decorator-metadata',
    setup(build) {
      build.onStart(() => {
        isTold = false
      })
      build.onLoad({ filter: /\.[cm]?tsx?$/ }, ({ path }) => load(path))
    },
  }
}

/** Or why there is none. The code may well do without: many decorators are told all that they need. */
type Compiler = ((source: string, path: string) => OnLoadResult | undefined) | string

// At the beginning of a line, or behind what can stand before one: not in a comment that describes a parameter.
const DECORATED = /(?:^|[({,;}])\s*@[A-Za-z_$]/m

// Loading the compiler takes longer than bundling.
function mayAsk(path: string, seen: Set<string>): boolean {
  if (seen.has(path) || !existsSync(path)) return false
  seen.add(path)
  const text = readFileSync(path, 'utf8')
  if (/"emitDecoratorMetadata"\s*:\s*true/.test(text)) return true
  const [, one = ''] = /"extends"\s*:\s*("(?:[^"]*)"|\[[^\]]*\])/.exec(text) ?? []
  return [...one.matchAll(/"([^"]+)"/g)].some(([, name = '']) => mayAsk(extended(name, path), seen))
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

function withoutEffect(why: string): string {
  return `"emitDecoratorMetadata" of tsconfig.json is without effect: ${why}`
}

const NOT_THERE: ReadonlySet<string | undefined> = new Set(['MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'])

function compilerOf(folder: string, serviceDir: string): Compiler {
  let typescript: Typescript
  try {
    typescript = projectTypescript(serviceDir)
  } catch (failure) {
    if (!isSlsError(failure)) throw failure
    const [diagnostic] = failure.diagnostics
    return withoutEffect(diagnostic?.message ?? String(failure))
  }
  const given: CompilerOptions = codeOptions(typescript, folder)
  if (given['emitDecoratorMetadata'] !== true) return () => undefined
  const compilerOptions = {
    ...given,
    // Older classes cannot extend those that esbuild leaves as they are.
    target: Math.max(Number(given['target'] ?? 0), typescript.ScriptTarget.ES2020),
    // A class that is only a type is looked for at run time, and found to be none: esbuild refuses to import it by name.
    module: typescript.ModuleKind.CommonJS,
    esModuleInterop: true,
    jsx: typescript.JsxEmit.Preserve,
    inlineSourceMap: true,
  }
  return (source, path) => {
    const { outputText, diagnostics = [] } = typescript.transpileModule(source, {
      compilerOptions,
      fileName: path,
      reportDiagnostics: true,
    })
    const options = diagnostics.find(({ start }) => start === undefined)
    if (options) {
      const why = typescript.flattenDiagnosticMessageText(options.messageText, ' ')
      return { warnings: [{ text: withoutEffect(why) }] }
    }
    // esbuild finds the same mistake, and shows its line.
    if (diagnostics.length > 0) return undefined
    // The sign stood in a comment or a text.
    if (!outputText.includes('__decorate')) return undefined
    return { contents: outputText, loader: extname(path).endsWith('x') ? 'tsx' : 'ts' }
  }
}
